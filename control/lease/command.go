package lease

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"asbru/core"
)

// A Row is the lease of one machine in one budget's window.
type Row struct {
	Budget        string
	Begun         time.Time // when the window began; the Unix epoch: it never ends
	Machine, Host string
	Granted       core.Money
	Spent         core.Money // as last reported
	Seen          time.Duration
	Live          bool // it reported recently
}

// List returns the leases of all machines, at most as many rows as a beat reads.
func List(ctx context.Context, address string) ([]Row, error) {
	db, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT l.account, l.start, l.machine, COALESCE(m.host, ''), l.granted, l.spent, `+clock+` - GREATEST(l.seen, COALESCE(m.seen, 0)),
		COALESCE(m.seen > `+clock+` - $1, FALSE) FROM asbru_leases l JOIN asbru_budgets b ON b.account = l.account AND b.start = l.start
		LEFT JOIN asbru_machines m ON m.machine = l.machine ORDER BY l.account, l.machine LIMIT $2`, liveFor.Milliseconds(), toldMost)
	if err != nil {
		return nil, fmt.Errorf("cannot read the leases: %w", err)
	}
	defer rows.Close()
	var all []Row
	for rows.Next() {
		var r Row
		var start, seen int64
		if err := rows.Scan(&r.Budget, &start, &r.Machine, &r.Host, &r.Granted, &r.Spent, &seen, &r.Live); err != nil {
			return nil, fmt.Errorf("cannot read the leases: %w", err)
		}
		r.Begun, r.Seen = time.Unix(start, 0).UTC(), time.Duration(max(seen, 0))*time.Millisecond
		all = append(all, r)
	}
	return all, rows.Err()
}

// GiveBack returns to a budget what a lost machine was granted and has not reported as spent, and
// returns that amount. What the machine spent after its last report could then be spent twice;
// if it comes back, its ledger is authoritative. A live machine is refused.
func GiveBack(ctx context.Context, address, machine string) (core.Money, error) {
	db, err := open(ctx, address)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("cannot read the leases: %w", err)
	}
	defer tx.Rollback()
	if err := lost(ctx, tx, machine); err != nil {
		return 0, err
	}
	var freed core.Money
	err = tx.QueryRowContext(ctx, `WITH was AS (SELECT account, granted - LEAST(granted, GREATEST(spent, sunk)) AS free FROM asbru_leases WHERE machine = $1 FOR UPDATE),
		done AS (UPDATE asbru_leases l SET granted = l.granted - was.free FROM was WHERE l.account = was.account AND l.machine = $1)
		SELECT COALESCE(SUM(free), 0) FROM was`, machine).Scan(&freed)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, fmt.Errorf("cannot give back what machine %s was granted: %w", machine, err)
	}
	return freed, nil
}

// lost checks that a machine has something and is not there. It cannot come back before tx ends: first of all a machine
// writes that it is live.
func lost(ctx context.Context, tx *sql.Tx, machine string) error {
	if _, err := tx.ExecContext(ctx, careful); err != nil {
		return fmt.Errorf("cannot read the leases: %w", err)
	}
	var known, live bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM asbru_leases WHERE machine = $1)`, machine).Scan(&known)
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT seen > `+clock+` - $2 FROM asbru_machines WHERE machine = $1 FOR UPDATE`, machine, liveFor.Milliseconds()).Scan(&live)
	}
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("cannot read the leases: %w", err)
	case live:
		return fmt.Errorf("machine %s is there: it gives back by itself what it does not use; stop it first, and wait %v", machine, liveFor)
	case !known:
		return fmt.Errorf("no machine %s has anything; hint: list says who has", machine)
	}
	return nil
}
