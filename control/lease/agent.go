package lease

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"asbru/control/postgres"
	"asbru/core"
	"asbru/core/govern"
)

// Options configure an Agent.
type Options struct {
	Postgres string // address of the database that the machines share
	Machine  string // id of this machine, the same for as long as its ledger exists
	Host     string // its name for people
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now

	theirs func(ms int64) int64 // tests: what the database's clock is taken to say, in Unix milliseconds; nil: what it says
}

// An Agent obtains for a Book what it may spend of budgets that several machines share. One goroutine does
// all work, except for transactions of different accounts, of which several run at once.
type Agent struct {
	Options
	machine  string
	address  string // Options.Postgres, with a time limit for connecting
	db       *sql.DB
	listener *pq.Listener
	book     *govern.Book
	desk     *govern.Desk
	stop     context.CancelFunc
	ended    chan struct{}

	// Owned by the goroutine.
	machines int        // live machines, as of the last beat
	mu       sync.Mutex // guards the maps while several transactions run
	asked    map[*govern.Account]recall
	more     map[*govern.Account]struct{} // accounts with more holds than one transaction considers
	active   map[*govern.Account]*activity
	ready    bool      // the tables exist, and what this machine had is known
	wrote    int64     // the time that the last beat wrote for this machine; 0: none did
	wary     int64     // core.Clock until which nothing is granted
	told     int64     // the database's clock when the other machines' changes were last read
	lost     bool      // nothing is granted
	off      bool      // that is only because of a clock: the database answers
	locked   *sql.Conn // has the lock of this machine; nil: it does not
	twin     bool      // another process was found to run as this machine

	granted, denied, recalled, returned, troubles atomic.Int64
	away                                          atomic.Bool
	alive                                         atomic.Int64
	ahead                                         atomic.Int64 // of the database's clock, as of the last beat, in nanoseconds
}

// A recall is the last request to other machines to give back money, and its time as core.Clock.
type recall struct{ number, at int64 }

// unwritten is an activity's spent if the database does not have it.
const unwritten = core.Money(-1)

// An activity is the last observed state of an account that this machine has a lease of.
type activity struct {
	spent, taken core.Money // spent: as written to the database
	idle         int        // beats without a change
	old          bool       // inherited from the previous process, and not examined yet
}

// Open makes an Agent. It connects to the database after Start and keeps trying; until then nothing
// is granted. It returns an error for an address that cannot be valid.
func Open(o Options) (*Agent, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d, err := reach(o.Postgres)
	if err != nil {
		return nil, err
	}
	return &Agent{Options: o, machine: o.Machine, address: d.Address, db: d.DB, desk: govern.NewDesk(), ended: make(chan struct{}), machines: 1,
		asked: map[*govern.Account]recall{}, more: map[*govern.Account]struct{}{}, active: map[*govern.Account]*activity{}}, nil
}

// Start serves the shared accounts of a Book until Close.
func (a *Agent) Start(b *govern.Book) {
	ctx, stop := context.WithCancel(context.Background())
	a.book, a.stop = b, stop
	a.listener = postgres.Listen(a.address, listenLeast, listenMost, listenQuiet)
	go a.listener.Listen(channel) // waits for a connection; Close ends it
	b.Lend(a.desk)
	go a.run(ctx)
}

// Close stops the Agent. With back, because the process ends, the machine gives back everything it does not
// use; without, another process takes over.
func (a *Agent) Close(back bool) {
	a.stop()
	<-a.ended
	a.listener.Close()
	a.book.Lend(nil)
	for _, account := range append(a.unanswered(), a.desk.Take()...) {
		account.Away() // the next owner of the Book asks again
	}
	if back && (!a.lost || a.off) {
		a.leave()
	}
	ctx, cancel := context.WithTimeout(context.Background(), endWait)
	defer cancel()
	a.unlock(ctx)
	a.db.Close()
}

// leave gives back what is idle, as far as time permits.
func (a *Agent) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), endWait)
	defer cancel()
	now := a.Now().UnixNano()
	for account := range a.active {
		l := account.Running(now)
		if l == nil {
			continue
		}
		if err := a.settle(ctx, account, l, now, true); err != nil && !skewed(err) {
			a.Log.Warn("not all that was granted of shared budgets could be given back; it is when this machine comes back", "error", err)
			return
		}
	}
	a.db.ExecContext(ctx, `UPDATE asbru_machines SET seen = 0 WHERE machine = $1`, a.machine) // it is not waited for; soon it would not be anyway
}

