package meter

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
)

// full is a Record with every field set, whose target, key and caller hold secrets.
func full() *core.Record {
	target := small().Snapshot().Targets[0]
	r := &core.Record{
		ID: [16]byte{0xde, 0xad, 15: 1}, End: time.Date(2026, 8, 2, 10, 0, 0, 7e6, time.UTC).UnixNano(),
		Key: &core.VirtualKey{Name: "tenant-12"}, Target: target, Provider: target.Keys[0],
		Peer: netip.MustParseAddr("192.0.2.7").As16(), Op: core.OpChat, Fault: core.UpstreamFailed,
		Attempts: 2, Stream: true, Hedged: true, Rescued: true, Skipped: core.SkipRetry | core.SkipRescue, Recall: core.RecallSemantic, Status: 502,
		Usage: core.Usage{In: 10, CachedIn: 4, Out: 5, Known: true}, Cost: 12_500_000,
		In: 1500, Out: 2048, Total: 12_345_678, Decide: 2345, Kernel: 9001, Upstream: 11_000_499, TTFT: 1_000_000,
	}
	r.ModelLen = uint8(copy(r.Model[:], "gpt-4o"))
	return r
}

func line(r *core.Record) string {
	var l liner
	return string(l.append(nil, r))
}

func TestLine(t *testing.T) {
	f := func(r *core.Record, want string) {
		t.Helper()
		if got := line(r); got != want+"\n" {
			t.Errorf("got  %s want %s", got, want)
		}
		if !json.Valid([]byte(want)) {
			t.Errorf("not JSON: %s", want)
		}
	}
	f(full(), `{"time":"2026-08-02T10:00:00.007Z","id":"dead0000000000000000000000000001",`+
		`"key":"tenant-12","model":"gpt-4o","target":"openai/gpt-4o","provider_key":"prod",`+
		`"op":"chat","status":502,"fault":"upstream_failed","stream":true,"attempts":2,"hedged":true,"rescued":true,"skipped":["retry","rescue"],"cache":"semantic",`+
		`"tokens":{"in":10,"cached":4,"out":5},"usd":0.0125,"bytes":{"in":1500,"out":2048},`+
		`"total_ms":12.345,"ttft_ms":1.000,"upstream_ms":11.000,"decide_us":2.345,"kernel_us":9.001,"peer":"192.0.2.7"}`)
	f(&core.Record{Status: 401, Fault: core.Unauthenticated, Op: core.OpPass, Total: -5},
		`{"time":"1970-01-01T00:00:00.000Z","id":"00000000000000000000000000000000",`+
			`"key":null,"model":"","target":null,"provider_key":null,`+
			`"op":"pass","status":401,"fault":"unauthenticated","stream":false,"attempts":0,"hedged":false,"rescued":false,"skipped":null,"cache":null,`+
			`"tokens":null,"usd":0,"bytes":{"in":0,"out":0},`+
			`"total_ms":0.000,"ttft_ms":0.000,"upstream_ms":0.000,"decide_us":0.000,"kernel_us":0.000,"peer":null}`)
}

func TestNoSecretInLine(t *testing.T) {
	if l := line(full()); strings.Contains(l, canary) || strings.Contains(l, "Bearer") {
		t.Errorf("a provider key is in the line: %s", l)
	}
}

func TestLineSurvivesBadRecord(t *testing.T) {
	r := full()
	r.ModelLen, r.Op, r.Fault = 255, 200, 200
	var v map[string]any
	if err := json.Unmarshal([]byte(line(r)), &v); err != nil {
		t.Fatal(err)
	}
	if v["op"] != "unknown" || v["fault"] != nil {
		t.Errorf("op %v, fault %v; want unknown, nil", v["op"], v["fault"])
	}
}

func TestQuote(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(quote(nil, in)); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
		if got := string(quote(nil, []byte(in))); got != want {
			t.Errorf("quote of bytes %q = %s, want %s", in, got, want)
		}
	}
	f("", `""`)
	f("gpt-4o", `"gpt-4o"`)
	f(`a"b\c`, `"a\"b\\c"`)
	f("a\nb\x00\x7f", `"a\u000ab\u0000\u007f"`)
	f("Zürich 日本 😀", `"Zürich 日本 😀"`)
	f("cut \xe6\x97", `"cut \ufffd\ufffd"`)
	f("\u2028\u0085", `"\ufffd\ufffd\ufffd\ufffd\ufffd"`)
	f("\ufffd", `"\ufffd\ufffd\ufffd"`)
}

func FuzzQuote(f *testing.F) {
	f.Add("a\"\n\xff\u2028")
	f.Fuzz(func(t *testing.T, in string) {
		out := quote(nil, in)
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("quote(%q) = %s: %v", in, out, err)
		}
		if bytes.ContainsAny(out, "\n\r\x00\x1b\u2028\u2029") {
			t.Errorf("quote(%q) = %q holds a line end or control", in, out)
		}
	})
}

