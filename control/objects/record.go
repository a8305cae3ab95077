package objects

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"asbru/core"
)

const deletion = `DELETE FROM asbru_made WHERE provider = ? AND kind = ? AND id = ?`

const columns = `provider, kind, id, holder, team, customer, model, made, expires`

// row is a *sql.Row or *sql.Rows.
type row interface{ Scan(to ...any) error }

func scan(r row) (o core.Object, err error) {
	err = r.Scan(&o.Provider, &o.Kind, &o.ID, &o.Key, &o.Team, &o.Customer, &o.Model, &o.Made, &o.Expires)
	return o, err
}

// Made records that something was made, in place of an earlier record of the same name. Made is
// set to now if it is 0.
func (b *Book) Made(ctx context.Context, o core.Object) error {
	return b.keep(ctx, []core.Object{o}, nil)
}

// Owner finds a record; false: there is none.
func (b *Book) Owner(ctx context.Context, ref core.ObjectRef) (o core.Object, ok bool, err error) {
	err = b.with(ctx, func(ctx context.Context, d *database) error {
		o, err = scan(d.QueryRowContext(ctx, d.q(`SELECT `+columns+` FROM asbru_made WHERE provider = ? AND kind = ? AND id = ?`), ref.Provider, ref.Kind, ref.ID))
		if ok = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return o, ok, err
}

// Gone forgets a record, if there is one.
func (b *Book) Gone(ctx context.Context, ref core.ObjectRef) (was bool, err error) {
	err = b.with(ctx, func(ctx context.Context, d *database) error {
		was, err = touched(d.ExecContext(ctx, d.q(deletion), ref.Provider, ref.Kind, ref.ID))
		return err
	})
	return was, err
}

// Give makes something another holder's; false: there is no record of it.
func (b *Book) Give(ctx context.Context, ref core.ObjectRef, to core.Maker) (was bool, err error) {
	err = b.with(ctx, func(ctx context.Context, d *database) error {
		was, err = touched(d.ExecContext(ctx, d.q(`UPDATE asbru_made SET holder = ?, team = ?, customer = ? WHERE provider = ? AND kind = ? AND id = ?`),
			to.Key, to.Team, to.Customer, ref.Provider, ref.Kind, ref.ID))
		return err
	})
	return was, err
}

// List are the records that have what is set of ref and of, the newest first, MaxListed at most, from the
// offset skip on.
func (b *Book) List(ctx context.Context, ref core.ObjectRef, of core.Maker, skip int) ([]core.Object, error) {
	var where strings.Builder
	var args []any
	for _, c := range [...][2]string{{"provider", ref.Provider}, {"kind", ref.Kind}, {"id", ref.ID}, {"holder", of.Key}, {"team", of.Team}, {"customer", of.Customer}} {
		if c[1] != "" {
			where.WriteString(" AND " + c[0] + " = ?")
			args = append(args, c[1])
		}
	}
	return b.read(ctx, `SELECT `+columns+` FROM asbru_made WHERE 1 = 1`+where.String()+` ORDER BY made DESC, provider, kind, id LIMIT ? OFFSET ?`,
		append(args, MaxListed, max(skip, 0))...)
}

// read runs a query for records.
func (b *Book) read(ctx context.Context, query string, args ...any) (list []core.Object, err error) {
	err = b.with(ctx, func(ctx context.Context, d *database) error {
		list, err = d.records(ctx, query, args)
		return err
	})
	return list, err
}

func (d *database) records(ctx context.Context, query string, args []any) (list []core.Object, err error) {
	rows, err := d.QueryContext(ctx, d.q(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		o, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// touched reports whether a statement changed a row.
func touched(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
