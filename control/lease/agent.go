package lease

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"asbru/core"
	"asbru/core/govern"
)

// Options are what an Agent needs.
type Options struct {
	Postgres string // the address of the database that the machines share
	Machine  string // what this one is called for as long as its ledger exists
	Host     string // what people call it
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now
}

// An Agent gets a Book what it may spend of budgets that machines share. One goroutine does all.
type Agent struct {
	Options
	machine  string
	db       *sql.DB
	listener *pq.Listener
	book     *govern.Book
	desk     *govern.Desk
	stop     context.CancelFunc
	ended    chan struct{}

	// Of the goroutine.
	machines int // that are there, as of the last beat
	asked    map[*govern.Account]recall
	more     map[*govern.Account]struct{} // with more holds than one transaction looks at
	active   map[*govern.Account]*activity
	told     int64 // the database's clock when others' news were last read
	lost     bool

	granted, denied, recalled, returned, troubles atomic.Int64
	away                                          atomic.Bool
	alive                                         atomic.Int64
}

// A recall is what other machines were asked to give back.
type recall struct{ number, at int64 }

// An activity is what was last seen of an account that this machine has a part of.
type activity struct {
	spent, taken core.Money
	idle         int  // beats without a change
	old          bool // of the process before this one, and not looked at so far
}

// Open connects to the database and makes its tables.
func Open(ctx context.Context, o Options) (*Agent, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := open(ctx, o.Postgres)
	if err != nil {
		return nil, err
	}
	return &Agent{Options: o, machine: o.Machine, db: db, desk: govern.NewDesk(), ended: make(chan struct{}), machines: 1,
		asked: map[*govern.Account]recall{}, more: map[*govern.Account]struct{}{}, active: map[*govern.Account]*activity{}}, nil
}

// Start serves the shared accounts of a Book until Close.
func (a *Agent) Start(b *govern.Book) {
	ctx, stop := context.WithCancel(context.Background())
	a.book, a.stop = b, stop
	a.listener = pq.NewListener(a.Postgres, listenLeast, listenMost, nil)
	go a.listener.Listen(channel) // waits until there is a connection; Close ends it
	b.Lend(a.desk)
	go a.run(ctx)
}

// Close ends it. With back the machine gives back all it does not use, for the process ends; without,
// another process goes on with it.
func (a *Agent) Close(back bool) {
	a.stop()
	<-a.ended
	a.listener.Close()
	a.book.Lend(nil)
	for _, account := range append(a.unanswered(), a.desk.Take()...) {
		account.Away() // asks again, whoever has the Book by then
	}
	if back && !a.lost {
		a.leave()
	}
	a.db.Close()
}

// leave gives back what is idle, as far as there is time for it.
func (a *Agent) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), endWait)
	defer cancel()
	now := a.Now().UnixNano()
	for account := range a.active {
		l := account.Running(now)
		if l == nil {
			continue
		}
		if err := a.settle(ctx, account, l, now, true); err != nil {
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
	a.check(ctx, a.first(ctx))
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

// unanswered are the accounts on which holds still wait, as far as the Agent knows.
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

// serve settles accounts on which holds wait.
func (a *Agent) serve(ctx context.Context, accounts []*govern.Account) {
	for _, account := range accounts {
		if !a.lost {
			now := a.Now().UnixNano()
			if l := account.Lease(now); l != nil {
				a.check(ctx, a.settle(ctx, account, l, now, false))
			}
		}
		if a.lost {
			account.Away()
			delete(a.asked, account)
		}
	}
}

// hear takes what another machine says of an account, or that some of it may have been missed.
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

// check notes whether the database answers, and lets holds know.
func (a *Agent) check(ctx context.Context, err error) {
	switch {
	case err == nil && a.lost:
		a.Log.Info("the store that grants shared budgets answers again")
		a.desk.Lost(nil)
	case err == nil || ctx.Err() != nil:
		return
	default:
		a.troubles.Add(1)
		if !a.lost {
			a.Log.Error("the store that grants shared budgets does not answer; calls go on within what was granted", "error", err)
		}
		a.desk.Lost(err)
		for _, account := range append(a.unanswered(), a.desk.Take()...) {
			account.Away()
		}
		clear(a.asked)
	}
	a.lost = err != nil
	a.away.Store(a.lost)
}

// note keeps an account in mind of which this machine has a part.
func (a *Agent) note(account *govern.Account, l *govern.Lease) {
	v := a.active[account]
	if v == nil {
		v = new(activity)
		a.active[account] = v
	}
	v.spent, v.old = l.Spent(), false
}
