//go:build !race

package route

import (
	"testing"

	"asbru/core"
)

// Choosing among a hundred targets, with a session or without, allocates nothing; nor
// does telling what came of it, but for weights that are made anew each second.
func TestStrategiesDoNotAllocate(t *testing.T) {
	for _, how := range []Strategy{Weighted, RoundRobin, LeastInFlight, LeastLatency, LeastTTFT, Cheapest, Fastest, Adaptive} {
		b, names := crowd(100)
		r := b.compile(Spec{Strategy: how, Balanced: 100, Prices: make([]float64, 100)}, names...)
		x := b.exchange("m")
		session := []byte("s")
		allocs := testing.AllocsPerRun(100, func() {
			x.Reset()
			x.Snap, x.Key, x.Name, x.Peek.Model, x.Session, x.Route = b.snap, anyone, model, model, session, r
			target, k := r.Pick(x, nil)
			a := x.Begin(target, k)
			a.Status, a.Phase, a.At, a.Began = 503, core.PhaseFailed, b.now.Load(), b.now.Load()
			r.Note(x, a)
			target, k = r.Pick(x, x.Attempts())
			if target == nil {
				return // the budget is spent
			}
			a = x.Begin(target, k)
			a.Status, a.Phase, a.At, a.Began, a.Took, a.Out = 200, core.PhaseComplete, b.now.Load(), b.now.Load(), 5, 5
			r.Note(x, a)
		})
		if allocs != 0 {
			t.Errorf("%s: two picks and two notes allocate %v times, want 0", how, allocs)
		}
	}
}
