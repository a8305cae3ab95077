package lease

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"asbru/control/postgres"
)

// channel is the channel of notifications among machines: who, and which account.
const channel = "asbru_leases"

// tables: the current window of each budget and how often its idle money was recalled; each
// machine's part of it; the machines. Times of machines are Unix milliseconds of the database;
// windows are Unix seconds.
var tables = []string{
	`CREATE TABLE IF NOT EXISTS asbru_budgets (account TEXT PRIMARY KEY, start BIGINT NOT NULL, recall BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS asbru_machines (machine TEXT PRIMARY KEY, host TEXT NOT NULL, seen BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS asbru_leases (account TEXT NOT NULL, machine TEXT NOT NULL, start BIGINT NOT NULL, local BIGINT NOT NULL,
		granted BIGINT NOT NULL, sunk BIGINT NOT NULL, spent BIGINT NOT NULL, answered BIGINT NOT NULL, seen BIGINT NOT NULL,
		PRIMARY KEY (account, machine))`,
	`CREATE INDEX IF NOT EXISTS asbru_leases_seen ON asbru_leases (seen)`,
	`CREATE INDEX IF NOT EXISTS asbru_leases_machine ON asbru_leases (machine)`,
}

// clock is the database's time in Unix milliseconds.
const clock = `(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT`

// open connects to a database and creates the tables.
func open(ctx context.Context, address string) (*sql.DB, error) {
	d, err := reach(address)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, d.DB); err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot open the leases: %w", err)
	}
	return d.DB, nil
}

// reach returns a database that is connected to on first use.
func reach(address string) (*postgres.Database, error) {
	return postgres.Open(address, "the leases", askWait, maxConns)
}

// prepare creates the tables, one machine at a time.
func prepare(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, careful+`; SELECT pg_advisory_xact_lock(4157827291)`); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := tx.ExecContext(ctx, t); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// careful begins every transaction: a machine that loses its connection in the middle blocks others
// for a few seconds only, and a commit is durable, whatever the database's settings.
const careful = `SET LOCAL idle_in_transaction_session_timeout = '5s'; SET LOCAL synchronous_commit = on`

// A part is what one machine has of a budget.
type part struct {
	machine              string
	start, local         int64
	granted, sunk, spent int64
	answered             int64
	live                 bool
}

// A sheet is the database's state of a budget, locked.
type sheet struct {
	known  bool  // there is a window
	seen   int64 // when the machine that reads it wrote that it is live
	now    int64 // the database's clock
	early  bool  // the window was begun by a clock that was ahead
	start  int64
	recall int64
	parts  []part
}

// read locks a budget and reads its state, for a machine.
func read(ctx context.Context, tx *sql.Tx, machine, account string) (s sheet, err error) {
	const lock = `SELECT start, recall, COALESCE((SELECT seen FROM asbru_machines WHERE machine = $2), 0), ` + clock + ` FROM asbru_budgets WHERE account = $1 FOR UPDATE`
	err = tx.QueryRowContext(ctx, lock, account, machine).Scan(&s.start, &s.recall, &s.seen, &s.now)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err = tx.ExecContext(ctx, `INSERT INTO asbru_budgets (account, start, recall) VALUES ($1, -1, 0) ON CONFLICT (account) DO NOTHING`, account); err == nil {
			err = tx.QueryRowContext(ctx, lock, account, machine).Scan(&s.start, &s.recall, &s.seen, &s.now) // written by a machine that was quicker
		}
	}
	if err != nil {
		return s, err
	}
	s.known = s.start >= 0
	rows, err := tx.QueryContext(ctx, `SELECT l.machine, l.start, l.local, l.granted, l.sunk, l.spent, l.answered, COALESCE(m.seen > `+clock+` - $2, FALSE)
		FROM asbru_leases l LEFT JOIN asbru_machines m ON m.machine = l.machine WHERE l.account = $1`, account, liveFor.Milliseconds())
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.machine, &p.start, &p.local, &p.granted, &p.sunk, &p.spent, &p.answered, &p.live); err != nil {
			return s, err
		}
		s.parts = append(s.parts, p)
	}
	return s, rows.Err()
}

// write writes a machine's part.
func (p *part) write(ctx context.Context, tx *sql.Tx, account string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO asbru_leases (account, machine, start, local, granted, sunk, spent, answered, seen)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, `+clock+`) ON CONFLICT (account, machine) DO UPDATE SET start = excluded.start, local = excluded.local,
		granted = excluded.granted, sunk = excluded.sunk, spent = excluded.spent, answered = excluded.answered, seen = excluded.seen`,
		account, p.machine, p.start, p.local, p.granted, p.sunk, p.spent, p.answered)
	return err
}

// begin records that a window has begun, and deletes the previous one.
func begin(ctx context.Context, tx *sql.Tx, account string, start int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE asbru_budgets SET start = $2 WHERE account = $1`, account, start); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM asbru_leases WHERE account = $1 AND start <> $2`, account, start)
	return err
}

// tell notifies other machines of an account, once the transaction is committed.
func tell(ctx context.Context, tx *sql.Tx, machine, account string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, machine+"\n"+account)
	return err
}
