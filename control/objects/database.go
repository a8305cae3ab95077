package objects

import (
	"context"
	"database/sql"
	"fmt"

	"asbru/control/postgres"
	"asbru/control/sqlite"
)

// A database is SQLite or Postgres, as far as they differ.
type database struct {
	*sql.DB
	postgres bool
}

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
	db, err := sqlite.Open(o.Path, "the book of objects", maxConns)
	if err != nil {
		return nil, err
	}
	return &database{db, false}, nil
}

// q writes the parameters of a statement as the database wants them.
func (d *database) q(statement string) string {
	if !d.postgres {
		return statement
	}
	return postgres.Numbered(statement)
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
		`CREATE TABLE IF NOT EXISTS asbru_deeds (id TEXT PRIMARY KEY, time BIGINT NOT NULL, who TEXT NOT NULL, did TEXT NOT NULL, what TEXT NOT NULL, notes TEXT NOT NULL)`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}
