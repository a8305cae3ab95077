package postgres

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"asbru/bench/postgres"
)

func TestOpen(t *testing.T) {
	f := func(address, name, timeout string) {
		t.Helper()
		d, err := Open(address, "the store", 7*time.Second, 3)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			return
		}
		defer d.Close()
		u, err := url.Parse(d.Address)
		if err != nil || d.Name != name || u.Query().Get("connect_timeout") != timeout || d.Stats().MaxOpenConnections != 3 {
			t.Errorf("%s: %q at %q, %d connections", address, d.Name, d.Address, d.Stats().MaxOpenConnections)
		}
	}
	f("postgres://u:secret@db.example:5432/gate?sslmode=disable", "db.example:5432/gate", "7")
	f("postgresql://db/gate?connect_timeout=30", "db/gate", "30")
}

func TestNoErrorShowsAPassword(t *testing.T) {
	for _, address := range []string{"postgres://u:secret@db:port/x", "postgres://u:secret@%zz/x", "postgres://u:secret@db/x?sslmode=what", "://secret"} {
		d, err := Open(address, "the store", time.Second, 1)
		if err == nil {
			err = d.Ping()
			d.Close()
		}
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A server that hangs keeps nobody waiting beyond the time that was given: a query, the rows of one, a transaction's
// statement, its commit, and its beginning all end.
func TestAServerThatHangs(t *testing.T) {
	server := postgres.Start(t)
	open := func() *sql.DB {
		d, err := Open(server.Address(), "the store", 2*time.Second, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Ping(); err != nil {
			t.Fatal(err)
		}
		return d.DB
	}
	const patience = 300 * time.Millisecond
	for name, f := range map[string]func(ctx context.Context, db *sql.DB, hang func()) error{
		"query": func(ctx context.Context, db *sql.DB, hang func()) error {
			hang()
			return db.QueryRowContext(ctx, "SELECT 1").Scan(new(int))
		},
		"exec": func(ctx context.Context, db *sql.DB, hang func()) error {
			hang()
			_, err := db.ExecContext(ctx, "SELECT $1::int", 1)
			return err
		},
		"begin": func(ctx context.Context, db *sql.DB, hang func()) error {
			hang()
			_, err := db.BeginTx(ctx, nil)
			return err
		},
		"commit": func(ctx context.Context, db *sql.DB, hang func()) error {
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			hang()
			return tx.Commit()
		},
		"prepare": func(ctx context.Context, db *sql.DB, hang func()) error {
			hang()
			_, err := db.PrepareContext(ctx, "SELECT 1")
			return err
		},
		"rows": func(ctx context.Context, db *sql.DB, hang func()) error {
			rows, err := db.QueryContext(ctx, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			hang()
			for rows.Next() {
			}
			return rows.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := open()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			ended := make(chan error, 1)
			var resume sync.Once
			hang := func() { server.Pause() }
			defer resume.Do(server.Resume)
			begun := time.Now()
			go func() { ended <- f(ctx, db, hang) }()
			select {
			case err := <-ended:
				if err == nil {
					t.Error("it was answered")
				}
			case <-time.After(10 * patience):
				t.Errorf("it waits for %v", time.Since(begun))
			}
			resume.Do(server.Resume)
			if err := db.PingContext(t.Context()); err != nil { // the broken connection is not used again
				t.Errorf("afterwards: %v", err)
			}
			db.Close()
		})
	}
}

// A Listener whose server hangs connects again, and says so.
func TestAListenerThatHearsNothing(t *testing.T) {
	server := postgres.Start(t)
	d, err := Open(server.Address(), "the store", time.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const quiet = 300 * time.Millisecond
	l := Listen(d.Address, 10*time.Millisecond, 50*time.Millisecond, quiet)
	defer l.Close()
	if err := l.Listen("news"); err != nil {
		t.Fatal(err)
	}
	for range 6 { // longer than quiet, and not quiet
		if _, err := d.Exec("NOTIFY news"); err != nil {
			t.Fatal(err)
		}
		if n := <-l.Notify; n == nil || n.Channel != "news" {
			t.Fatalf("%+v", n)
		}
		time.Sleep(quiet / 3)
	}
	var pid int
	if err := d.QueryRow("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(pid, syscall.SIGCONT)
	select {
	case n := <-l.Notify:
		if n != nil {
			t.Errorf("%+v", n)
		}
	case <-time.After(10 * quiet):
		t.Error("nothing is noticed")
	}
}

func TestNumbered(t *testing.T) {
	if got := Numbered("SELECT a FROM b WHERE c = ? AND d IN (?, ?)"); got != "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)" {
		t.Error(got)
	}
}
