//go:build !race

package ledger_test

import (
	"testing"

	"asbru/core"
	. "asbru/core/ledger"
)

// Appending and waiting cost no memory.
func TestAllocations(t *testing.T) {
	fs, err := Disk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(fs, Options{Ring: 1 << 20, Segment: 1 << 22})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := &Record{Kind: Intent, Lines: make([]Line, 6), Payload: make([]byte, 100)}
	room := Size(MaxLines, 200)
	n := testing.AllocsPerRun(500, func() {
		if !l.Reserve(room) {
			t.Fatal("no room")
		}
		l.Append(r, room)
	})
	if n != 0 {
		t.Errorf("%v allocations for a record; want 0", n)
	}
	l.Step()
	x := &core.Exchange{Lane: quiet{}}
	w := x.Waker()
	n = testing.AllocsPerRun(100, func() {
		l.Reserve(room)
		if !l.Await(l.Append(r, room), w) {
			t.Fatal("durable without a sync")
		}
		l.Step()
	})
	if n != 0 {
		t.Errorf("%v allocations for a wait; want 0", n)
	}
}

type quiet struct{}

func (quiet) Life() uint32 { return 1 }
func (quiet) Wake(uint32)  {}
