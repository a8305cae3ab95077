//go:build !race

package semantic

import (
	"fmt"
	"runtime"
	"testing"
)

// fill adds n different questions of a common kind.
func fill(x *Index, sp *Space, n int) {
	for i := range n {
		x.Add(sp, question(i), id(fmt.Sprint(i)), 0)
	}
	x.Settle()
}

var (
	verbs  = []string{"install", "configure", "compile", "debug", "deploy", "replace", "clean", "describe", "paint", "measure", "cook", "repair"}
	things = []string{"a web server", "the kitchen sink", "my bicycle", "a small garden", "an old piano", "the database", "a camera lens",
		"wooden floors", "a sourdough starter", "the router", "a sailing boat", "an espresso machine", "the roof", "a violin", "linen curtains"}
	places = []string{"Lisbon", "Oslo", "Kyoto", "Nairobi", "Boston", "Lima", "Cairo", "Perth", "Quebec", "Hanoi"}
)

func question(i int) []byte {
	return fmt.Appendf(nil, "How do I %s %s in %s for %d dollars?", verbs[i%12], things[i/12%15], places[i/180%10], i/1800+2)
}

func TestLookAllocates(t *testing.T) {
	x := open(t, Options{})
	sp := spaceOf("a")
	fill(x, sp, 5000)
	f := func(name, text string, how How, hit bool) {
		t.Helper()
		b := []byte(text)
		if v := x.Look(sp, b, how); v.Hit != hit {
			t.Errorf("%s: hit %v, %s", name, v.Hit, v.Explain())
		}
		if n := testing.AllocsPerRun(50, func() { x.Look(sp, b, how) }); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	f("canonical", "What is the best way to install a web server in Lisbon for 2 dollars?", How{}, true)
	f("semantic", "How do I install a web servr in Lisbon for 2 dollars?", How{}, true)
	f("refused", "How do I install a web server in Madrid for 2 dollars?", How{}, false)
	f("relaxed", "How do I install a web server in Madrid for 2 dollars?", How{Mode: Relaxed}, true)
}

// TestMemory holds an entry to 700 bytes, its text included.
func TestMemory(t *testing.T) {
	x := open(t, Options{})
	sp := spaceOf("a")
	fill(x, sp, 100)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	const n = 16000
	fill(x, sp, n)
	each := (heap() - before) / n
	t.Logf("%d bytes an entry, its text of %d included", each, len(question(n)))
	if each > 700 {
		t.Errorf("an entry takes %d bytes", each)
	}
	runtime.KeepAlive(x)
}
