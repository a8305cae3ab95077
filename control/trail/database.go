package trail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"asbru/control/postgres"
	"asbru/core/audit"
)

// A database is an SQL sink: SQLite or Postgres. Its position is stored in the same
// transaction as the rows, so no row is lost or stored twice.
type database struct {
	name   string
	driver string
	source string // never shown: it can hold a password
	keep   time.Duration
	view   []string // statements that create the view, or replace one that lacks a column
	path   string   // of a file; empty: a server
	file   os.FileInfo

	readOnly bool // it must exist, with its tables

	content bool // its table of contents exists

	db      *sql.DB     // nil: not open yet, or not prepared
	inserts []*sql.Stmt // of SQLite, one for each of fileRows; nil: not prepared yet
}

// fileRows are the numbers of rows that one statement stores in SQLite: calling a statement costs as much as a row.
func fileRows() [3]int { return [...]int{64, 8, 1} }

// SQLite returns the sink that stores rows in a file. keep is how long; 0: without end.
func SQLite(name, path string, keep time.Duration) Sink {
	source := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	return &database{name: name, driver: "sqlite", source: source, keep: keep, view: []string{`DROP VIEW IF EXISTS asbru_calls`, sqliteView}, path: path}
}

// Postgres returns the sink that stores rows in a Postgres database, behind an address such as
// postgres://user:password@host/database?sslmode=verify-full.
func Postgres(name string, to *url.URL, keep time.Duration) Sink {
	return &database{name: name, driver: "postgres", source: to.String(), keep: keep, view: []string{postgresView}}
}

// The tables. A row's record is the line, byte for byte. The other columns are taken from it
// for look-ups, and the view adds the remaining fields.
var databaseTables = []string{
	`CREATE TABLE IF NOT EXISTS asbru_audit (
	trail TEXT NOT NULL, seq BIGINT NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL,
	id TEXT NOT NULL, nanos BIGINT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (trail, seq))`,
	`CREATE INDEX IF NOT EXISTS asbru_audit_id ON asbru_audit (id)`,
	`CREATE INDEX IF NOT EXISTS asbru_audit_time ON asbru_audit (time)`,
	`CREATE TABLE IF NOT EXISTS asbru_audit_position (trail TEXT PRIMARY KEY, seq BIGINT NOT NULL)`,
}

const sqliteView = `CREATE VIEW asbru_calls AS SELECT trail, seq, time, id, nanos,
	record ->> '$.key' AS key, record ->> '$.team' AS team, record ->> '$.customer' AS customer,
	record ->> '$.op' AS op, record ->> '$.asked' AS asked, record ->> '$.served' AS served, record ->> '$.provider' AS provider,
	record ->> '$.status' AS status, record ->> '$.fault' AS fault, record ->> '$.cache' AS cache,
	record ->> '$.tokens.in' AS tokens_in, record ->> '$.tokens.out' AS tokens_out, record ->> '$.searches' AS searches
	FROM asbru_audit WHERE kind IN ('call', 'charge')`

const postgresView = `CREATE OR REPLACE VIEW asbru_calls AS SELECT trail, seq, time, id, nanos,
	r ->> 'key' AS key, r ->> 'team' AS team, r ->> 'customer' AS customer,
	r ->> 'op' AS op, r ->> 'asked' AS asked, r ->> 'served' AS served, r ->> 'provider' AS provider,
	(r ->> 'status')::int AS status, r ->> 'fault' AS fault, r ->> 'cache' AS cache,
	(r -> 'tokens' ->> 'in')::bigint AS tokens_in, (r -> 'tokens' ->> 'out')::bigint AS tokens_out, (r ->> 'searches')::bigint AS searches
	FROM (SELECT *, record::json AS r FROM asbru_audit) AS a WHERE kind IN ('call', 'charge')`

func (d *database) Name() string { return d.name }

