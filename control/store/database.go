package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"asbru/control/postgres"
	"asbru/control/sqlite"
)

// A database hides the differences between SQLite and Postgres.
type database struct {
	*sql.DB
	postgres string // its address; empty: SQLite
	name     string // for messages: a path, or the host and name without a password
}

// openDatabase opens the SQLite file at path or, if path is empty, the Postgres at address.
func openDatabase(path, address string) (*database, error) {
	if address != "" {
		d, err := postgres.Open(address, "the store", askWait, maxConns)
		if err != nil {
			return nil, err
		}
		return &database{d.DB, d.Address, d.Name}, nil
	}
	db, err := sqlite.Open(path, "the store", maxConns, "foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	return &database{db, "", path}, nil
}

// reading returns options for a transaction that sees one consistent state and locks nothing.
func (d *database) reading() *sql.TxOptions {
	if d.postgres == "" {
		return &sql.TxOptions{ReadOnly: true} // in SQLite every transaction sees one state
	}
	return &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
}

// q adapts the parameters of a statement to the database.
func (d *database) q(statement string) string {
	if d.postgres == "" {
		return statement
	}
	return postgres.Numbered(statement)
}

// version is the version of the tables. Tables of an unknown version are not touched.
const version = 1

// tables creates missing tables. Both databases accept these statements.
var tables = []string{
	`CREATE TABLE IF NOT EXISTS asbru_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS asbru_objects (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
		created BIGINT NOT NULL, updated BIGINT NOT NULL, revision BIGINT NOT NULL, gone BIGINT NOT NULL)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS asbru_objects_name ON asbru_objects (kind, name) WHERE gone = 0`,
	`CREATE INDEX IF NOT EXISTS asbru_objects_gone ON asbru_objects (updated) WHERE gone = 1`,
	`CREATE INDEX IF NOT EXISTS asbru_objects_revision ON asbru_objects (revision)`,
	`INSERT INTO asbru_meta (name, value) VALUES ('version', '1') ON CONFLICT (name) DO NOTHING`,
	`INSERT INTO asbru_meta (name, value) VALUES ('revision', '0') ON CONFLICT (name) DO NOTHING`,
	`INSERT INTO asbru_meta (name, value) VALUES ('buried', '0') ON CONFLICT (name) DO NOTHING`,
}

// careful begins every transaction of Postgres that holds a lock: a machine that hangs or loses its connection in the middle
// blocks others for a while only. What a change is served with is compiled in that time.
const careful = `SET LOCAL idle_in_transaction_session_timeout = '10s'`

// prepare creates the tables, one machine at a time.
func (d *database) prepare(ctx context.Context) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if d.postgres != "" { // concurrent CREATE IF NOT EXISTS can fail with a duplicate key in the catalogue
		if _, err := tx.ExecContext(ctx, careful+`; SELECT pg_advisory_xact_lock(4157827290)`); err != nil {
			return err
		}
	}
	for _, statement := range tables {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	v, err := d.meta(ctx, tx, "version")
	if err != nil {
		return err
	}
	if v != strconv.Itoa(version) {
		return fmt.Errorf("its tables have version %s and this program knows %d; hint: a newer asbru made them", v, version)
	}
	return tx.Commit()
}

// An asker is a *sql.DB or a *sql.Tx.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// meta reads one of the store's own values; empty: there is none.
func (d *database) meta(ctx context.Context, from asker, name string) (value string, err error) {
	err = from.QueryRowContext(ctx, d.q(`SELECT value FROM asbru_meta WHERE name = ?`), name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}

// setMeta writes one of the store's own values.
func (d *database) setMeta(ctx context.Context, tx *sql.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, d.q(`INSERT INTO asbru_meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`), name, value)
	return err
}

// head reads the revision and its mark.
func (d *database) head(ctx context.Context, from asker) (revision int64, mark string, err error) {
	var v string
	err = from.QueryRowContext(ctx, `SELECT r.value, COALESCE((SELECT m.value FROM asbru_meta m WHERE m.name = '`+markName+`' || r.value), '')
		FROM asbru_meta r WHERE r.name = 'revision'`).Scan(&v, &mark)
	if err == nil {
		revision, err = parseNumber("revision", v)
	}
	return revision, mark, err
}

// markName, followed by a revision, is the name of the value that holds its mark.
const markName = "mark "

// setMark writes the mark of a revision, and removes that of an old one: who was away since then reads
// everything again.
func (d *database) setMark(ctx context.Context, tx *sql.Tx, revision int64, mark string) error {
	if err := d.setMeta(ctx, tx, markName+strconv.FormatInt(revision, 10), mark); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, d.q(`DELETE FROM asbru_meta WHERE name = ?`), markName+strconv.FormatInt(revision-marksKept, 10))
	return err
}

// number reads a meta value that is a number.
func (d *database) number(ctx context.Context, from asker, name string) (int64, error) {
	v, err := d.meta(ctx, from, name)
	if err != nil {
		return 0, err
	}
	return parseNumber(name, v)
}

func parseNumber(name, v string) (int64, error) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("its %s is %q, which is no number", name, v)
	}
	return n, nil
}
