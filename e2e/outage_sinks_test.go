package e2e

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/lib/pq" // the driver "postgres"
)

// A hook is a webhook that keeps the numbers of the records that it gets, and the ids of calls.
type hook struct {
	down atomic.Bool

	mu    sync.Mutex
	calls map[uint64]string // by the number of the record
	last  uint64            // number of the last record
	again int               // number of repeated records
	odd   []string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.down.Load() {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			c.Close()
		}
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := bufio.NewScanner(r.Body); s.Scan(); {
		var e entry
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			h.odd = append(h.odd, err.Error())
		}
		switch {
		case e.Seq <= h.last:
			h.again++ // delivery is at least once, so repetitions are recognized by number
			continue
		case e.Seq != h.last+1:
			h.odd = append(h.odd, fmt.Sprintf("record %d follows %d", e.Seq, h.last))
		}
		h.last = e.Seq
		if e.Kind == "call" {
			h.calls[e.Seq] = e.ID
		}
	}
}

// A table is a sink in a database.
type table struct {
	name       string
	driver, at string
	asked      string // the query of verify
	from, back func()
}

// ids returns the calls in a table, and checks that their records are numbered without gaps.
func (d *table) ids(t *testing.T) (ids map[string]int, nanos int64) {
	t.Helper()
	db, err := sql.Open(d.driver, d.at)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, last int64
	if err := db.QueryRow(`SELECT COUNT(*), MAX(seq) FROM asbru_audit`).Scan(&rows, &last); err != nil || rows != last {
		t.Errorf("%s has %d records, up to number %d, %v", d.name, rows, last, err)
	}
	list, err := db.Query(`SELECT id, nanos FROM asbru_audit WHERE kind = 'call'`)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	ids = map[string]int{}
	for list.Next() {
		var id string
		var n int64
		if err := list.Scan(&id, &n); err != nil {
			t.Fatal(err)
		}
		ids[id]++
		nanos += n
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return ids, nanos
}

// lockable is an SQLite sink that is unavailable while another connection writes.
func lockable(t *testing.T, path string) *table {
	t.Helper()
	var db *sql.DB
	d := &table{name: "sqlite", driver: "sqlite", at: "file:" + path + "?_txlock=immediate", asked: path}
	var tx *sql.Tx
	d.from = func() {
		var err error
		if db, err = sql.Open("sqlite", d.at+"&_pragma=busy_timeout(20000)"); err == nil {
			tx, err = db.Begin()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d.back = func() {
		tx.Rollback()
		db.Close()
	}
	return d
}
