package core

import "testing"

// The cost that a client is told is the one that is charged, or none is told.
func TestWorth(t *testing.T) {
	plain := func(in, out int64) *Target {
		p := &Price{Rates: Rates{In: Money(in) * 1e9, Out: Money(out) * 1e9}}
		return &Target{Price: func(*Exchange, *ProviderKey, []byte) *Price { return p }}
	}
	one, other := plain(1, 2), plain(10, 20)
	f := func(want Money, ok bool, u Usage, prepare func(x *Exchange)) {
		t.Helper()
		x := new(Exchange)
		prepare(x)
		u.Known = true
		if got, known := x.Worth(&u, 0); got != want || known != ok {
			t.Errorf("%+v: %d, %v; want %d, %v", u, got, known, want, ok)
		}
	}
	at := func(targets ...*Target) func(x *Exchange) {
		return func(x *Exchange) {
			for _, to := range targets {
				x.Begin(to, nil)
			}
		}
	}
	f(0, false, Usage{In: 3, Out: 4}, func(*Exchange) {})
	f(0, false, Usage{In: 3, Out: 4}, at(&Target{}))
	f(11_000, true, Usage{In: 3, Out: 4}, at(one))
	f(110_000, true, Usage{In: 3, Out: 4}, at(one, other))
	for _, bad := range []Usage{{In: 3, Bad: true}, {In: -3}, {In: 3, CachedIn: -1}, {In: MaxTokens + 1}, {In: 3, CachedIn: 4}, {Out: 3, Reasoning: 4}} {
		f(0, false, bad, at(one))
	}
	hasty := func(h Haste) func(x *Exchange) {
		return func(x *Exchange) { at(one)(x); x.Peek.Haste = h }
	}
	f(22_000, true, Usage{In: 3, Out: 4}, hasty(Priority))
	f(66_000, true, Usage{In: 3, Out: 4}, hasty(Fast))

	said := func(st StreamState) func(x *Exchange) {
		return func(x *Exchange) { at(one)(x); x.Stream = st }
	}
	f(13_000, true, Usage{In: 3, Out: 1}, said(StreamState{Said: 5})) // it breaks off, and its report is older than what came
	f(5_000, true, Usage{In: 3, Out: 1}, said(StreamState{Said: 5, Finished: true}))

	broke := func(b Broken) func(x *Exchange) {
		return func(x *Exchange) {
			x.Begin(one, nil)
			b.Attempts = 1
			x.Break(b)
			x.Begin(other, nil).Resumes = true
		}
	}
	f(5_000+80_000, true, Usage{In: 5, Out: 4}, broke(Broken{Said: 1, Usage: Usage{Known: true, In: 3, Out: 1}})) // each at its own price
	f(9_000+80_000, true, Usage{In: 5, Out: 4}, broke(Broken{Said: 3, Usage: Usage{Known: true, In: 3, Out: 1}})) // more came than was reported
	f(0, false, Usage{In: 2, Out: 3}, broke(Broken{Said: 3}))                                                     // nobody has reported the first
}
