package govern

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A share is what an Account has besides when machines pay from one budget: who waits here for more
// of it, and what was said of it last. It is looked at only when a hold lacks money.
type share struct {
	mu    sync.Mutex
	pleas []*plea    // not answered; bounded by the calls under way
	dry   int64      // wall clock until which short is believed
	short core.Money // what the budget had left, everywhere, when a hold was last denied
}

// A plea is a hold that waits for money from elsewhere.
type plea struct {
	of     *Account
	need   core.Money
	waker  core.Waker // zero: nobody waits, the next one will find the money
	said   bool       // it was answered; share.mu of all that follows
	denied bool
	left   core.Money // of the budget, everywhere, when it was denied
}

// A loan is the patience of a Hold that lacks money on shared accounts.
type loan struct {
	plea  *plea
	until int64 // core.Clock; 0: it has not waited yet
}

// A lent is a period's part of a window that machines share. What was granted only grows, and money
// that is given back counts as taken for good: so a hold that looked at an older number, however long
// ago, has never seen too much.
type lent struct {
	origin     int64        // when the window began for all, Unix nanoseconds
	grant      atomic.Int64 // ever granted to this machine
	returned   atomic.Int64 // of that, given back; it is in taken
	theirs     atomic.Int64 // what other machines have, as far as was told
	theirSpent atomic.Int64 // of that, spent
}

// origin is when the window began, for all machines that share it.
func (c *period) origin() int64 {
	if p := c.lent.Load(); p != nil {
		return p.origin
	}
	return c.start
}

// most is what may be taken from a period now: the cap, or less on an account that is shared.
func (c *period) most(l *Limit, now int64) core.Money {
	m := l.most(now)
	if !l.Shared {
		return m
	}
	p := c.lent.Load()
	if p == nil {
		return 0
	}
	// The grant is less, but for a cap that was lowered: then what others have counts.
	over := core.Money(p.theirs.Load() - p.returned.Load())
	if over < 0 {
		return min(m.Plus(-over), core.Money(p.grant.Load()))
	}
	return min(m-over, core.Money(p.grant.Load()))
}

// left is what the budget has left, as far as is known here.
func (c *period) left(l *Limit, now int64) core.Money {
	m := l.most(now) - core.Money(c.taken.Load())
	if p := c.lent.Load(); l.Shared && p != nil {
		m += core.Money(p.returned.Load() - p.theirs.Load())
	}
	return max(m, 0)
}

// A Desk is where holds ask for more of what machines share, and who brings it hears of them.
type Desk struct {
	kick chan struct{}
	lost atomic.Pointer[error] // why nobody brings anything; nil: somebody does

	mu     sync.Mutex
	wanted map[*Account]struct{}
}

// NewDesk is a Desk that nobody has asked at.
func NewDesk() *Desk {
	return &Desk{kick: make(chan struct{}, 1), wanted: map[*Account]struct{}{}}
}

// Asked is sent to when Take has something to return.
func (d *Desk) Asked() <-chan struct{} { return d.kick }

// Take returns the accounts on which holds wait since it was last called.
func (d *Desk) Take() []*Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*Account, 0, len(d.wanted))
	for a := range d.wanted {
		all = append(all, a)
	}
	clear(d.wanted)
	return all
}

// Lost says why nothing can be brought, until it is called with nil. Holds go on within what was
// granted; those that lack money are refused at once.
func (d *Desk) Lost(err error) {
	if err == nil {
		d.lost.Store(nil)
		return
	}
	d.lost.Store(&err)
}

func (d *Desk) want(a *Account) {
	d.mu.Lock()
	d.wanted[a] = struct{}{}
	d.mu.Unlock()
	select {
	case d.kick <- struct{}{}:
	default:
	}
}

// Lend has holds that lack money on shared accounts wait at d; nil: nobody brings any.
func (b *Book) Lend(d *Desk) { b.desk.Store(d) }

// ErrAway is the Cause of a Refusal on a shared account whose budget may have money left: who
// grants it cannot be asked, or does not answer in time.
var ErrAway = errors.New("what this machine was granted of it is used up, and the store that grants more does not answer")

