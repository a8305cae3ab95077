// Package pgvector keeps questions in a table of PostgreSQL with the extension vector.
//
// A search selects the rows of one space, which holds one tenant's questions of one kind, and
// compares all of them: this is exact, and fast as long as spaces are small. It refuses an index that
// finds the nearest of all spaces and filters afterwards, because that would miss some.
//
// Source: https://github.com/pgvector/pgvector.
package pgvector

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"asbru/cache/vector"
	"asbru/pglink"

	"github.com/lib/pq"
)

const (
	idle        = 4 // idle connections that are kept
	connectWait = 5 * time.Second
)

// A Store is a table for each size of vectors, called NAME_SIZE.
type Store struct {
	db    *sql.DB
	name  string
	table atomic.Pointer[string] // quoted; nil: not prepared
}

// Open returns a Store at p without connecting. It uses TLS unless the address says
// sslmode=disable. Errors do not quote the address.
func Open(p vector.Place) (*Store, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil, fmt.Errorf("cannot read the address of postgres")
	}
	if p.User != "" {
		u.User = url.User(p.User)
	}
	if p.Secret != "" {
		u.User = url.UserPassword(u.User.Username(), string(p.Secret))
	}
	q := u.Query()
	if p.CA != "" {
		q.Set("sslrootcert", p.CA)
		q.Set("sslmode", "verify-full")
	}
	if p.Insecure {
		q.Set("sslmode", "require")
	}
	if !q.Has("application_name") {
		q.Set("application_name", "asbru")
	}
	if !q.Has("connect_timeout") { // a connection that database/sql opens in advance has no other bound
		q.Set("connect_timeout", strconv.Itoa(int(connectWait/time.Second)))
	}
	u.RawQuery = q.Encode()
	connector, err := pglink.New(u.String())
	if err != nil {
		return nil, fmt.Errorf("cannot read the address of postgres") // the error may hold the password
	}
	s := &Store{db: sql.OpenDB(connector), name: p.Name}
	conns := p.Conns
	if conns <= 0 {
		conns = vector.DefaultConns
	}
	s.db.SetMaxOpenConns(conns)
	s.db.SetMaxIdleConns(min(idle, conns))
	s.db.SetConnMaxIdleTime(time.Minute)
	return s, nil
}

// lock is the advisory lock held while preparing, because CREATE IF NOT EXISTS is not atomic in
// PostgreSQL, and several processes may prepare at the same time.
const lock = 0x617362727563

// Prepare implements vector.Store. If the role may not create the extension, it must exist already.
func (s *Store) Prepare(ctx context.Context, dims int) error {
	name := s.name + "_" + strconv.Itoa(dims)
	table := pq.QuoteIdentifier(name)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot connect to postgres: %w", err)
	}
	defer tx.Rollback()
	if _, err = tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lock)); err != nil {
		return fmt.Errorf("cannot lock: %w", err)
	}
	var there bool
	if err = tx.QueryRowContext(ctx, "SELECT to_regtype('vector') IS NOT NULL").Scan(&there); err != nil {
		return fmt.Errorf("cannot look for the type vector: %w", err)
	}
	steps := []string{
		"CREATE TABLE IF NOT EXISTS " + table + ` (key bytea PRIMARY KEY, space bytea NOT NULL, vector vector NOT NULL, text bytea NOT NULL, answer bytea NOT NULL,
			until timestamptz NOT NULL, id bytea NOT NULL, owner text NOT NULL, label text NOT NULL, asked text NOT NULL, answered text NOT NULL, born timestamptz NOT NULL)`,
		"CREATE INDEX IF NOT EXISTS " + pq.QuoteIdentifier(name+"_space") + " ON " + table + " (space)",
		"CREATE INDEX IF NOT EXISTS " + pq.QuoteIdentifier(name+"_until") + " ON " + table + " (until)",
	}
	if !there {
		steps = append([]string{"CREATE EXTENSION IF NOT EXISTS vector"}, steps...)
	}
	for _, step := range steps {
		if _, err = tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("cannot make the table %s: %w", name, err)
		}
	}
	if err = tx.Commit(); err != nil {
		return fmt.Errorf("cannot make the table %s: %w", name, err)
	}
	s.table.Store(&table)
	return nil
}

