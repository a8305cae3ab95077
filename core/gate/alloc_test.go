//go:build !race

package gate

import (
	"testing"
	"time"

	"asbru/core"
)

// While no request waits, entering and leaving uses atomics only. While some wait, seats and flows
// are reused.
func TestAllocs(t *testing.T) {
	g := New(Spec{})
	var a, b core.Ticket
	now := int64(time.Hour)
	visit := func() {
		now += 1e6
		g.Enter(now, &a)
		g.Leave(now+5e5, &a, core.Served)
	}
	if n := testing.AllocsPerRun(1000, visit); n != 0 {
		t.Errorf("a visit allocates %v times; want none", n)
	}
	g = New(Spec{Fixed: true, Max: 1})
	queue := func() {
		now += 1e6
		g.Enter(now, &a)
		if g.Enter(now, &b) != core.Queued {
			t.Fatal("the second request did not have to wait")
		}
		g.Leave(now, &a, core.Failed)
		g.Leave(now, &b, core.Failed)
		b.Clear()
	}
	if n := testing.AllocsPerRun(1000, queue); n != 0 {
		t.Errorf("a wait allocates %v times; want none", n)
	}
}
