package govern

import (
	"math"
	"sync/atomic"
	"time"

	"asbru/core"
)

// Unlimited is the cap of an account that only counts.
const Unlimited = core.Money(math.MaxInt64)

// A Limit is what an account may be charged.
type Limit struct {
	Cap    core.Money // in one window; Unlimited: any amount
	Window Window
	Extra  []Extra
	Shared bool   // machines pay from it: a hold takes no more than this one was granted (see Lease)
	Label  string // for people, in refusals: monthly budget of key "ci-bot". Empty: the account's name
}

// An Extra adds to a cap for a while.
type Extra struct {
	Amount core.Money
	Until  int64 // Unix nanoseconds; 0 or less: for ever
}

// most is the cap at a moment.
func (l *Limit) most(now int64) core.Money {
	c := l.Cap
	for _, e := range l.Extra {
		if e.Until <= 0 || now < e.Until {
			c = c.Plus(e.Amount)
		}
	}
	return c
}

// An Account is one budget: what was spent from it and what is held on it. It lives as
// long as its Book; a change of the configuration changes its Limit. Everything of it may
// be used by many goroutines.
type Account struct {
	name  string
	num   uint32
	limit atomic.Pointer[Limit]
	cur   atomic.Pointer[period] // nil: never used
	total *atomic.Int64          // spent since ever. Apart: every call changes it, and the rest is only looked at
	share atomic.Pointer[share]  // nil: machines never shared it
}

// A period is an account in one window. Holds keep the period they were made on, so what was
// begun in one window is settled there, however late.
type period struct {
	start int64        // Unix nanoseconds
	end   atomic.Int64 // a change of the Limit moves it
	taken atomic.Int64 // spent and held: what the cap is compared with
	spent atomic.Int64

	// turns says, in its lower part, how many changes of several accounts at once are under
	// way here, and above that how many there have been. While there are some, taken may
	// hold what will be taken back, and is no reason to refuse anybody.
	turns atomic.Uint64

	lent atomic.Pointer[lent] // nil: not shared, or nobody said yet which of the shared windows this is

	_ [16]byte // fills a line of the processor's cache: loops on several processors change it
}

const turn = 1 << 20

func (c *period) enter() { c.turns.Add(turn + 1) }
func (c *period) leave() { c.turns.Add(^uint64(0)) }

// still reports whether nobody was changing the period when turns was t.
func still(t uint64) bool { return t%turn == 0 }

// Name is what the ledger calls the account.
func (a *Account) Name() string { return a.name }

// Limit is what the account may be charged now. It must not be changed.
func (a *Account) Limit() *Limit { return a.limit.Load() }

// SetLimit gives the account another limit, as Book.Account does.
func (a *Account) SetLimit(l Limit) { a.set(l) }

// set gives the account another limit. What was spent in the window stays spent; the
// window ends when the new kind of window does.
func (a *Account) set(l Limit) {
	if l.Shared && a.share.Load() == nil {
		a.share.CompareAndSwap(nil, new(share))
	}
	a.limit.Store(&l)
	if c := a.cur.Load(); c != nil {
		c.end.Store(l.Window.end(c.origin()))
	}
}

// at is the account's period at a moment, which is begun if it has to be. A clock that goes
// back finds the window that has begun.
func (a *Account) at(now int64) *period {
	if c := a.cur.Load(); c != nil && now < c.end.Load() {
		return c
	}
	return a.begin(now)
}

func (a *Account) begin(now int64) *period {
	for {
		c := a.cur.Load()
		if c != nil && now < c.end.Load() { // somebody else began it
			return c
		}
		w := a.limit.Load().Window
		n := &period{start: w.begin(now)}
		if c != nil && n.start <= c.start {
			n.start = c.start + int64(time.Second) // cannot be told apart in the ledger otherwise
		}
		n.end.Store(w.end(n.start))
		if a.cur.CompareAndSwap(c, n) {
			return n
		}
	}
}

// window is what a ledger calls the period's window.
func (c *period) window() uint32 { return uint32(c.start / int64(time.Second)) }

// A Balance is an account at a moment.
type Balance struct {
	Name  string
	Cap   core.Money // Unlimited: none
	Spent core.Money // in the window
	Held  core.Money // by calls under way that began in it
	Total core.Money // spent since ever
	Begun int64      // when the window began, Unix nanoseconds; 0: it has not, or it never ends
	Ends  int64      // when it ends; 0: never, or it has not begun

	Shared  bool       // Spent and Held are those of all machines, of others as far as was told
	Granted core.Money // what this machine may spend, of a shared one
}

// Left is what can still be held.
func (b Balance) Left() core.Money { return max(b.Cap-b.Spent-b.Held, 0) }

// Balance reads the account. While calls end it may show one of them half.
func (a *Account) Balance(now int64) Balance {
	l := a.limit.Load()
	b := Balance{Name: a.name, Cap: l.most(now), Total: core.Money(a.total.Load()), Shared: l.Shared}
	c := a.cur.Load()
	if c == nil || now >= c.end.Load() {
		return b
	}
	b.Spent = core.Money(c.spent.Load())
	b.Held = max(core.Money(c.taken.Load())-b.Spent, 0)
	b.Begun = c.origin()
	if p := c.lent.Load(); p != nil && b.Shared {
		b.Granted = core.Money(p.grant.Load() - p.returned.Load())
		b.Held = max(b.Held-core.Money(p.returned.Load()), 0)
		b.Spent += core.Money(p.theirSpent.Load())
		b.Held += core.Money(max(p.theirs.Load()-p.theirSpent.Load(), 0))
	}
	if end := c.end.Load(); end != never {
		b.Ends = end
	}
	return b
}
