package route

import (
	"testing"
	"time"

	"asbru/core"
)

// With nobody else left the target that failed is asked again, so often, after a wait that
// doubles, honours what the provider asks, and ends with the time of the exchange.
func TestAgain(t *testing.T) {
	now := int64(time.Hour)
	f := func(name string, again int, total time.Duration, statuses []int, after []time.Duration, want ...time.Duration) {
		t.Helper()
		y := newYard("a/x")
		a := y.targets["a/x"]
		a.Keys, a.Waits.Total = keys(1), total
		r := &core.Route{Name: "m", Targets: []*core.Target{a}}
		Compile(r, Spec{
			Book:  NewBook(y.snap.Targets, Options{Clock: func() int64 { return now }}),
			Retry: &Retry{Share: 10, Again: again, Backoff: 100 * time.Millisecond, Longest: time.Second}, Attempts: 6,
		})
		x := y.exchange("m")
		x.Start = now
		for i := range statuses {
			target, k := r.Pick(x, x.Attempts())
			if target != a {
				t.Fatalf("%s: attempt %d goes nowhere", name, i)
			}
			at := x.Begin(target, k)
			at.Status, at.Cause = statuses[i], core.NoCause
			if statuses[i] == 0 {
				at.Cause = core.Unreachable
			}
			if i < len(after) {
				at.RetryAfter, at.Vain = max(after[i], 0), after[i] < 0
			}
			at.Phase, at.At = core.PhaseFailed, now
			r.Note(x, at)
			target, _ = r.Pick(x, x.Attempts())
			if i >= len(want) {
				if target != nil {
					t.Errorf("%s: asked once more after %d attempts", name, i+1)
				}
				return
			}
			wait := time.Duration(x.Ahead.At - now)
			if target != a || wait < want[i]-want[i]/5 || wait > want[i]+want[i]/5 {
				t.Errorf("%s: after attempt %d %v in %v, want %v", name, i+1, target, wait, want[i])
			}
			now = x.Ahead.At
		}
	}
	ms := time.Millisecond
	f("not at all", 0, 0, []int{503}, nil)
	f("once", 1, 0, []int{503, 503}, nil, 100*ms)
	f("doubled", 3, 0, []int{503, 0, 500, 500}, nil, 100*ms, 200*ms, 400*ms)
	f("as the provider asks", 1, 0, []int{429, 429}, []time.Duration{700 * ms}, 700*ms)
	f("longer than we wait", 1, 0, []int{503}, []time.Duration{2 * time.Second})
	f("in vain", 1, 0, []int{503}, []time.Duration{-1})
	f("past the end", 1, 50*ms, []int{503}, nil)
	f("the client's mistake", 3, 0, []int{400}, nil)
	f("a refused key", 3, 0, []int{401}, nil)
	f("a redirect", 3, 0, []int{302}, nil)
	f("until the breaker opens", 6, 0, []int{500, 500, 500, 500, 500}, nil, 100*ms, 200*ms, 400*ms, 800*ms)
}
