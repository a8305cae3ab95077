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
	if !l.Shared && len(l.Extra) == 0 {
		return l.Cap
	}
	return c.mostNow(l, now)
}

func (c *period) mostNow(l *Limit, now int64) core.Money {
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
var ErrAway = errors.New("what this machine was granted of it is used up, and it gets no more from the store now")

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
