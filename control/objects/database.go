package objects

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"asbru/control/postgres"
)

// A database is SQLite or Postgres, as far as they differ.
type database struct {
	*sql.DB
	postgres bool
}

// pragmas of SQLite. What was recorded survives a crash of the machine.
var pragmas = []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-512)"}

// openDatabase opens what o names and makes its table.
func openDatabase(o *Options) (*database, error) {
	d, err := connect(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), askWait)
	defer cancel()
	if err := d.prepare(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot prepare the book of objects %s: %w", o.Name(), err)
	}
	return d, nil
}

func connect(o *Options) (*database, error) {
	if o.Postgres != "" {
		d, err := postgres.Open(o.Postgres, "the book of objects", askWait, maxConns)
		if err != nil {
			return nil, err
		}
		return &database{d.DB, true}, nil
	}
	path, conns := o.Path, maxConns
	if path == "" {
		path, conns = ":memory:", 1 // another connection would be another database
	} else if err := touch(path); err != nil {
		return nil, fmt.Errorf("cannot open the book of objects %q: %w", path, err)
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("cannot open the book of objects %q: %w", path, err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(1)
	return &database{db, false}, nil
}

// touch makes the file at path before SQLite makes it for all to read.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// q writes the parameters of a statement as the database wants them: ? as $1, $2 … for Postgres.
func (d *database) q(statement string) string {
	if !d.postgres {
		return statement
	}
	var b strings.Builder
	n := 0
	for _, c := range statement {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

// prepare makes the table, one machine at a time.
func (d *database) prepare(ctx context.Context) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if d.postgres { // CREATE IF NOT EXISTS of two at once breaks on the catalogue's own keys
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(4157827291)`); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		`CREATE TABLE IF NOT EXISTS asbru_made (provider TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
			holder TEXT NOT NULL, team TEXT NOT NULL, customer TEXT NOT NULL, model TEXT NOT NULL,
			made BIGINT NOT NULL, expires BIGINT NOT NULL, PRIMARY KEY (provider, kind, id))`,
		`CREATE INDEX IF NOT EXISTS asbru_made_over ON asbru_made (expires) WHERE expires > 0`,
		`CREATE INDEX IF NOT EXISTS asbru_made_age ON asbru_made (made)`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}