// shared reports whether the account that lacks the money is one that machines share: then there may
// be more of it elsewhere.
func (r *Refusal) shared() bool { return r.Account != nil && r.Account.limit.Load().Shared }

// plead is what becomes of a hold for x that was refused with r: it waits if machines share the
// account and the budget may have more. The wait is bounded by leaseWait.
func (b *Book) plead(x *core.Exchange, h *Hold, q *Ask, r *Refusal) (core.Verdict, *Refusal) {
	if !r.shared() {
		return core.Refuse, r
	}
	if !b.beg(h, q, r, x.Waker()) {
		h.loan = loan{}
		b.refused.Add(1)
		return core.Refuse, r
	}
	x.Until = h.loan.until
	if b.desk.Load() == nil {
		x.Until = min(x.Until, core.Clock()+int64(leaseAgain))
	}
	return core.Wait, nil
}

// beg asks for what r says is lacking, and reports whether there may be an answer later. If not, r
// says all that is known.
func (b *Book) beg(h *Hold, q *Ask, r *Refusal, w core.Waker) bool {
	a, d := r.Account, b.desk.Load()
	s, now := a.share.Load(), core.Clock()
	if d == nil { // whoever brings it is about to come, or the Book to be given away
		if h.loan.until == 0 {
			h.loan.until = now + int64(leaseWait)
		}
		r.Cause = ErrAway
		return now < h.loan.until
	}
	s.mu.Lock()
	p := h.loan.plea
	old := p != nil && p.of == a && !p.said
	lost := d.lost.Load()
	switch {
	case p != nil && p.of == a && p.denied:
		r.Left = p.left
	case r.Need > r.Cap:
	case h.loan.until == 0 && q.Now < s.dry && r.Need > s.short:
		r.Left = min(r.Left, s.short)
	case lost != nil, h.loan.until != 0 && now >= h.loan.until:
		r.Cause = ErrAway
	default:
		if h.loan.until == 0 {
			h.loan.until = now + int64(leaseWait)
		}
		if old {
			p.waker = w
		} else {
			h.loan.plea = &plea{of: a, need: r.Need, waker: w}
			s.pleas = append(s.pleas, h.loan.plea)
		}
		s.mu.Unlock()
		if !old {
			d.want(a)
			b.begMore(d, q, a)
		}
		return true
	}
	s.mu.Unlock()
	return false
}

// begMore asks for what q lacks on other accounts than a, so that it waits once for all of them.
func (b *Book) begMore(d *Desk, q *Ask, a *Account) {
	for _, o := range q.Accounts {
		l := o.limit.Load()
		if o == a || !l.Shared {
			continue
		}
		c := o.at(q.Now)
		if c.most(l, q.Now)-core.Money(c.taken.Load()) >= q.Worst {
			continue
		}
		s := o.share.Load()
		s.mu.Lock()
		s.pleas = append(s.pleas, &plea{of: o, need: q.Worst})
		s.mu.Unlock()
		d.want(o)
	}
}

// holdLong is Hold for who may wait: a process that drains asks for one of its calls.
func (b *Book) holdLong(h *Hold, q *Ask) *Refusal {
	for {
		r := b.Hold(h, q)
		if r == nil || !r.shared() {
			return r
		}
		if !b.beg(h, q, r, core.Waker{}) {
			h.loan = loan{}
			b.refused.Add(1)
			return r
		}
		time.Sleep(leaseAgain)
	}
}

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

// Move leaves a window that is over for all, for the one that began at origin.
func (l *Lease) Move(origin, now int64) {
	n := &period{start: max(now-now%int64(time.Second), l.c.start+int64(time.Second))}
	n.lent.Store(&lent{origin: origin * int64(time.Second)})
	n.end.Store(l.a.limit.Load().Window.end(origin * int64(time.Second)))
	if l.a.cur.CompareAndSwap(l.c, n) {
		l.c = n
	} else {
		l.c = l.a.cur.Load()
	}
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
