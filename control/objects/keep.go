package objects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"asbru/core"
)

// What is made anew replaces an old record; what is found beside it only completes one of the same
// holder: nobody becomes the holder of a thing because it is mentioned.
const (
	insert   = `INSERT INTO asbru_made (` + columns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, kind, id) DO UPDATE SET `
	replace  = insert + `holder = excluded.holder, team = excluded.team, customer = excluded.customer, model = excluded.model, made = excluded.made, expires = excluded.expires`
	complete = insert + `expires = excluded.expires WHERE asbru_made.holder = excluded.holder AND excluded.expires > 0`
)

var errBusy = errors.New("the book of objects is asked for more than it answers")

// errand runs f in the background unless too much is under way.
func (b *Book) errand(f func(), busy func(error)) {
	b.mu.Lock()
	err := errBusy
	if b.closed {
		err = errClosed
	} else {
		select {
		case b.ways <- struct{}{}:
			b.work.Add(1)
			err = nil
		default:
		}
	}
	b.mu.Unlock()
	if err != nil {
		busy(err)
		return
	}
	go func() {
		defer b.work.Done()
		defer func() { <-b.ways }()
		f()
	}()
}

// Find implements core.Objects.
func (b *Book) Find(refs []core.ObjectRef, told func([]core.Object, error)) {
	b.errand(func() { told(b.find(context.Background(), refs)) }, func(err error) { told(nil, err) })
}

func (b *Book) find(ctx context.Context, refs []core.ObjectRef) (list []core.Object, err error) {
	if len(refs) == 0 {
		return nil, b.with(ctx, func(ctx context.Context, d *database) error { return d.PingContext(ctx) })
	}
	const atOnce = 100 // SQLite and Postgres take more parameters than these make
	for from := 0; from < len(refs); from += atOnce {
		part := refs[from:min(from+atOnce, len(refs))]
		var args []any
		for i := range part {
			args = append(args, part[i].Provider, part[i].Kind, part[i].ID)
		}
		where := strings.Repeat(" OR provider = ? AND kind = ? AND id = ?", len(part))[len(" OR "):]
		got, err := b.read(ctx, `SELECT `+columns+` FROM asbru_made WHERE `+where, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, got...)
	}
	return list, nil
}

// Any implements core.Objects.
func (b *Book) Any(provider, kind string, who core.Maker, told func(bool, error)) {
	b.errand(func() {
		var n int
		err := b.with(context.Background(), func(ctx context.Context, d *database) error {
			return d.QueryRowContext(ctx, d.q(`SELECT count(*) FROM (SELECT 1 FROM asbru_made WHERE provider = ? AND kind = ?
				AND (holder = ? OR team = ? AND team <> '' OR customer = ? AND customer <> '') LIMIT 1) AS one`),
				provider, kind, who.Key, who.Team, who.Customer).Scan(&n)
		})
		told(n > 0, err)
	}, func(err error) { told(false, err) })
}

// Keep implements core.Objects.
func (b *Book) Keep(made, beside []core.Object, told func(error)) {
	b.errand(func() { told(b.keep(context.Background(), made, beside)) }, func(err error) {
		b.unkept.Add(int64(len(made)))
		told(err)
	})
}

func (b *Book) keep(ctx context.Context, made, beside []core.Object) error {
	err := b.inTx(ctx, func(ctx context.Context, d *database, tx *sql.Tx) error {
		for i := range made {
			if err := b.write(ctx, d, tx, replace, &made[i]); err != nil {
				return err
			}
		}
		for i := range beside {
			if err := b.write(ctx, d, tx, complete, &beside[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.unkept.Add(int64(len(made)))
		for i := range made {
			b.o.Log.Error("what a key made is not recorded, and nobody but an administrator can say whose it is", "key", made[i].Key, "provider", made[i].Provider, "kind", made[i].Kind, "id", made[i].ID, "error", err)
		}
		return err
	}
	if n := int64(len(made) + len(beside)); b.changes.Add(n)%tidyEvery < n {
		if err := b.with(ctx, b.tidy); err != nil {
			b.o.Log.Warn("what is over stays in the book of objects", "error", err)
		}
	}
	return nil
}

func (b *Book) write(ctx context.Context, d *database, tx *sql.Tx, statement string, o *core.Object) error {
	if o.Provider == "" || o.Kind == "" || o.ID == "" || len(o.ID) > maxName {
		return fmt.Errorf("%q of %q at %q is no name that can be kept", o.ID[:min(len(o.ID), 80)], o.Kind, o.Provider)
	}
	if o.Made == 0 {
		o.Made = b.now().Unix()
	}
	_, err := tx.ExecContext(ctx, d.q(statement), o.Provider, o.Kind, o.ID, o.Key, o.Team, o.Customer, o.Model, o.Made, o.Expires)
	return err
}

// Forget implements core.Objects.
func (b *Book) Forget(refs []core.ObjectRef, told func(error)) {
	b.errand(func() {
		var all error
		for _, ref := range refs {
			_, err := b.Gone(context.Background(), ref)
			all = errors.Join(all, err)
		}
		told(all)
	}, told)
}

// tidy removes what expired, and the oldest of too many records.
func (b *Book) tidy(ctx context.Context, d *database) error {
	if _, err := d.ExecContext(ctx, d.q(`DELETE FROM asbru_made WHERE expires > 0 AND expires < ?`), b.now().Add(-expiryRest).Unix()); err != nil {
		return err
	}
	var n int64
	if err := d.QueryRowContext(ctx, `SELECT count(*) FROM asbru_made`).Scan(&n); err != nil || n <= int64(b.o.Most) {
		return err
	}
	res, err := d.ExecContext(ctx, d.q(`DELETE FROM asbru_made WHERE (provider, kind, id) IN
		(SELECT provider, kind, id FROM asbru_made ORDER BY made LIMIT ?)`), n-int64(b.o.Most))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		b.crowded.Add(n)
		b.o.Log.Warn("the book of objects is full; its oldest records were dropped, and nobody but an administrator sees what they were of", "dropped", n, "most", b.o.Most)
	}
	return nil
}
