package trail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"asbru/core/audit"
	"asbru/core/scan"
)

// A clickhouse is a sink that uses ClickHouse's HTTP interface. It has no transactions: rows
// are sent in order, one batch after the other, and the sink's position is the largest number
// stored. If a batch was stored but its answer was lost, the next query of the position shows that.
// If it is stored while that query runs, the table folds the duplicate rows
// (ReplacingMergeTree; the view reads them folded).
type clickhouse struct {
	name string
	to   *url.URL // with the server's parameters: user, password, database
	keep time.Duration
	http *http.Client
	made bool
}

// ClickHouse returns the sink for an address such as http://user:password@host:8123/?database=audit.
func ClickHouse(name string, to *url.URL, keep time.Duration) Sink {
	return &clickhouse{name: name, to: to, keep: keep, http: newClient()}
}

// Understood by all versions since 18.16.
const clickhouseTable = `CREATE TABLE IF NOT EXISTS asbru_audit (trail String, seq UInt64, time Int64, kind String, id String, nanos Int64,
	record String) ENGINE = ReplacingMergeTree() ORDER BY (trail, seq)`

// clickhouseView replaces a view that lacks a column.
var clickhouseView = []string{
	`DROP TABLE IF EXISTS asbru_calls`,
	`CREATE VIEW IF NOT EXISTS asbru_calls AS SELECT trail, seq, time, id, nanos,
	visitParamExtractString(record, 'key') AS key, visitParamExtractString(record, 'team') AS team,
	visitParamExtractString(record, 'customer') AS customer, visitParamExtractString(record, 'op') AS op,
	visitParamExtractString(record, 'asked') AS asked, visitParamExtractString(record, 'served') AS served,
	visitParamExtractString(record, 'provider') AS provider, visitParamExtractInt(record, 'status') AS status,
	visitParamExtractString(record, 'fault') AS fault, visitParamExtractString(record, 'cache') AS cache,
	visitParamExtractInt(record, 'searches') AS searches
	FROM asbru_audit FINAL WHERE kind IN ('call', 'charge')`,
}

func (c *clickhouse) Name() string { return c.name }

func (c *clickhouse) Batch() Batch {
	return Batch{Rows: batchRows, Bytes: batchBytes, Wait: time.Second}
}

func (c *clickhouse) Position(ctx context.Context, trail string) (uint64, error) {
	if err := c.create(ctx); err != nil {
		return 0, fmt.Errorf("cannot make the tables of %s: %w", c.name, err)
	}
	said, err := c.ask(ctx, `SELECT max(seq) FROM asbru_audit WHERE trail = '`+trail+`' FORMAT TabSeparated`, nil)
	if err != nil {
		return 0, fmt.Errorf("cannot ask %s how far it is: %w", c.name, err)
	}
	seq, err := strconv.ParseUint(strings.TrimSpace(string(said)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot ask %s how far it is: it answers what is no number", c.name)
	}
	return seq, nil
}

// create creates what is missing, once.
func (c *clickhouse) create(ctx context.Context) error {
	if c.made {
		return nil
	}
	if _, err := c.ask(ctx, clickhouseTable, nil); err != nil {
		return err
	}
	if _, err := c.ask(ctx, viewLacks, nil); err != nil {
		for _, statement := range clickhouseView {
			if _, err := c.ask(ctx, statement, nil); err != nil {
				return err
			}
		}
	}
	c.made = true
	return nil
}

func (c *clickhouse) Store(ctx context.Context, trail string, rows []Row) error {
	var b []byte
	for i := range rows {
		r := &rows[i]
		b = append(append(b, `{"trail":"`...), trail...)
		b = strconv.AppendUint(append(b, `","seq":`...), r.Seq, 10)
		b = strconv.AppendInt(append(b, `,"time":`...), r.Time, 10)
		b = append(append(append(b, `,"kind":"`...), r.Kind...), `","id":"`...)
		b = strconv.AppendInt(append(append(b, r.ID...), `","nanos":`...), int64(r.Nanos), 10)
		b = scan.AppendString(append(b, `,"record":`...), r.Line)
		b = append(b, "}\n"...)
	}
	if _, err := c.ask(ctx, `INSERT INTO asbru_audit FORMAT JSONEachRow`, b); err != nil {
		return fmt.Errorf("cannot store in %s: %w", c.name, err)
	}
	return nil
}

func (c *clickhouse) Expire(ctx context.Context, trail string, now time.Time) error {
	if c.keep == 0 {
		return nil
	}
	said, err := c.ask(ctx, `SELECT max(seq) FROM asbru_audit WHERE trail = '`+trail+`' AND kind = '`+audit.KindCheckpoint+
		`' AND time < `+strconv.FormatInt(now.Add(-c.keep).UnixNano(), 10)+` FORMAT TabSeparated`, nil)
	if err != nil {
		return fmt.Errorf("cannot remove old records from %s: %w", c.name, err)
	}
	seq, err := strconv.ParseUint(strings.TrimSpace(string(said)), 10, 64)
	if err != nil || seq == 0 {
		return nil
	}
	if _, err := c.ask(ctx, `ALTER TABLE asbru_audit DELETE WHERE trail = '`+trail+`' AND seq < `+strconv.FormatUint(seq, 10), nil); err != nil {
		return fmt.Errorf("cannot remove old records from %s: %w", c.name, err)
	}
	return nil
}

// ask sends a statement and the data for it.
func (c *clickhouse) ask(ctx context.Context, statement string, data []byte) ([]byte, error) {
	to := *c.to
	q := to.Query()
	if data != nil {
		q.Set("query", statement)
	} else {
		data = []byte(statement)
	}
	to.RawQuery = q.Encode()
	said, err := send(ctx, c.http, message{method: http.MethodPost, to: to.String(), body: data})
	var r *refused
	if errors.As(err, &r) {
		err = fmt.Errorf("%w: %q", err, c.clean(r.said))
	}
	return said, err
}

// clean returns the beginning of a server's message, without the password.
func (c *clickhouse) clean(said string) string {
	if p, ok := c.to.User.Password(); ok && p != "" {
		said = strings.ReplaceAll(said, p, "***")
	}
	return strings.ToValidUTF8(strings.TrimSpace(said[:min(len(said), 300)]), "?")
}

func (c *clickhouse) Close() error {
	c.http.CloseIdleConnections()
	return nil
}