func (a *Agent) run(ctx context.Context) {
	defer close(a.ended)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	again := time.NewTicker(retryEvery)
	defer again.Stop()
	quick, armed := time.NewTimer(time.Hour), false
	defer quick.Stop()
	a.check(ctx, a.beat(ctx))
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-a.desk.Asked():
			a.serve(ctx, a.desk.Take())
		case n := <-a.listener.Notify:
			a.hear(ctx, n)
		case <-quick.C:
			armed = false
			a.serve(ctx, a.unanswered())
		case <-again.C:
			if a.lost {
				a.check(ctx, a.beat(ctx))
			}
		case <-beat.C:
			a.check(ctx, a.beat(ctx))
		}
		if len(a.asked)+len(a.more) > 0 && !armed {
			armed = true
			quick.Reset(askAgain)
		}
	}
}

// unanswered returns the accounts on which holds still wait, as far as the Agent knows.
func (a *Agent) unanswered() (all []*govern.Account) {
	for account := range a.asked {
		all = append(all, account)
	}
	for account := range a.more {
		if _, ok := a.asked[account]; !ok {
			all = append(all, account)
		}
	}
	clear(a.more)
	return all
}

// serve settles accounts on which holds wait, and receives notifications in between.
func (a *Agent) serve(ctx context.Context, accounts []*govern.Account) {
	for len(accounts) > 0 {
		part := accounts[:min(len(accounts), batch)]
		accounts = accounts[len(part):]
		if !a.lost {
			a.check(ctx, a.settleAll(ctx, part))
		}
		if a.lost {
			for _, account := range part {
				account.Away()
				delete(a.asked, account)
			}
		}
		for heard := false; !heard && len(accounts) > 0; {
			select {
			case n := <-a.listener.Notify:
				a.hear(ctx, n)
			default:
				heard = true
			}
		}
	}
}

// settleAll settles several accounts concurrently, up to the first error.
func (a *Agent) settleAll(ctx context.Context, accounts []*govern.Account) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	work := func() {
		for failed.Load() == nil {
			i := int(next.Add(1)) - 1
			if i >= len(accounts) {
				return
			}
			now := a.Now().UnixNano()
			if l := accounts[i].Lease(now); l != nil {
				if err := a.settle(ctx, accounts[i], l, now, false); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		}
	}
	var others sync.WaitGroup
	for range min(workers, len(accounts)) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// hear handles a notification from another machine, or that some may have been missed.
func (a *Agent) hear(ctx context.Context, n *pq.Notification) {
	if n == nil || a.lost {
		return
	}
	who, name, _ := strings.Cut(n.Extra, "\n")
	account := a.book.Known(name)
	if who == a.machine || account == nil {
		return
	}
	now := a.Now().UnixNano()
	l := account.Running(now)
	if l == nil {
		return
	}
	if _, asked := a.asked[account]; asked || a.active[account] != nil {
		a.check(ctx, a.settle(ctx, account, l, now, false))
	}
}

// check records whether the database answers, and lets holds know.
func (a *Agent) check(ctx context.Context, err error) {
	switch {
	case err == nil && a.lost:
		a.Log.Info("shared budgets are granted again")
		a.desk.Lost(nil)
	case err == nil || ctx.Err() != nil:
		return
	default:
		a.troubles.Add(1)
		if !a.lost {
			a.complain(err)
		}
		a.desk.Lost(err)
		for _, account := range append(a.unanswered(), a.desk.Take()...) {
			account.Away()
		}
		clear(a.asked)
	}
	if a.lost, a.off = err != nil, skewed(err); a.lost && !a.off {
		a.ready = false // whatever answers next may be another database
	}
	a.away.Store(a.lost)
}

// complain tells the operator why nothing is granted.
func (a *Agent) complain(err error) {
	if twin := (*twinError)(nil); errors.As(err, &twin) {
		a.Log.Error("nothing of shared budgets is granted to this machine", "error", err)
		return
	}
	if skewed(err) {
		a.Log.Error("this machine is granted no more of shared budgets, because its clock is wrong or the database's; calls go on within what was granted", "error", err)
		return
	}
	a.Log.Error("the store that grants shared budgets does not answer; calls go on within what was granted", "error", err)
}

// note records an account that this machine has a lease of.
func (a *Agent) note(account *govern.Account, l *govern.Lease) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.active[account]
	if v == nil {
		v = new(activity)
		a.active[account] = v
	}
	v.spent, v.old = l.Spent(), false
}
