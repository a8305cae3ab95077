package govern

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/core/ledger"
)

// Options are what a Book needs besides a place for its ledger.
type Options struct {
	Ledger ledger.Options // Fold is the Book's

	// Now is the wall clock, for what was cut off by a crash; nil: time.Now.
	Now func() time.Time

	// Live says that the process which began the open calls is there and will end them, through
	// Serve. They stay held.
	Live bool

	// Others reports whether there are processes that drain and have calls which they may still end here, though
	// they do not ask now: one that is stopped for a while is not gone. nil: nobody knows, and those are waited for that
	// ask within returnWait.
	Others func() bool

	// Ready is closed once Account has given all accounts their limits: until then Serve answers nobody. Who
	// gives it closes it before Close too. nil: they have them.
	Ready <-chan struct{}

	// Accounts are those of a Book that was given away and comes back; nil: none.
	Accounts map[string]*Account
}

// A Book is all accounts of a process, and the ledger they stand in. Hold, Settle,
// Release and Progress may be called by anybody at any time.
type Book struct {
	log  *ledger.Ledger
	fold *fold // the ledger's, once it runs

	now func() time.Time

	mu       sync.Mutex // of what follows
	accounts map[string]*Account
	byNum    []*Account
	takenBy  map[ledger.Seq]*taken // calls that another process will end

	who       uint64 // this Book, among those of this ledger; not 0
	ready     <-chan struct{}
	served    []net.Conn  // such processes
	others    func() bool // there are some that may come back; nil: nobody knows
	leaving   *time.Timer // the last one has gone
	dismissed bool        // they must ask who has the Book then

	jobs jobs // held behind their calls

	desk atomic.Pointer[Desk] // where holds ask for more of shared accounts; nil: nowhere

	holds        atomic.Int64 // under way
	refused      atomic.Uint64
	refusedByLog atomic.Uint64
	clamped      atomic.Uint64
	twice        atomic.Uint64

	restart Restart
}

// Restart is what was done about the calls that a crash cut off.
type Restart struct {
	Ledger  ledger.Recovery
	Partial int        // calls that had begun and not ended
	Charged core.Money // for them
	Jobs    int        // that are held on
}

// Open opens the ledger in fs, or begins one, and brings the accounts to where they were.
// Calls that had begun and not ended are charged: the larger of what was known of them
// and their floor. Jobs are held on. When it returns, that is durable and holds can be made.
func Open(fs ledger.FS, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Book{fold: newFold(), accounts: map[string]*Account{}, takenBy: map[ledger.Seq]*taken{}, who: rand.Uint64() | 1, ready: o.Ready, now: o.Now, others: o.Others, jobs: newJobs()}
	o.Ledger.Fold = b.fold
	log, err := ledger.Open(fs, o.Ledger)
	if err != nil {
		return nil, err
	}
	b.log = log
	b.restart.Ledger = log.Found()
	b.jobs.ended = slices.Clone(b.fold.ended)
	left := b.resume(b.restore(&o))
	log.Start()
	if o.Live {
		err = b.take(left)
	} else {
		err = b.closeOpen(left, o.Now().UnixNano())
	}
	if err != nil {
		log.Close()
		return nil, err
	}
	return b, nil
}

// restore makes the accounts that the ledger knows, without a cap until Account gives them
// one, and returns the calls that were cut off, in order.
func (b *Book) restore(o *Options) []pending {
	b.byNum = make([]*Account, len(b.fold.accounts))
	for i := range b.fold.accounts {
		f := &b.fold.accounts[i]
		a := o.Accounts[f.name]
		if a == nil {
			a = newAccount(f.name, uint32(i+1), Limit{Cap: Unlimited})
		}
		a.cur.Store(nil)
		a.total.Store(int64(f.total))
		if f.window > 0 || f.spent > 0 {
			c := &period{start: int64(f.window) * int64(time.Second)}
			c.end.Store(never)
			c.spent.Store(int64(f.spent))
			c.taken.Store(int64(f.spent))
			a.cur.Store(c)
			a.set(*a.limit.Load())
		}
		b.accounts[f.name] = a
		b.byNum[i] = a
	}
	var left []pending
	for _, i := range b.fold.open {
		p := b.fold.slots[i]
		for _, l := range p.lines[:p.n] {
			if !o.Live && p.note == "" {
				b.byNum[l.Account-1].late(l.Window, p.least)
			}
		}
		left = append(left, p)
	}
	slices.SortFunc(left, func(a, b pending) int { return cmp.Compare(a.seq, b.seq) })
	return left
}

func newAccount(name string, num uint32, l Limit) *Account {
	a := &Account{name: name, num: num, total: new(atomic.Int64)}
	a.set(l)
	return a
}

