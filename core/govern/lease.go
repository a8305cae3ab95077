package govern

import (
	"time"

	"asbru/core"
)

// A Lease is what one machine has of a budget in one window: what an Account says of it to who
// grants, and is told by them. One goroutine uses it; holds go on meanwhile.
type Lease struct {
	a      *Account
	c      *period
	before int64 // what the ledger called the window before, if this one was begun just now; 0: none
}

// Lease is the account's part of its budget now, in a window that is begun if it has to be; nil when
// machines do not share it.
func (a *Account) Lease(now int64) *Lease {
	if !a.limit.Load().Shared {
		return nil
	}
	l := &Lease{a: a}
	if c := a.cur.Load(); c != nil {
		l.before = int64(c.window())
	}
	l.c = a.at(now)
	return l
}

// Running is Lease without beginning a window: nil as well when there is none now.
func (a *Account) Running(now int64) *Lease {
	if c := a.cur.Load(); c == nil || now >= c.end.Load() {
		return nil
	}
	return a.Lease(now)
}

// Unknown reports whether nothing stands in the ledger for a window that it would call so: what was
// granted for it was never taken.
func (l *Lease) Unknown(local int64) bool { return l.before < local }

// Window is how long the budget is for, and Cap what it has at a moment.
func (l *Lease) Window() Window           { return l.a.limit.Load().Window }
func (l *Lease) Cap(now int64) core.Money { return l.a.limit.Load().most(now) }

// Local is what the ledger calls the window, Unix seconds. It need not be when the window began for
// all: a machine that comes later has it begin later, so that its ledger's windows follow each other.
func (l *Lease) Local() int64 { return int64(l.c.window()) }

// Origin is when the window began for all, Unix seconds; ok is false when nobody said so far.
func (l *Lease) Origin() (start int64, ok bool) {
	p := l.c.lent.Load()
	if p == nil {
		return 0, false
	}
	return p.origin / int64(time.Second), true
}

// Spent is what this machine spent.
func (l *Lease) Spent() core.Money { return core.Money(l.c.spent.Load()) }

// Taken is what this machine has spent and holds.
func (l *Lease) Taken() core.Money {
	t := l.c.taken.Load()
	if p := l.c.lent.Load(); p != nil {
		t -= p.returned.Load()
	}
	return core.Money(t)
}

// Has is what this machine may spend in all: the grant, or what it has taken if that is more.
func (l *Lease) Has() core.Money {
	t := core.Money(l.c.taken.Load())
	p := l.c.lent.Load()
	if p == nil {
		return t
	}
	return max(core.Money(p.grant.Load()), t) - core.Money(p.returned.Load())
}

// Idle is what holds could take now.
func (l *Lease) Idle() core.Money {
	p := l.c.lent.Load()
	if p == nil {
		return 0
	}
	return max(core.Money(p.grant.Load()-l.c.taken.Load()), 0)
}

// Over reports whether machines have more than the cap, as far as is known here, and this one has some
// to give back: the cap was lowered.
func (l *Lease) Over(now int64) bool {
	p := l.c.lent.Load()
	return p != nil && l.Idle() > 0 && core.Money(p.theirs.Load())+l.Has() > l.Cap(now)
}

// Join has the window be the one that began at origin for all, Unix seconds. It is for a Lease
// without an Origin.
func (l *Lease) Join(origin int64) {
	l.c.lent.Store(&lent{origin: origin * int64(time.Second)})
	l.c.end.Store(l.a.limit.Load().Window.end(origin * int64(time.Second)))
}

// Move leaves a window that is over for all, for the one that began at origin. It reports false when a hold
// has begun another meanwhile: then the Lease is of a window that is no more, and another is to be asked for.
func (l *Lease) Move(origin, now int64) bool {
	n := &period{start: max(now-now%int64(time.Second), l.c.start+int64(time.Second))}
	n.lent.Store(&lent{origin: origin * int64(time.Second)})
	n.end.Store(l.a.limit.Load().Window.end(origin * int64(time.Second)))
	if !l.a.cur.CompareAndSwap(l.c, n) {
		return false
	}
	l.c = n
	return true
}

// GiveBack takes all that is idle away from holds, and returns it. What Has says is less by so much
// before anybody else is told that they may have it.
func (l *Lease) GiveBack() core.Money {
	p := l.c.lent.Load()
	if p == nil {
		return 0
	}
	for {
		v := l.c.taken.Load()
		idle := p.grant.Load() - v
		if idle <= 0 {
			return 0
		}
		if l.c.taken.CompareAndSwap(v, v+idle) {
			p.returned.Add(idle)
			return core.Money(idle)
		}
	}
}

// Needs are what holds wait for, at most so many as dst has room for, the oldest first.
func (l *Lease) Needs(dst []core.Money) []core.Money {
	s := l.a.share.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pleas[:min(len(s.pleas), cap(dst)-len(dst))] {
		dst = append(dst, p.need)
	}
	return dst
}

// Others notes what other machines have of the budget, and have spent of that.
func (l *Lease) Others(have, spent core.Money) {
	if p := l.c.lent.Load(); p != nil {
		p.theirs.Store(int64(have))
		p.theirSpent.Store(int64(spent))
	}
}

// Grant lets the machine spend more, so that it has at least base and more in all. It comes after
// everybody else has been told.
func (l *Lease) Grant(base, more core.Money) {
	p := l.c.lent.Load()
	// Has may have been above the grant: after a restart what is taken was never granted to this process.
	p.grant.Store(max(p.grant.Load(), int64(base)+p.returned.Load()) + int64(more))
}

// Answer tells the first n holds that wait: to ask again when the money is there, or, when none will
// come, that left is what the budget has everywhere. Those that neither is true of go on waiting.
func (l *Lease) Answer(n int, final bool, left core.Money, now int64) {
	idle := l.Idle()
	s := l.a.share.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	n = min(n, len(s.pleas))
	rest := s.pleas[:0]
	for i, p := range s.pleas {
		switch {
		case i >= n || p.need > idle && !final:
			rest = append(rest, p)
			continue
		case p.need > idle:
			p.denied, p.left = true, left
			s.dry, s.short = now+int64(dryFor), left
		}
		p.said = true
		p.waker.Wake()
	}
	clear(s.pleas[len(rest):])
	s.pleas = rest
}

// Away tells all holds that wait that nobody can be asked: Desk.Lost was called.
func (a *Account) Away() {
	s := a.share.Load()
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pleas {
		p.said = true
		p.waker.Wake()
	}
	clear(s.pleas)
	s.pleas = s.pleas[:0]
}

// Shares is the account's part, of nothing so far, of a window that others have begun, Unix seconds:
// nil when that one is over, when there is one here already, or machines do not share the account.
func (a *Account) Shares(origin, now int64) *Lease {
	c, w := a.cur.Load(), a.limit.Load()
	if !w.Shared || c != nil && now < c.end.Load() || now >= w.Window.end(origin*int64(time.Second)) {
		return nil
	}
	l := a.Lease(now)
	if _, joined := l.Origin(); !joined && l.Taken() == 0 {
		l.Join(origin)
	}
	return l
}
