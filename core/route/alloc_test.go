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
