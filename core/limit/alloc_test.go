//go:build !race

package limit

import (
	"testing"
	"time"

	"asbru/core"
)

func TestAllocations(t *testing.T) {
	b := NewBook(nil, 0)
	rules := []Rule{rate(Requests, MaxUnits, time.Minute), rate(Tokens, MaxUnits, time.Minute), {Kind: Calls, Most: 5}, {Kind: Streams, Most: 5}}
	l := Of(b.Holder("key", rules), b.Holder("team", rules), b.Holder("customer", rules))
	more := b.Holder("model", rules)
	x := request(1500, 100, true)
	x.Usage = core.Usage{Known: true, In: 10, Out: 10}
	head := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		if l.Take(x, more, 5) != nil {
			t.Fatal("refused")
		}
		head = l.AppendHeader(head[:0], x)
		Done(x, 0, true, 6)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Requests that take of what a machine was granted of a shared rate allocate nothing either.
func TestAllocationsOfShares(t *testing.T) {
	d := NewDesk()
	d.Serve(true)
	b := NewBook(nil, 0)
	b.Share(d)
	h := b.Holder("key", []Rule{rate(Requests, MaxUnits, time.Minute), rate(Tokens, MaxUnits, time.Minute)})
	for i := range h.rules {
		h.rules[i].share.Granted(&Need{}, MaxUnits, 0, 0)
	}
	l, x := Of(h), request(1500, 100, false)
	x.Usage = core.Usage{Known: true, In: 10, Out: 10}
	if n := testing.AllocsPerRun(100, func() {
		if l.Hold(x, nil, 5) != core.Continue {
			t.Fatal("not let in")
		}
		Done(x, 0, true, 6)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
