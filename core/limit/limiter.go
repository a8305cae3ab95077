package limit

import "asbru/core"

// A Limiter stands for all holders that limit a caller: the key, its team, its customer, everybody.
// Many keys may share one.
type Limiter struct{ holders []*Holder }

// Of makes the Limiter of several holders, ignoring nil ones; nil if none is left.
func Of(holders ...*Holder) *Limiter {
	l := &Limiter{}
	for _, h := range holders {
		if h != nil && len(l.holders) < MostHolders {
			l.holders = append(l.holders, h)
		}
	}
	if len(l.holders) == 0 {
		return nil
	}
	return l
}

// Take takes what x is going to use from every limit; if one of them is exhausted it takes nothing
// and says which. more is an additional holder; nil: none. It takes no lock and allocates only
// to refuse.
func (l *Limiter) Take(x *core.Exchange, more *Holder, now int64) *core.Fault {
	f, _, _ := l.take(x, more, now, true)
	return f
}

// take also returns the Share, and the number of its units, that other machines have to be asked
// for before it is known whether x may go on; with alone they are not asked.
func (l *Limiter) take(x *core.Exchange, more *Holder, now int64, alone bool) (f *core.Fault, lacks *Share, n int64) {
	x.Taken = core.Taken{By: l, Held: true, Tokens: expected(x), Stream: x.Peek.Stream}
	if more != nil {
		x.Taken.More = more
	}
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			b := &h.rules[j]
			wait := b.take(&x.Taken, now)
			if wait == pending && alone {
				b.borrow(&x.Taken, now)
				wait = 0
			}
			if wait == 0 {
				continue
			}
			l.undo(x, more, i, j, now)
			x.Taken.Held = false
			if wait == pending {
				return nil, b.share, b.units(&x.Taken)
			}
			return h.refusal(b, x.Taken.Tokens, wait, now), nil, 0
		}
	}
	return nil, nil, 0
}

// Done ends what Take began, and corrects the tokens that were taken to those that x used, if that is known; if not, they stay
// taken. It may be called twice, and for an Exchange that took nothing. If the answer is not charged everything is given back.
func Done(x *core.Exchange, used int64, known bool, now int64) {
	l, _ := x.Taken.By.(*Limiter)
	if l == nil || !x.Taken.Held {
		return
	}
	more, _ := x.Taken.More.(*Holder)
	if n := l.count(more); x.Charge == core.ChargeNothing {
		x.Taken.Held = false
		l.undo(x, more, n-1, len(l.at(n-1, more).rules), now)
		return
	}
	used = min(max(used, 0), MaxUnits)
	if x.Taken.Turned {
		used, known = sinceTurn(x), true
	}
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			h.rules[j].done(&x.Taken, used, known, now)
		}
	}
	x.Taken.Held = false
}

// Turn corrects the tokens that Take has taken, or that were counted after earlier turns, to those that a WebSocket has used. The next turn
// begins without any in advance, but finds the limit as it is.
func Turn(x *core.Exchange, now int64) {
	l, _ := x.Taken.By.(*Limiter)
	if l == nil || !x.Taken.Held {
		return
	}
	more, _ := x.Taken.More.(*Holder)
	used := sinceTurn(x)
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			if b := &h.rules[j]; b.Kind == Tokens {
				b.correct(used-b.ahead(&x.Taken), now)
			}
		}
	}
	x.Taken.Turned, x.Taken.Tokens = true, x.Usage.In+x.Usage.Out
}

// sinceTurn is how many tokens were used after the last turn: by the report, or else one for each piece of an answer.
func sinceTurn(x *core.Exchange) int64 {
	n := x.Usage.In + x.Usage.Out
	if x.Taken.Turned {
		n -= x.Taken.Tokens
	}
	if n > 0 {
		return min(n, MaxUnits)
	}
	return int64(x.Stream.Said)
}

func (l *Limiter) count(more *Holder) int {
	if more != nil {
		return len(l.holders) + 1
	}
	return len(l.holders)
}

func (l *Limiter) at(i int, more *Holder) *Holder {
	if i < len(l.holders) {
		return l.holders[i]
	}
	return more
}

// undo gives back what was taken before rule j of holder i.
func (l *Limiter) undo(x *core.Exchange, more *Holder, i, j int, now int64) {
	for a := 0; a <= i; a++ {
		h := l.at(a, more)
		n := len(h.rules)
		if a == i {
			n = j
		}
		for b := range n {
			h.rules[b].undo(&x.Taken, now)
		}
	}
}

// take returns after how long it could succeed; 0: it did; pending: other machines must be asked.
func (b *bound) take(t *core.Taken, now int64) int64 {
	switch {
	case b.Kind == Tokens && t.Tokens == 0: // even if more are used up than there were
		return 0
	case b.rated():
		n, cost := int64(1), b.one
		if b.Kind == Tokens {
			n = b.hold(t)
			cost = b.Rate.takes(n)
		}
		wait := b.cell.take(cost, b.most, now)
		if wait == 0 && b.share != nil {
			if wait = b.share.take(n, now); wait != 0 {
				b.cell.Correct(b.Rate, -n, now)
			}
		}
		return wait
	case b.Kind == Streams && !t.Stream:
		return 0
	}
	if b.crowd.Enter(b.Most) {
		return 0
	}
	return soon
}

// soon is the wait that is suggested if too many requests are under way, as nobody knows when one ends.
const soon = 1_000_000_000

// units is what a request takes from a rate before its usage is known.
func (b *bound) units(t *core.Taken) int64 {
	if b.Kind == Requests {
		return 1
	}
	return b.hold(t)
}

// borrow takes units that were not granted.
func (b *bound) borrow(t *core.Taken, now int64) {
	n := b.units(t)
	b.correct(n, now)
}

// correct corrects what was taken, on this machine and in the shared rate.
func (b *bound) correct(n, now int64) {
	b.cell.Correct(b.Rate, n, now)
	if b.share != nil {
		b.share.correct(n)
	}
}

// hold is how many tokens are taken in advance. It is capped, so that a request larger than the limit
// can pass while the limit is full.
func (b *bound) hold(t *core.Taken) int64 { return min(t.Tokens, b.burst) }

// ahead is how many tokens were taken that no turn has used yet.
func (b *bound) ahead(t *core.Taken) int64 {
	if t.Turned {
		return 0
	}
	return b.hold(t)
}

func (b *bound) undo(t *core.Taken, now int64) {
	switch {
	case b.rated():
		b.correct(-b.units(t), now)
	case b.Kind == Calls || t.Stream:
		b.crowd.Leave()
	}
}

func (b *bound) done(t *core.Taken, used int64, known bool, now int64) {
	switch {
	case b.Kind == Tokens && known:
		b.correct(used-b.ahead(t), now)
	case b.Kind == Calls || b.Kind == Streams && t.Stream:
		b.crowd.Leave()
	}
}

// The assumed usage of a request before it is known.
const (
	bytesPerToken = 4
	typicalOut    = 1024
)

// expected estimates how many tokens x will use: a quarter of the body's bytes, plus the longest
// answer it allows. What sets no model to work uses none.
func expected(x *core.Exchange) int64 {
	if x.Peek.Free {
		return 0
	}
	out := x.Peek.MaxTokens
	if out <= 0 {
		out = typicalOut
	}
	return int64(len(x.Body))/bytesPerToken + min(out, MaxUnits)
}

// Report implements core.Limiter.
func (l *Limiter) Report(now int64) []core.LimitState {
	var out []core.LimitState
	for _, h := range l.holders {
		out = append(out, h.Report(now)...)
	}
	return out
}
