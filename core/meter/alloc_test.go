//go:build !race

package meter

import (
	"io"
	"testing"
	"time"
)

func TestDrainAllocatesNothing(t *testing.T) {
	l, ring, _ := open(t)
	file := l.file
	l.out = io.Discard
	r := full()
	got := testing.AllocsPerRun(100, func() {
		for range 300 {
			ring.Put(r)
		}
		l.drain(time.Now().Add(time.Minute))
		l.flush()
	})
	if got != 0 {
		t.Errorf("300 lines allocate %v times, want 0", got)
	}
	l.out = file
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLineAllocatesNothing(t *testing.T) {
	var l liner
	b, r := make([]byte, 0, 4<<10), full()
	r.ModelLen = uint8(copy(r.Model[:], "日本\"\n\xff"))
	if got := testing.AllocsPerRun(100, func() { b = l.append(b[:0], r) }); got != 0 {
		t.Errorf("a line allocates %v times, want 0", got)
	}
}
