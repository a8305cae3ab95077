package postgres

import (
	"net/url"
	"strings"
	"testing"
	"time"
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

func TestNumbered(t *testing.T) {
	if got := Numbered("SELECT a FROM b WHERE c = ? AND d IN (?, ?)"); got != "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)" {
		t.Error(got)
	}
}
