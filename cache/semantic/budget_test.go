//go:build !race

package semantic

import (
	"runtime"
	"testing"
)

func TestLookAllocates(t *testing.T) {
	x := open(t, Options{})
	sp := spaceOf("a")
	fill(x, sp, 3000)
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
	const n = 5000
	fill(x, sp, n)
	each := (heap() - before) / n
	t.Logf("%d bytes an entry, its text of %d included", each, len(question(n)))
	if each > 700 {
		t.Errorf("an entry takes %d bytes", each)
	}
	runtime.KeepAlive(x)
}