func (s *Store) prepared() (string, error) {
	if table := s.table.Load(); table != nil {
		return *table, nil
	}
	return "", fmt.Errorf("cannot use table %q: it was not prepared", s.name)
}

// literal returns a vector in the extension's text format.
func literal(v []float32) string {
	b := append(make([]byte, 0, 12*len(v)), '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(x), 'g', -1, 32)
	}
	return string(append(b, ']'))
}

// plain returns s with U+FFFD in place of what PostgreSQL cannot store.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Add implements vector.Store.
func (s *Store) Add(ctx context.Context, r *vector.Row) error {
	table, err := s.prepared()
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO "+table+` (key, space, vector, text, answer, until, id, owner, label, asked, answered, born)
		VALUES ($1, $2, $3::vector, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (key) DO UPDATE SET space = EXCLUDED.space, vector = EXCLUDED.vector, text = EXCLUDED.text, answer = EXCLUDED.answer, until = EXCLUDED.until,
			id = EXCLUDED.id, owner = EXCLUDED.owner, label = EXCLUDED.label, asked = EXCLUDED.asked, answered = EXCLUDED.answered, born = EXCLUDED.born`,
		r.Key[:], r.Space[:], literal(r.Vector), []byte(r.Text), []byte(r.Answer), r.Until, r.ID[:],
		plain(r.Owner), plain(r.Label), plain(r.Asked), plain(r.Answered), r.Born)
	if err != nil {
		return fmt.Errorf("cannot write a row: %w", err)
	}
	return nil
}

// Search implements vector.Store.
func (s *Store) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	table, err := s.prepared()
	if err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT key, space, text, answer, until, 1 - (vector <=> $1::vector) FROM "+table+
		" WHERE space = $2 AND until > $3 ORDER BY vector <=> $1::vector LIMIT $4", literal(q.Vector), q.Space[:], q.Now, q.Top)
	if err != nil {
		return nil, fmt.Errorf("cannot search: %w", err)
	}
	defer rows.Close()
	var all []vector.Found
	for rows.Next() {
		var key, space, text, answer []byte
		var f vector.Found
		var similarity float64
		if err := rows.Scan(&key, &space, &text, &answer, &f.Until, &similarity); err != nil {
			return nil, fmt.Errorf("cannot read a row: %w", err)
		}
		if len(key) != len(f.Key) || len(space) != len(f.Space) {
			continue
		}
		f.Key, f.Space, f.Text, f.Answer, f.Similarity = [32]byte(key), [32]byte(space), string(text), string(answer), float32(similarity)
		all = append(all, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("cannot read the rows: %w", err)
	}
	return all, nil
}

// Remove implements vector.Store.
func (s *Store) Remove(ctx context.Context, f *vector.Filter) error {
	table, err := s.prepared()
	if err != nil {
		return err
	}
	where, args := []string{"true"}, []any{}
	add := func(what string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(what, "?", "$"+strconv.Itoa(len(args))))
	}
	if f.Key != nil {
		add("key = ?", f.Key[:])
	}
	if f.ID != nil {
		add("id = ?", f.ID[:])
	}
	if f.Owner != "" {
		add("owner = ?", plain(f.Owner))
	}
	if f.Label != "" {
		add("label = ?", plain(f.Label))
	}
	if f.Model != "" {
		add("(asked = ? OR answered = ?)", plain(f.Model))
	}
	if !f.Before.IsZero() {
		add("born < ?", f.Before.Truncate(time.Second))
	}
	if !f.Over.IsZero() {
		add("until <= ?", f.Over)
	}
	if _, err = s.db.ExecContext(ctx, "DELETE FROM "+table+" WHERE "+strings.Join(where, " AND "), args...); err != nil {
		return fmt.Errorf("cannot remove rows: %w", err)
	}
	return nil
}

// Close implements vector.Store.
func (s *Store) Close() error { return s.db.Close() }
