//go:build !race

package route

import (
	"testing"

	"asbru/core"
)

func TestPickDoesNotAllocate(t *testing.T) {
	y := newYard("a", "b/y", "c")
	y.targets["a"].Keys[0].Models = map[string]bool{"m": true}
	y.snap.Providers["c"] = y.route("c")
	r := y.route("a", "b/y")
	x := y.exchange("m", "c/n")
	allocs := testing.AllocsPerRun(100, func() {
		x.Reset()
		x.Snap, x.Key, x.Name, x.Peek.Model = y.snap, anyone, model, model
		x.Peek.Fallbacks[0] = fallback
		for _, status := range [...]int{429, 500, 500} {
			target, k := r.Pick(x, x.Attempts())
			x.Begin(target, k).Status = status
		}
	})
	if allocs != 0 {
		t.Errorf("three picks allocate %v times, want 0", allocs)
	}
}

var (
	anyone   = &core.VirtualKey{Policy: &core.Policy{}}
	model    = []byte("m")
	fallback = []byte("c/n")
)

func TestHedgeDoesNotAllocate(t *testing.T) {
	b := newBed("a/x", "b/x")
	b.keyed(2, "a/x", "b/x")
	r := b.compile(Spec{Hedge: &Hedge{Quantile: 0.95, Share: 1}}, "a/x", "b/x")
	x := b.exchange("m")
	x.Route, x.Peek.Stream = r, true
	a := core.Attempt{Target: b.targets["a/x"], Key: b.targets["a/x"].Keys[0], Phase: core.PhaseContent, TTFT: 100, Began: 1, At: 2}
	tried := make([]core.Attempt, 1)
	allocs := testing.AllocsPerRun(1000, func() {
		r.Care.Hedge.Wait(x)
		target, k := r.Pick(x, nil)
		tried[0] = core.Attempt{Target: target, Key: k}
		r.Care.Hedge.Pick(x, tried)
		r.Note(x, &a)
	})
	if allocs != 0 {
		t.Errorf("a hedge allocates %v times, want 0", allocs)
	}
}
