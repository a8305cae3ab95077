// Package postgres opens the Postgres databases of the control plane: what is kept there, and the
// budgets that machines share. It refuses to wait for a server without a bound, and to show in an error
// what an address holds besides a host and a name: that may be a password.
package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	_ "github.com/lib/pq" // the driver "postgres"
)

// A Database is one that is connected to when it is first asked.
type Database struct {
	*sql.DB
	Address string // to open other connections with; it may hold a password
	Name    string // for people: host and database
}

// Open makes the Database behind an address such as postgres://user:password@host/database; what says what
// it is for, in errors. A connection is waited for at most wait, in whole seconds, unless the address says otherwise
// (connect_timeout), and there are conns of them at most.
func Open(address, what string, wait time.Duration, conns int) (*Database, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("cannot open " + what + ": the address is no URL") // not err, which shows the password
	}
	q := u.Query()
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", strconv.Itoa(int(wait/time.Second)))
	}
	u.RawQuery = q.Encode()
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		return nil, fmt.Errorf("cannot open %s at %s%s: the address is no database", what, u.Host, u.Path)
	}
	db.SetMaxOpenConns(conns)
	return &Database{db, u.String(), u.Host + u.Path}, nil
}