// Batch implements Sink. A file benefits from transactions of many rows: each transaction costs a sync, and
// each page that it touches is written once.
func (d *database) Batch() Batch {
	if d.driver == "sqlite" {
		return Batch{Rows: batchRows, Bytes: batchBytes, Wait: fileWait}
	}
	return Batch{Rows: batchRows, Bytes: batchBytes}
}

// viewLacks fails if the view is not there, or was made before it had its last column.
const viewLacks = `SELECT searches FROM asbru_calls LIMIT 0`

// ready opens the database and creates missing tables.
func (d *database) ready(ctx context.Context) error {
	if d.db != nil {
		return nil
	}
	db, err := d.open()
	if err != nil {
		return fmt.Errorf("cannot use the address of %s: it is none", d.name)
	}
	db.SetMaxOpenConns(1)
	db.SetConnMaxIdleTime(time.Minute)
	if !d.readOnly {
		err = d.create(ctx, db)
	}
	if err == nil && d.path != "" {
		d.file, err = os.Stat(d.path)
	}
	if err != nil {
		db.Close()
		return fmt.Errorf("cannot make the tables of %s: %w", d.name, err)
	}
	d.db = db
	return nil
}

// create creates what is missing.
func (d *database) create(ctx context.Context, db *sql.DB) error {
	for _, statement := range databaseTables {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, viewLacks); err == nil {
		return nil
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after Commit
	for _, statement := range d.view {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// anew closes the database, so that the next call opens it again and creates what is missing.
func (d *database) anew() {
	d.db.Close()
	d.db, d.inserts, d.content = nil, nil, false
}

// there checks that the file that is written is still the one of that name: SQLite goes on writing one that was removed or
// moved, where nobody finds it.
func (d *database) there() error {
	if d.path == "" {
		return nil
	}
	if info, err := os.Stat(d.path); err != nil || !os.SameFile(info, d.file) {
		return errors.New("its file was removed or replaced while it was written; it is opened anew, and gets what the trail still has")
	}
	return nil
}

// open returns a database that is connected to on first use.
func (d *database) open() (*sql.DB, error) {
	if d.driver != "postgres" {
		return sql.Open(d.driver, d.source)
	}
	p, err := postgres.Open(d.source, d.name, connectWait, 1)
	if err != nil {
		return nil, err
	}
	return p.DB, nil
}

func (d *database) Position(ctx context.Context, trail string) (uint64, error) {
	if err := d.ready(ctx); err != nil {
		return 0, err
	}
	var seq uint64
	err := d.db.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM asbru_audit_position WHERE trail = $1`, trail).Scan(&seq)
	if err == nil {
		err = d.there()
	}
	if err != nil {
		d.anew()
		return 0, fmt.Errorf("cannot ask %s how far it is: %w", d.name, err)
	}
	return seq, nil
}

func (d *database) Store(ctx context.Context, trail string, rows []Row) error {
	if err := d.prepare(ctx); err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	defer tx.Rollback() // no effect after Commit
	if err := d.insert(ctx, tx, trail, rows); err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO asbru_audit_position (trail, seq) VALUES ($1, $2)
		ON CONFLICT (trail) DO UPDATE SET seq = excluded.seq WHERE asbru_audit_position.seq = $3`, trail, rows[len(rows)-1].Seq, rows[0].Seq-1)
	if err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("cannot store in %s: it has come elsewhere with this trail; does another process write it?", d.name)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	if err := d.there(); err != nil {
		d.anew()
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	return nil
}

// prepare prepares the statements of SQLite, before a transaction occupies its only connection.
func (d *database) prepare(ctx context.Context) error {
	if d.driver == "postgres" || d.inserts != nil {
		return nil
	}
	var all []*sql.Stmt
	for _, n := range fileRows() {
		s, err := d.db.PrepareContext(ctx, insertion(n, false))
		if err != nil {
			return err // prepared statements are closed with the connection
		}
		all = append(all, s)
	}
	d.inserts = all
	return nil
}

// insert stores rows: in one statement for a server, where each costs a round trip, otherwise with as few
// prepared statements as possible.
func (d *database) insert(ctx context.Context, tx *sql.Tx, trail string, rows []Row) error {
	if d.driver == "postgres" {
		_, err := tx.ExecContext(ctx, insertion(len(rows), true), values(trail, rows)...)
		return err
	}
	for i, n := range fileRows() {
		for len(rows) >= n {
			if _, err := tx.StmtContext(ctx, d.inserts[i]).ExecContext(ctx, values(trail, rows[:n])...); err != nil {
				return err
			}
			rows = rows[n:]
		}
	}
	return nil
}

// insertion returns the statement that stores n rows. SQLite looks up named parameters linearly,
// so there they have no names.
func insertion(n int, named bool) string {
	b := []byte(`INSERT INTO asbru_audit (trail, seq, time, kind, id, nanos, record) VALUES `)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		for j := range 7 {
			if b = append(b, "(,,,,,,"[j]); !named {
				b = append(b, '?')
				continue
			}
			b = strconv.AppendInt(append(b, '$'), int64(7*i+j+1), 10)
		}
		b = append(b, ')')
	}
	return string(append(b, ` ON CONFLICT (trail, seq) DO NOTHING`...))
}

// values returns the columns of rows.
func values(trail string, rows []Row) []any {
	args := make([]any, 0, 7*len(rows))
	var of, kind any = trail, "" // boxed once, not for each row
	for i := range rows {
		r := &rows[i]
		if kind != r.Kind {
			kind = r.Kind
		}
		args = append(args, of, int64(r.Seq), r.Time, kind, r.ID, int64(r.Nanos), string(r.Line))
	}
	return args
}

// Expire removes rows older than keep, up to the last checkpoint among them: what remains begins
// with a signed record.
func (d *database) Expire(ctx context.Context, trail string, now time.Time) error {
	if d.keep == 0 || d.db == nil {
		return nil
	}
	_, err := d.db.ExecContext(ctx, `DELETE FROM asbru_audit WHERE trail = $1 AND seq <
		(SELECT MAX(seq) FROM asbru_audit WHERE trail = $1 AND kind = $2 AND time < $3)`, trail, audit.KindCheckpoint, now.Add(-d.keep).UnixNano())
	if err != nil {
		return fmt.Errorf("cannot remove old records from %s: %w", d.name, err)
	}
	return nil
}

func (d *database) Close() error {
	if d.db == nil {
		return nil
	}
	return d.db.Close()
}

// export calls f for the columns and the record of each row of a database, in order; trail selects one of several, empty: the only one.
func (d *database) export(ctx context.Context, trail string, f func(columns *audit.Head, record string) error) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	trail, err := d.choose(ctx, trail)
	if err != nil {
		return err
	}
	rows, err := d.db.QueryContext(ctx, `SELECT seq, time, kind, id, nanos, record FROM asbru_audit WHERE trail = $1 ORDER BY seq`, trail)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", d.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c audit.Head
		var record string
		if err := rows.Scan(&c.Seq, &c.Time, &c.Kind, &c.ID, &c.Nanos, &record); err != nil {
			return fmt.Errorf("cannot read %s: %w", d.name, err)
		}
		if err := f(&c, record); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (d *database) choose(ctx context.Context, trail string) (string, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT trail FROM asbru_audit_position ORDER BY trail`)
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w", d.name, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return "", fmt.Errorf("cannot read %s: %w", d.name, err)
		}
		if trail == "" || one == trail {
			all = append(all, one)
		}
	}
	switch {
	case rows.Err() != nil:
		return "", rows.Err()
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return "", fmt.Errorf("there is no such trail in %s", d.name)
	}
	return "", fmt.Errorf("there are %d trails in %s: say --trail with one of %s", len(all), d.name, strings.Join(all, ", "))
}
