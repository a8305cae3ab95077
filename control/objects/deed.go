package objects

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"time"

	"asbru/core"
)

// A Deed is what an operator did by command, beside a gateway that may run: it waits in the database for the gateway, which alone
// can write the audit trail.
type Deed struct {
	Time  time.Time
	Who   string
	Did   string // one word, as in the trail
	What  string // its object
	Notes string

	id string
}

// tell writes a deed down, in a transaction with what was done.
func (d *database) tell(ctx context.Context, tx *sql.Tx, deed *Deed) error {
	_, err := tx.ExecContext(ctx, d.q(`INSERT INTO asbru_deeds (id, time, who, did, what, notes) VALUES (?, ?, ?, ?, ?, ?)`),
		rand.Text(), deed.Time.UnixNano(), deed.Who, deed.Did, deed.What, deed.Notes)
	return err
}

// Tell writes a deed down for the gateway.
func (b *Book) Tell(ctx context.Context, deed *Deed) error {
	return b.inTx(ctx, func(ctx context.Context, d *database, tx *sql.Tx) error { return d.tell(ctx, tx, deed) })
}

// GoneBy is Gone by an operator: if there is a record, deed is written down with its end.
func (b *Book) GoneBy(ctx context.Context, ref core.ObjectRef, deed *Deed) (was bool, err error) {
	err = b.inTx(ctx, func(ctx context.Context, d *database, tx *sql.Tx) error {
		was, err = touched(tx.ExecContext(ctx, d.q(deletion), ref.Provider, ref.Kind, ref.ID))
		if err != nil || !was {
			return err
		}
		return d.tell(ctx, tx, deed)
	})
	return was && err == nil, err
}

// Told calls f for each deed that waits, the oldest first, and forgets those for which it returns nil. Of several machines one gets
// each deed; after a crash in between it may come again. A file that is not there has none, and is not made.
func (b *Book) Told(ctx context.Context, f func(*Deed) error) error {
	if b.o.Postgres == "" {
		if _, err := os.Stat(b.o.Path); err != nil {
			return nil
		}
	}
	for {
		n := 0
		err := b.with(ctx, func(ctx context.Context, d *database) error {
			return d.QueryRowContext(ctx, `SELECT count(*) FROM asbru_deeds`).Scan(&n)
		})
		if err != nil || n == 0 {
			return err
		}
		if more, err := b.told(ctx, f); err != nil || !more {
			return err
		}
	}
}

// told is Told for one deed; more: there was one.
func (b *Book) told(ctx context.Context, f func(*Deed) error) (more bool, err error) {
	err = b.inTx(ctx, func(ctx context.Context, d *database, tx *sql.Tx) error {
		lock := ""
		if d.postgres {
			lock = ` FOR UPDATE SKIP LOCKED`
		}
		var deed Deed
		var at int64
		err := tx.QueryRowContext(ctx, `SELECT id, time, who, did, what, notes FROM asbru_deeds ORDER BY time, id LIMIT 1`+lock).
			Scan(&deed.id, &at, &deed.Who, &deed.Did, &deed.What, &deed.Notes)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more, deed.Time = true, time.Unix(0, at)
		if err := f(&deed); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, d.q(`DELETE FROM asbru_deeds WHERE id = ?`), deed.id)
		return err
	})
	return more, err
}

// inTx is with, in a transaction.
func (b *Book) inTx(ctx context.Context, f func(context.Context, *database, *sql.Tx) error) error {
	return b.with(ctx, func(ctx context.Context, d *database) error {
		tx, err := d.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // no effect after Commit
		if err := f(ctx, d, tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}
