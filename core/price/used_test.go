package price

import (
	"testing"

	"asbru/core"
)

// The tokens that limits count are those that are charged.
func TestUsed(t *testing.T) {
	f := func(want int64, known bool, make func(x *core.Exchange)) {
		t.Helper()
		x := &core.Exchange{Sent: 7} // two tokens by our own count
		make(x)
		if got, ok := Used(x); got.All() != want || ok != known {
			t.Errorf("%+v, %v; want %d, %v", got, ok, want, known)
		}
	}
	attempt := func(x *core.Exchange, status int) *core.Attempt {
		a := x.Begin(&core.Target{}, nil)
		a.Status = status
		return a
	}
	left := func(x *core.Exchange, code core.Code) {
		attempt(x, 0).Began = 1
		x.Fault = &core.Fault{Code: code}
	}
	f(0, true, func(*core.Exchange) {})
	f(7, true, func(x *core.Exchange) { x.Usage = core.Usage{Known: true, In: 3, Out: 4} })
	for _, bad := range []core.Usage{{}, {Known: true, In: 3, Bad: true}, {Known: true, In: -3}, {Known: true, In: MaxTokens + 1, Out: 1}, {Known: true, In: 3, CachedIn: 4}} {
		f(2+16, true, func(x *core.Exchange) { // an answer that came whole
			attempt(x, 200)
			x.Usage = bad
			x.Stream.SetWhole(64)
		})
		f(2+50, true, func(x *core.Exchange) { // a stream
			attempt(x, 200)
			x.Usage, x.Stream = bad, core.StreamState{Said: 50, Done: true}
		})
		f(0, false, func(x *core.Exchange) { // what is only relayed nobody can count
			attempt(x, 200)
			x.Usage, x.Op = bad, core.OpPass
		})
	}
	f(0, true, func(x *core.Exchange) { attempt(x, 0) })
	f(0, true, func(x *core.Exchange) { attempt(x, 429) })

	early := core.Usage{Known: true, In: 3, Out: 1}
	f(3+50, true, func(x *core.Exchange) { // the client left a stream that began with a report
		attempt(x, 200)
		x.Usage, x.Stream.Said = early, 50
	})
	f(3+40, true, func(x *core.Exchange) { // the provider knows better
		attempt(x, 200)
		x.Usage, x.Stream = core.Usage{Known: true, In: 3, Out: 40}, core.StreamState{Said: 50, Done: true}
	})
	f(2+40, true, func(x *core.Exchange) { // it reports the half of it
		attempt(x, 200)
		x.Usage, x.Stream = core.Usage{Known: true, Out: 40}, core.StreamState{Said: 50, Done: true}
	})
	f(2, true, func(x *core.Exchange) { left(x, core.ClientGone) }) // before there was an answer
	f(2, true, func(x *core.Exchange) { left(x, core.Unauthenticated) })
	f(0, true, func(x *core.Exchange) { left(x, core.UpstreamFailed) })
	f(2, true, func(x *core.Exchange) { // what came whole broke off, and another target was not there
		a := attempt(x, 0)
		a.Took, a.Cause = 1, core.Cut
		x.Fault = &core.Fault{Code: core.UpstreamFailed}
	})
	f(2+50, true, func(x *core.Exchange) { // a stream that broke, and nobody continued it
		attempt(x, 200)
		x.Break(core.Broken{Attempts: 1, Said: 50})
		attempt(x, 500).Resumes = true
	})
	f(2+50+3+4, true, func(x *core.Exchange) { // somebody did
		attempt(x, 200)
		x.Break(core.Broken{Attempts: 1, Said: 50})
		attempt(x, 200).Resumes = true
		x.Usage, x.Stream = core.Usage{Known: true, In: 3, Out: 4}, core.StreamState{Said: 4, Done: true}
	})
	f(9+50+3+4, true, func(x *core.Exchange) { // and the report of the first is in that of both
		attempt(x, 200)
		x.Break(core.Broken{Attempts: 1, Said: 50, Usage: core.Usage{Known: true, In: 9, Out: 1}})
		attempt(x, 200).Resumes = true
		x.Usage, x.Stream = core.Usage{Known: true, In: 12, Out: 5}, core.StreamState{Said: 4, Done: true}
	})
	f(0, true, func(x *core.Exchange) {
		attempt(x, 200)
		x.Usage, x.Peek.Free = core.Usage{Known: true, In: 42}, true // the tokens that were counted
	})
}

// Of two targets that served one stream each used its own part.
func TestUsedByAttempt(t *testing.T) {
	x := &core.Exchange{Sent: 7}
	for range 3 {
		x.Begin(&core.Target{}, nil).Status = 200
	}
	x.Attempts()[1].Status = 500
	x.Attempts()[2].Resumes = true
	x.Break(core.Broken{Attempts: 1, Said: 50})
	x.Usage, x.Stream = core.Usage{Known: true, In: 3, Out: 4}, core.StreamState{Said: 4, Done: true}
	used, _ := Used(x)
	for i, want := range []int64{52, 0, 7} {
		if got := used.Of(x, i); got != want {
			t.Errorf("attempt %d used %d, want %d", i, got, want)
		}
	}
}

// What is told of a stream that was continued has both parts, and costs the same as before.
func TestComplete(t *testing.T) {
	s := bed(t)
	f := func(b core.Broken, u, want core.Usage) {
		t.Helper()
		x := asking(s, "both")
		x.Begin(x.Route.Targets[0], nil).Status = 200
		b.Attempts = 1
		x.Break(b)
		a := x.Begin(x.Route.Targets[1], nil)
		a.Status, a.Resumes = 200, true
		x.Usage, x.Stream = u, core.StreamState{Usage: u, Said: 4, Done: true}
		held := Held{Worst: 1e9, Prompt: Prompt(x)}
		cost, _ := Charge(x, held, 0)
		used, _ := Used(x)
		for range 2 {
			Complete(x, held.Prompt)
			again, _ := Charge(x, held, 0)
			if n, _ := Used(x); again != cost || n != used || x.Usage != want || x.Stream.Usage != want {
				t.Errorf("%+v: %d and %+v are now %d and %+v, reported is %+v; want %+v", b, cost, used, again, n, x.Usage, want)
			}
		}
	}
	last := core.Usage{Known: true, In: 30, Out: 5}
	f(core.Broken{Said: 7}, last, core.Usage{Known: true, In: 34, Out: 12}) // a prompt of 13 bytes
	first := core.Usage{Known: true, In: 10, Out: 1}
	both := core.Usage{Known: true, In: 40, Out: 6}
	f(core.Broken{Said: 7, Usage: first}, both, core.Usage{Known: true, In: 40, Out: 12})
	f(core.Broken{Said: 1, Usage: first}, both, both)
	f(core.Broken{Said: 7}, core.Usage{}, core.Usage{}) // nobody reports anything: nothing is told
}
