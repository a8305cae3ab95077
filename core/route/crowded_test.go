package route

import (
	"testing"

	"asbru/core"
)

// A target whose gate let nobody in is passed over, whatever the budget of retries says:
// nothing was sent, so nothing is multiplied. It is not asked again.
func TestCrowded(t *testing.T) {
	y := newYard("a/x", "b/x")
	r := &core.Route{Name: "m", Targets: []*core.Target{y.targets["a/x"], y.targets["b/x"]}}
	Compile(r, Spec{Book: NewBook(y.snap.Targets, Options{}), Retry: &Retry{Again: 2}})
	x := y.exchange("m")
	for _, want := range []string{"a/x", "b/x", ""} {
		to, k := r.Pick(x, x.Attempts())
		got := ""
		if to != nil {
			got = to.Name
			a := x.Begin(to, k)
			a.Cause, a.Phase = core.Crowded, core.PhaseFailed
		}
		if got != want {
			t.Fatalf("asked %q; want %q", got, want)
		}
	}
	x = y.exchange("m")
	to, k := r.Pick(x, x.Attempts())
	a := x.Begin(to, k)
	a.Status, a.Phase = 503, core.PhaseFailed
	if to, _ := r.Pick(x, x.Attempts()); to != nil {
		t.Errorf("without a budget %s was asked after a failure", to.Name)
	}
}
