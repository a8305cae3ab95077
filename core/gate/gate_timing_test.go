package gate

import (
	"testing"
	"time"

	"asbru/core"
)

// BenchmarkVisit is what an exchange pays while no request waits.
func BenchmarkVisit(b *testing.B) {
	g := New(Spec{})
	var t core.Ticket
	now := int64(time.Hour)
	for b.Loop() {
		now += 1e5
		g.Enter(now, &t)
		g.Leave(now+5e4, &t, core.Served)
	}
}

// BenchmarkVisits is the same from several goroutines at once.
func BenchmarkVisits(b *testing.B) {
	g := New(Spec{})
	b.RunParallel(func(pb *testing.PB) {
		var t core.Ticket
		now := int64(time.Hour)
		for pb.Next() {
			now += 1e5
			g.Enter(now, &t)
			g.Leave(now+5e4, &t, core.Served)
		}
	})
}

// BenchmarkRefuse is the cost of a request that finds the queue full.
func BenchmarkRefuse(b *testing.B) {
	g := New(Spec{Fixed: true, Max: 1, Queue: 100})
	g.learn.typical.Store(1e9)
	var in, t core.Ticket
	now := int64(time.Hour)
	g.Enter(now, &in)
	waiting := make([]core.Ticket, 3)
	for i := range waiting {
		g.Enter(now, &waiting[i])
	}
	for b.Loop() {
		if g.Enter(now, &t) != core.Refused {
			b.Fatal("it was not refused")
		}
	}
}
