//go:build !race

package govern_test

import (
	"testing"

	. "asbru/core/govern"
	"asbru/core/ledger"
)

// A call costs no memory.
func TestAllocations(t *testing.T) {
	b, err := Open(memory(30), Options{Ledger: ledger.Options{Ring: 1 << 21, Segment: 1 << 22}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	on := make([]*Account, 6)
	for i := range on {
		on[i] = account(t, b, string(rune('a'+i)), Unlimited, Window{1, 'M', true, nil})
	}
	for i := range 3 { // those that machines share cost none either
		on[i].SetLimit(Limit{Cap: 10_000_000, Shared: true})
		l := on[i].Lease(noon)
		l.Join(l.Local())
		l.Grant(0, 1_000_000)
	}
	var h Hold
	q, e := &Ask{Accounts: on, Worst: 100, Now: noon, Note: 200}, &End{Cost: 50, Now: noon, Note: make([]byte, 200)}
	n := testing.AllocsPerRun(1000, func() {
		if r := b.Hold(&h, q); r != nil {
			t.Fatal(r)
		}
		b.Settle(&h, e)
	})
	if n >= 1 { // the writer's disk is memory
		t.Errorf("%v allocations for a call; want 0", n)
	}
}
