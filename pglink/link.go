// Package pglink makes connections to Postgres that break when the context of what is asked ends. It refuses to wait for a server that
// hangs: the driver would ask that server to cancel, and wait for its answer.
package pglink

import (
	"context"
	"database/sql/driver"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// New returns a connector to an address, for database/sql. It connects to nothing; the error is for an address that cannot be valid, and may hold
// its password.
func New(address string) (driver.Connector, error) {
	if _, err := pq.NewConnector(address); err != nil {
		return nil, err
	}
	return connector{address}, nil
}

// A connector connects with the driver. The driver notices the end of a context by asking the server to
// cancel, which a server that hangs does not do; so the connections break by themselves.
type connector struct{ address string }

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return &pq.Driver{} }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	with, err := pq.NewConnector(c.address)
	if err != nil {
		return nil, err
	}
	d := new(dialer)
	with.Dialer(d)
	stop := context.AfterFunc(ctx, d.hangUp) // the driver would wait for the server's greeting
	conn, err := with.Connect(ctx)
	switch {
	case !stop():
		if err == nil {
			conn.Close()
		}
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	}
	return &link{conn.(inner), d.stay(), new(atomic.Bool)}, nil
}

// A dialer keeps the connection that was made last: several are tried. It is used again to cancel.
type dialer struct {
	net.Dialer
	mu   sync.Mutex
	last net.Conn
	over bool // last is the one, or nobody waits for it any more
}

// hangUp closes the connection: nobody waits for it any more.
func (d *dialer) hangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over = true; d.last != nil {
		d.last.Close()
	}
}

// stay returns the connection, which is not replaced from now on.
func (d *dialer) stay() net.Conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	return d.last
}

// DialTimeout implements pq.Dialer.
func (d *dialer) DialTimeout(network, address string, wait time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil && !d.over {
		d.last = conn
	}
	return conn, err
}

// inner is what the driver's connections can do.
type inner interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// A link is a connection that breaks when the context of what it does ends.
type link struct {
	inner
	raw    net.Conn
	broken *atomic.Bool
}

// past is a deadline at which reads and writes under way end at once.
var past = time.Unix(1, 0)

// watch breaks the link when ctx ends before done is called. done returns why, if it was broken, and err otherwise.
func (l *link) watch(ctx context.Context) (done func(err error) error) {
	stop := context.AfterFunc(ctx, func() { l.raw.SetDeadline(past) })
	return func(err error) error {
		if stop() || ctx.Err() == nil { // also when it is called again
			return err
		}
		l.broken.Store(true)
		if err != nil {
			return ctx.Err()
		}
		return nil
	}
}

// IsValid implements driver.Validator.
func (l *link) IsValid() bool { return !l.broken.Load() && l.inner.IsValid() }

// QueryContext implements driver.QueryerContext. The rows are watched until they are closed.
func (l *link) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	done := l.watch(ctx)
	r, err := l.inner.QueryContext(ctx, query, args)
	if err != nil {
		return nil, done(err)
	}
	return &rows{r, done}, nil
}

// ExecContext implements driver.ExecerContext.
func (l *link) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	done := l.watch(ctx)
	r, err := l.inner.ExecContext(ctx, query, args)
	return r, done(err)
}

// PrepareContext implements driver.ConnPrepareContext.
func (l *link) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	done := l.watch(ctx)
	s, err := l.inner.PrepareContext(ctx, query)
	return s, done(err)
}

// Ping implements driver.Pinger.
func (l *link) Ping(ctx context.Context) error {
	done := l.watch(ctx)
	return done(l.inner.Ping(ctx))
}

// BeginTx implements driver.ConnBeginTx. The transaction is watched until it ends, and with it all its
// statements.
func (l *link) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	done := l.watch(ctx)
	tx, err := l.inner.BeginTx(ctx, o)
	if err != nil {
		return nil, done(err)
	}
	return &transaction{tx, done}, nil
}

type rows struct {
	driver.Rows
	done func(error) error
}

func (r *rows) Close() error { return r.done(r.Rows.Close()) }

type transaction struct {
	driver.Tx
	done func(error) error
}

func (t *transaction) Commit() error   { return t.done(t.Tx.Commit()) }
func (t *transaction) Rollback() error { return t.done(t.Tx.Rollback()) }
