package limit

import "asbru/core"

// A Limiter stands for all who limit a caller: the key, its team, its customer, everybody.
// Many keys may share one.
type Limiter struct{ holders []*Holder }

// Of makes the Limiter of several holders, nil ones left out; nil when none is left.
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

// Take takes what x is going to use of every limit, or nothing of any and says which one is
// in the way. more is one holder besides, nil: none. It takes no lock and allocates nothing
// but a refusal.
func (l *Limiter) Take(x *core.Exchange, more *Holder, now int64) *core.Fault {
	f, _, _ := l.take(x, more, now, true)
	return f
}

// take also says what machines have to be asked for, and how much of it, before it is known whether x
// may go on; with alone nobody is asked.
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
			return h.refusal(b, wait), nil, 0
		}
	}
	return nil, nil, 0
}

// Done corrects what Take took by what x used, and says that it is over. It may be called for
// an Exchange that took nothing, and twice. One whose answer counts for nothing took nothing.
func Done(x *core.Exchange, now int64) {
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
	used, known := spent(x)
	for i := range l.count(more) {
		h := l.at(i, more)
		for j := range h.rules {
			h.rules[j].done(&x.Taken, used, known, now)
		}
	}
	x.Taken.Held = false
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

// take returns after how long it could succeed; 0: it did; pending: other machines know.
func (b *bound) take(t *core.Taken, now int64) int64 {
	switch {
	case b.rated():
		n := b.units(t)
		wait := b.cell.Take(b.Rate, n, now)
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

// soon is how long somebody waits who found no place: nobody knows when there is one.
const soon = 1_000_000_000

// units is what a request takes of a rate before it is known what it uses.
func (b *bound) units(t *core.Taken) int64 {
	if b.Kind == Requests {
		return 1
	}
	return b.hold(t)
}

// borrow takes what no machine granted.
func (b *bound) borrow(t *core.Taken, now int64) {
	n := b.units(t)
	b.correct(n, now)
}

// correct corrects what was taken, here and in what all machines know.
func (b *bound) correct(n, now int64) {
	b.cell.Correct(b.Rate, n, now)
	if b.share != nil {
		b.share.correct(n)
	}
}

// hold is how many tokens are taken ahead: a request that could never pass may still when
// all is there.
func (b *bound) hold(t *core.Taken) int64 { return min(t.Tokens, b.Rate.burst()) }

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
		b.correct(used-b.hold(t), now)
	case b.Kind == Calls || b.Kind == Streams && t.Stream:
		b.crowd.Leave()
	}
}

// What a request is taken to use before anybody knows.
const (
	bytesPerToken = 4
	typicalOut    = 1024
)

// expected is how many tokens x will use, as far as can be told: a quarter of the
// body's bytes, and as long an answer as it allows.
func expected(x *core.Exchange) int64 {
	out := x.Peek.MaxTokens
	if out <= 0 {
		out = typicalOut
	}
	return int64(len(x.Body))/bytesPerToken + min(out, MaxUnits)
}

// spent is how many tokens x used; known is false when somebody answered and did not say.
func spent(x *core.Exchange) (tokens int64, known bool) {
	u := &x.Usage
	switch {
	case u.Known && !u.Bad:
		return min(max(u.In, 0), MaxUnits) + min(max(u.Out, 0), MaxUnits), true
	case len(x.Attempts()) == 0:
		return 0, true // it never went out
	}
	last := &x.Attempts()[len(x.Attempts())-1]
	if last.Status == 0 || last.Status >= 400 {
		return 0, true // what fails before its first byte is not charged
	}
	return 0, false
}

// Report implements core.Limiter.
func (l *Limiter) Report(now int64) []core.LimitState {
	var out []core.LimitState
	for _, h := range l.holders {
		out = append(out, h.Report(now)...)
	}
	return out
}
