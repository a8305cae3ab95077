// Package sqlite opens the SQLite files of the control plane. It refuses to leave a file readable
// by other users, and to report as stored what a crash of the machine could still lose.
package sqlite

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Open opens the file at path, which it creates, with its directory, if it is not there; an empty path is a
// database in memory. what describes its purpose in errors. At most conns connections are open, but one for
// memory: another would be another database. pragmas are added to those that every file has.
func Open(path, what string, conns int, pragmas ...string) (*sql.DB, error) {
	if path == "" {
		path, conns = ":memory:", 1
	} else if err := touch(path); err != nil {
		return nil, fmt.Errorf("cannot open %s %q: %w", what, path, err)
	}
	all := append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-512)"}, pragmas...)
	q := url.Values{"_txlock": {"immediate"}, "_pragma": all}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("cannot open %s %q: %w", what, path, err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(1)
	return db, nil
}

// touch creates the file at path for its owner alone; SQLite would let everybody read it.
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