// late charges what belongs to a window: the one that was current when the log ended, or
// one before it.
func (a *Account) late(window uint32, amount core.Money) {
	a.total.Add(int64(amount))
	c := a.cur.Load()
	if c == nil {
		c = &period{start: int64(window) * int64(time.Second)}
		c.end.Store(never)
		a.cur.Store(c)
	}
	if c.window() == window {
		c.spent.Add(int64(amount))
		c.taken.Add(int64(amount))
	}
}

// closeOpen writes down what the calls that were cut off are charged.
func (b *Book) closeOpen(left []pending, now int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), restartWait)
	defer cancel()
	room := ledger.Size(0, 0)
	for _, p := range left {
		if err := b.reserve(ctx, room); err != nil {
			return fmt.Errorf("cannot write down the calls that a crash cut off: %w", err)
		}
		b.log.Append(&ledger.Record{
			Kind: ledger.Settle, Flags: ledger.Partial | ledger.Estimated, Attempt: p.attempt, ID: p.id, Time: now, Ref: p.seq, Amount: p.least,
		}, room)
		b.restart.Partial++
		b.restart.Charged = b.restart.Charged.Plus(p.least)
	}
	if err := b.log.Wait(ctx, b.log.End()); err != nil {
		return fmt.Errorf("cannot write down the calls that a crash cut off: %w", err)
	}
	return nil
}

// reserve takes room in the ledger, for which it waits. Requests never do.
func (b *Book) reserve(ctx context.Context, room int) error {
	for !b.log.Reserve(room) {
		if b.log.End() > b.log.Durable() {
			if err := b.log.Wait(ctx, b.log.End()); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return b.log.Trouble()
		case <-time.After(reserveAgain):
		}
	}
	return nil
}

var errName = errors.New("an account's name has 1 to 512 bytes")

// Account returns the account of that name and gives it the limit; the same one for the
// same name, for as long as the ledger exists. A new one is written to the ledger, which
// may take as long as ctx lets it. It is for changes of the configuration.
func (b *Book) Account(ctx context.Context, name string, l Limit) (*Account, error) {
	if len(name) == 0 || len(name) > MaxName {
		return nil, errName
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if a := b.accounts[name]; a != nil {
		a.set(l)
		return a, nil
	}
	room := ledger.Size(1, len(name))
	if err := b.reserve(ctx, room); err != nil {
		return nil, fmt.Errorf("cannot write down account %q: %w", name, err)
	}
	num := uint32(len(b.accounts) + 1)
	b.log.Append(&ledger.Record{Kind: ledger.Account, Time: time.Now().UnixNano(), Lines: []ledger.Line{{Account: num}}, Payload: []byte(name)}, room)
	a := newAccount(name, num, l)
	b.accounts[name] = a
	b.byNum = append(b.byNum, a)
	return a, nil
}

// Known is the account of that name; nil: there is none yet.
func (b *Book) Known(name string) *Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accounts[name]
}

// Balances reads all accounts, by name.
func (b *Book) Balances(now int64) []Balance {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]Balance, 0, len(b.accounts))
	for _, a := range b.accounts {
		all = append(all, a.Balance(now))
	}
	slices.SortFunc(all, func(a, b Balance) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Balance reads one account; ok is false when there is none of that name.
func (b *Book) Balance(name string, now int64) (balance Balance, ok bool) {
	b.mu.Lock()
	a := b.accounts[name]
	b.mu.Unlock()
	if a == nil {
		return Balance{}, false
	}
	return a.Balance(now), true
}

// Ledger is the log, to wait for what was held and settled, and to follow it.
func (b *Book) Ledger() *ledger.Ledger { return b.log }

// Restart is what Open had to do.
func (b *Book) Restart() Restart { return b.restart }

// Stats are what a Book counts.
type Stats struct {
	Holds        int64  // under way
	Refused      uint64 // for want of money
	RefusedByLog uint64 // for want of room in the ledger
	Clamped      uint64 // settled for less than was claimed
	Twice        uint64 // ended more than once: a bug of ours, and nothing came of it
}

// Stats reads the counters.
func (b *Book) Stats() Stats {
	return Stats{b.holds.Load(), b.refused.Load(), b.refusedByLog.Load(), b.clamped.Load(), b.twice.Load()}
}

// Close makes a last checkpoint, so that the next Open is quick, and closes the ledger.
// Nothing may be held or settled any more; what is still held is charged as partial when
// the ledger is opened again.
func (b *Book) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	err := b.log.Wait(ctx, b.log.End())
	if err == nil {
		err = b.log.Checkpoint()
	}
	return cmp.Or(b.log.Close(), err)
}
