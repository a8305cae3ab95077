package loadgen

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeProc writes files below a temporary root.
func fakeProc(t *testing.T, files map[string]string) proc {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return proc{root}
}

const statTail = " 1 1 0 -1 0 9 9 9 9 30 12 0 0 20 0 1 0"

func TestStatLine(t *testing.T) {
	st, ok := parseStat([]byte("7 (a) b (c) S 5" + strings.Replace(statTail, " 1 1", " 7 7 0", 1)))
	if !ok || st.parent != 5 {
		t.Errorf("got %+v %v, want parent 5", st, ok)
	}
	st, ok = parseStat([]byte("7 (x) S 5 7 7 0 -1 0 9 9 9 9 30 12 0 0"))
	if !ok || st.ticks != 42 {
		t.Errorf("got %+v %v, want 42 ticks", st, ok)
	}
	for _, broken := range []string{"", "7 (x", "7 (x) S 5", "7 (x) S a b c d e f g h i j k l m"} {
		if _, ok := parseStat([]byte(broken)); ok {
			t.Errorf("%q was accepted", broken)
		}
	}
}

func TestForeignShare(t *testing.T) {
	before, ok1 := parseMachine([]byte("cpu  100 0 50 800 50 7 7 0 0 0\ncpu0 1\n"))
	after, ok2 := parseMachine([]byte("cpu  140 10 70 860 60 9 9 10 0 0\ncpu0 1\n"))
	if !ok1 || !ok2 {
		t.Fatal("a good line was refused")
	}
	f := func(known uint64, want float64) {
		t.Helper()
		if got := foreign(before, after, known); math.Abs(got-want) > 1e-9 {
			t.Errorf("%d known ticks: foreign share %g, want %g", known, got, want)
		}
	}
	f(0, 80.0/154) // busy: 40 user, 10 nice, 20 system, 10 stolen
	f(50, 30.0/154)
	f(80, 0)
	f(90, 0)
	if foreign(before, before, 0) != 0 {
		t.Error("no time has a foreign share")
	}
	if _, ok := parseMachine([]byte("cpu 1 2 3\n")); ok {
		t.Error("a short line was accepted")
	}
}

func TestThreadsAreSummed(t *testing.T) {
	status := func(v, n string) string {
		return "Name:\tx\nVmRSS:\t1 kB\nvoluntary_ctxt_switches:\t" + v + "\nnonvoluntary_ctxt_switches:\t" + n + "\n"
	}
	before := fakeProc(t, map[string]string{
		"7/task/7/schedstat": "1000 5 6\n", "7/task/7/status": status("10", "1"),
		"7/task/8/schedstat": "500 5 6\n", "7/task/8/status": status("3", "0"),
	}).threads([]int{7})
	after := fakeProc(t, map[string]string{
		"7/task/7/schedstat": "1600 5 6\n", "7/task/7/status": status("14", "2"),
		"7/task/9/schedstat": "40 5 6\n", "7/task/9/status": status("1", "1"), // 8 is gone, 9 is new
	}).threads([]int{7})
	if got := after.since(before); got.nanos != 640 || got.switches != 7 {
		t.Errorf("got %+v, want 640 ns and 7 switches", got)
	}
}

func TestMemoryAndChildren(t *testing.T) {
	line := func(parent string) string { return "1 (x) S " + parent + statTail }
	p := fakeProc(t, map[string]string{
		"10/stat": line("1"), "11/stat": line("10"), "12/stat": line("11"), "13/stat": line("1"),
		"10/status": "Name:\tx\nVmRSS:\t 100 kB\nRssAnon:\t 40 kB\n", "11/status": "Name:\tx\nVmRSS:\t 10 kB\nRssAnon:\t 4 kB\n",
		"10/smaps_rollup": "0-1 r\nRss: 100 kB\nPss:  50 kB\n",
	})
	tree := p.tree([]int{10})
	slices.Sort(tree)
	if !slices.Equal(tree, []int{10, 11, 12}) {
		t.Errorf("tree of 10 is %v", tree)
	}
	if got := p.memory(tree, true); got != (memory{rss: 110 << 10, anon: 44 << 10, pss: 50 << 10, found: 2}) {
		t.Errorf("memory is %+v", got)
	}
}

// The real files of this process must be readable, where there are any.
func TestThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("this system has no /proc")
	}
	p, me := proc{"/proc"}, []int{os.Getpid()}
	before := p.threads(me)
	n := 0
	for range 50_000_000 {
		n++
	}
	used := p.threads(me).since(before)
	if m := p.memory(me, true); m.found != 1 || m.rss < 1<<20 || n == 0 {
		t.Errorf("memory is %+v", m)
	}
	if len(before) == 0 {
		t.Error("no thread was found")
	}
	if used.nanos == 0 && len(p.file("self", "schedstat")) > 0 {
		t.Error("no CPU time was counted")
	}
	if _, ok := parseMachine(p.file("stat")); !ok {
		t.Error("/proc/stat was not understood")
	}
}
