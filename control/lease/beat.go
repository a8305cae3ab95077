package lease

import (
	"context"
	"database/sql"
	"errors"

	"asbru/core"
	"asbru/core/govern"
)

// first takes over the leases that this machine had when it last ran: what its ledger did not spend is given back.
func (a *Agent) first(ctx context.Context) error {
	if err := prepare(ctx, a.db); err != nil {
		return err
	}
	if err := a.alone(ctx); err != nil {
		return err
	}
	names, err := a.had(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if account := a.book.Known(name); account != nil && a.active[account] == nil { // an account that the document no longer has needs none of it
			a.active[account] = &activity{old: true}
		}
	}
	a.ready = true
	return nil
}

// beat writes that this machine is live and what it has spent, gives back what has been idle, and
// reads the state of the others.
func (a *Agent) beat(ctx context.Context) error {
	if !a.ready {
		if err := a.first(ctx); err != nil {
			return err
		}
	}
	ask, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	if a.wrote != 0 {
		if _, err := a.tryLock(ask); err != nil {
			return err
		}
	}
	if err := a.remember(ask); err != nil {
		return err
	}
	here := a.Now().UnixNano()
	if err := a.db.QueryRowContext(ask, `INSERT INTO asbru_machines (machine, host, seen) VALUES ($1, $2, `+clock+`)
		ON CONFLICT (machine) DO UPDATE SET host = excluded.host, seen = excluded.seen RETURNING seen`, a.machine, a.Host).Scan(&a.wrote); err != nil {
		return err
	}
	ahead, off := a.skew(here, a.wrote)
	a.ahead.Store(int64(ahead))
	if _, err := a.db.ExecContext(ask, `SELECT pg_notify($1, $2)`, channel, a.machine); err != nil { // its own connection hears it
		return err
	}
	var now int64
	if err := a.db.QueryRowContext(ask, `SELECT COUNT(*), `+clock+` FROM asbru_machines WHERE seen > `+clock+` - $1`, liveFor.Milliseconds()).Scan(&a.machines, &now); err != nil {
		return err
	}
	a.alive.Store(int64(a.machines))
	if err := a.learn(ctx, now); err != nil {
		return err
	}
	if err := a.report(ctx); err != nil {
		return err
	}
	if core.Clock() < a.wary {
		return errForgotten
	}
	return off
}

// errForgotten reports that the database does not have what was committed.
var errForgotten = errors.New("it has lost what was written to it, as one does that is restored from a backup; the machines first write again what they have been granted")

// remember checks that the database still has what this machine wrote last. If not, all that it has been granted is written
// again, and nothing is granted to it until other machines have had the time to do the same.
func (a *Agent) remember(ctx context.Context) error {
	if a.wrote == 0 {
		return nil
	}
	var seen int64
	err := a.db.QueryRowContext(ctx, `SELECT seen FROM asbru_machines WHERE machine = $1`, a.machine).Scan(&seen)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || seen == a.wrote {
		return err
	}
	a.wary = core.Clock() + int64(waryFor)
	for _, v := range a.active {
		v.spent = unwritten
	}
	return nil
}

// report settles the accounts whose state has changed.
func (a *Agent) report(ctx context.Context) error {
	n, now := 0, a.Now().UnixNano()
	for account, v := range a.active {
		l := account.Running(now)
		if l == nil && v.old {
			l = account.Lease(now)
		}
		if l == nil {
			delete(a.active, account)
			continue
		}
		_, joined := l.Origin()
		taken, spent := l.Taken(), l.Spent()
		if v.idle++; v.taken != taken {
			v.taken, v.idle = taken, 0
		}
		back := v.idle >= idleBeats && l.Idle() > 0
		if joined && !back && v.spent == spent && !l.Over(now) {
			continue
		}
		if n++; n > beatMost {
			return nil // the remaining ones follow in later beats
		}
		if err := a.settle(ctx, account, l, now, back); err != nil && !skewed(err) { // the next account may be in its window still
			return err
		}
	}
	return nil
}

// learn reads what other machines have of the budgets that have changed.
func (a *Agent) learn(ctx context.Context, clock int64) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	rows, err := a.db.QueryContext(ctx, `SELECT l.account, l.start, SUM(l.granted), SUM(l.spent) FROM asbru_leases l JOIN asbru_budgets b ON b.account = l.account AND b.start = l.start
		WHERE l.machine <> $1 AND l.account IN (SELECT account FROM asbru_leases WHERE seen >= $2 AND machine <> $1) GROUP BY l.account, l.start LIMIT $3`,
		a.machine, a.told-liveFor.Milliseconds(), toldMost) // rows that were committed late have an earlier time stamp
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var start, granted, spent int64
		if err := rows.Scan(&name, &start, &granted, &spent); err != nil {
			return err
		}
		if account := a.book.Known(name); account != nil {
			a.hearOf(account, start, core.Money(granted), core.Money(spent))
		}
	}
	a.told = clock
	return rows.Err()
}

// hearOf tells the Book what others have of a budget, even if this machine has nothing of it.
func (a *Agent) hearOf(account *govern.Account, start int64, granted, spent core.Money) {
	now := a.Now().UnixNano()
	l := account.Running(now)
	if l == nil {
		if l = account.Shares(start, now); l == nil {
			return
		}
	}
	if o, joined := l.Origin(); joined && o == start {
		l.Others(granted, spent)
	}
}

// had returns the accounts that this machine has a lease of.
func (a *Agent) had(ctx context.Context) (names []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	rows, err := a.db.QueryContext(ctx, `SELECT account FROM asbru_leases WHERE machine = $1 AND granted > sunk`, a.machine)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