// open opens a log in a new directory over one ring.
func open(t *testing.T) (*AccessLog, *core.Ring, string) {
	t.Helper()
	ring, path := new(core.Ring), filepath.Join(t.TempDir(), "access.log")
	l, err := OpenLog(LogOptions{Rings: []*core.Ring{ring}, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return l, ring, path
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// wait polls until ok, for at most ten seconds.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not happen", what)
}

func TestLogWritesEveryRecord(t *testing.T) {
	a, b, path := new(core.Ring), new(core.Ring), filepath.Join(t.TempDir(), "access.log")
	l, err := OpenLog(LogOptions{Rings: []*core.Ring{a, b}, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	go l.Run()
	const each = 1500
	var wg sync.WaitGroup
	for _, g := range []*core.Ring{a, b} {
		for range 2 {
			wg.Go(func() {
				r := full()
				for range each {
					g.Put(r)
				}
			})
		}
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := lines(t, path)
	dropped := a.Dropped() + b.Dropped()
	if uint64(len(got))+dropped != 4*each {
		t.Errorf("%d lines and %d dropped, want %d together", len(got), dropped, 4*each)
	}
	want := line(full())
	for _, s := range got {
		if s+"\n" != want {
			t.Fatalf("line %s", s)
		}
	}
	if s := l.Stats(); s != (LogStats{Lines: uint64(len(got))}) {
		t.Errorf("stats %+v", s)
	}
}

func TestLogFlushesWithoutTraffic(t *testing.T) {
	l, ring, path := open(t)
	go l.Run()
	ring.Put(full())
	wait(t, "the flush of one line", func() bool { return len(lines(t, path)) == 1 })
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestCloseWithoutRunDrains(t *testing.T) {
	l, ring, path := open(t)
	ring.Put(full())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(lines(t, path)); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

func TestReopenFollowsTheName(t *testing.T) {
	l, ring, path := open(t)
	go l.Run()
	ring.Put(full())
	wait(t, "the first line", func() bool { return len(lines(t, path)) == 1 })
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	l.Reopen()
	wait(t, "the new file", func() bool { _, err := os.Stat(path); return err == nil })
	ring.Put(full())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if a, b := len(lines(t, path+".1")), len(lines(t, path)); a != 1 || b != 1 {
		t.Errorf("%d lines in the old file, %d in the new one; want 1 and 1", a, b)
	}
}

func TestReopenThatFailsKeepsTheFile(t *testing.T) {
	l, ring, path := open(t)
	go l.Run()
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	l.Reopen()
	wait(t, "the error", func() bool { return l.Stats().Errors == 1 })
	ring.Put(full())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(lines(t, path+".1")); n != 1 {
		t.Errorf("%d lines in the old file, want 1", n)
	}
}

func TestOpenLogNamesTheFile(t *testing.T) {
	_, err := OpenLog(LogOptions{Path: t.TempDir()})
	if err == nil || !strings.HasPrefix(err.Error(), "cannot open access log ") {
		t.Errorf("error %v", err)
	}
}

// A faulty disk takes room bytes and then fails until it is given more.
type faulty struct {
	bytes.Buffer
	room int
}

var errFull = errors.New("no space left on device")

func (f *faulty) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.room -= n
	f.Buffer.Write(b[:n])
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestFailingDiskCountsAndGoesOn(t *testing.T) {
	l, ring, _ := open(t)
	one := len(line(full()))
	disk := &faulty{room: one + one/2}
	l.out = disk
	put := func(n int) {
		for range n {
			ring.Put(full())
		}
		l.drain(time.Now().Add(time.Minute))
		l.flush()
	}
	put(3) // one and a half lines fit
	put(2) // nothing fits
	if s := l.Stats(); s != (LogStats{Lines: 1, Lost: 4, Errors: 2}) {
		t.Errorf("full disk: %+v", s)
	}
	disk.room = 1 << 20
	put(2)
	if s := l.Stats(); s != (LogStats{Lines: 3, Lost: 4, Errors: 2}) {
		t.Errorf("disk with room again: %+v", s)
	}
	got := strings.Split(disk.String(), "\n")
	if len(got) != 5 || got[0]+"\n" != line(full()) || got[2]+"\n" != line(full()) || got[3]+"\n" != line(full()) {
		t.Errorf("the torn line is not on a line of its own:\n%s", disk.String())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// A stuck disk does not return from Write until free is closed.
type stuck struct{ free chan struct{} }

func (s stuck) Write(b []byte) (int, error) { <-s.free; return len(b), nil }

func TestStuckDiskBlocksNobody(t *testing.T) {
	l, ring, _ := open(t)
	disk := stuck{make(chan struct{})}
	l.file.Close()
	l.out, l.file, l.last = disk, nil, 50*time.Millisecond
	go l.Run()
	r := full()
	for range 3 * core.RingSize { // far more than ring and buffer hold
		ring.Put(r)
	}
	if ring.Dropped() == 0 {
		t.Error("nothing was dropped")
	}
	if err := l.Close(); !errors.Is(err, errStuck) {
		t.Errorf("Close: %v, want %v", err, errStuck)
	}
	close(disk.free)
	<-l.done
}

func TestNextWait(t *testing.T) {
	f := func(wait time.Duration, n int, want time.Duration) {
		t.Helper()
		if got := next(wait, n); got != want {
			t.Errorf("next(%v, %d) = %v, want %v", wait, n, got, want)
		}
	}
	f(time.Millisecond, 0, 2*time.Millisecond)
	f(40*time.Millisecond, 0, pollMax)
	f(40*time.Millisecond, core.RingSize/6, 40*time.Millisecond)
	f(40*time.Millisecond, core.RingSize/2, 20*time.Millisecond)
	f(time.Millisecond, core.RingSize, pollMin)
}
