// Package postgres opens the Postgres databases of the control plane: the store, and the
// budgets that machines share. It refuses to wait for a server without a bound, and to show in an error
// more of an address than host and name, since it may hold a password.
package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"asbru/pglink"
)

// A Database is connected to on first use.
type Database struct {
	*sql.DB
	Address string // for opening further connections; it may hold a password
	Name    string // for messages: host and database
}

// Open makes the Database behind an address such as postgres://user:password@host/database; what describes
// its purpose in errors. Connecting takes at most wait, rounded to seconds, unless the address sets
// connect_timeout. At most conns connections are open. What is asked of a server that hangs ends with
// its context.
func Open(address, what string, wait time.Duration, conns int) (*Database, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("cannot open " + what + ": the address is no URL") // without err, which would show the password
	}
	q := u.Query()
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", strconv.Itoa(int(wait/time.Second)))
	}
	u.RawQuery = q.Encode()
	c, err := pglink.New(u.String())
	if err != nil {
		return nil, fmt.Errorf("cannot open %s at %s%s: the address is no database", what, u.Host, u.Path)
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(conns)
	return &Database{db, u.String(), u.Host + u.Path}, nil
}

// Listen returns a Listener to a Database's Address that connects again when nothing has come for quiet: a connection that was
// cut off on the way, or whose server hangs, looks like one on which nobody says anything. Somebody has to
// notify more often than that.
func Listen(address string, least, most, quiet time.Duration) *pq.Listener {
	return pq.NewDialListener(attentive{quiet}, address, least, most, nil)
}

// An attentive dialer makes connections on which reading fails after a time of silence.
type attentive struct{ quiet time.Duration }

// Dial implements pq.Dialer.
func (a attentive) Dial(network, address string) (net.Conn, error) {
	return a.DialTimeout(network, address, a.quiet)
}

// DialTimeout implements pq.Dialer.
func (a attentive) DialTimeout(network, address string, wait time.Duration) (net.Conn, error) {
	c, err := net.DialTimeout(network, address, wait)
	if err != nil {
		return nil, err
	}
	return &hearing{Conn: c, quiet: a.quiet}, nil
}

// A hearing is a connection on which reading fails after a time of silence, once the driver sets no deadline
// any more.
type hearing struct {
	net.Conn
	quiet  time.Duration
	listen atomic.Bool
}

// SetDeadline implements net.Conn.
func (h *hearing) SetDeadline(t time.Time) error {
	h.listen.Store(t.IsZero())
	return h.Conn.SetDeadline(t)
}

// Read implements net.Conn.
func (h *hearing) Read(b []byte) (int, error) {
	if h.listen.Load() {
		if err := h.SetReadDeadline(time.Now().Add(h.quiet)); err != nil {
			return 0, err
		}
	}
	return h.Conn.Read(b)
}

// Numbered returns a statement with its parameters as Postgres wants them: each ? becomes $1, $2 and so
// on. No ? may stand in a string of the statement.
func Numbered(statement string) string {
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
