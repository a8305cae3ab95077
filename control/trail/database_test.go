package trail

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"asbru/bench/postgres"
	"asbru/core/audit"
	"asbru/core/ledger"
)

// prove runs a trail into a sink through restarts, and reads the rows back: whole, in
// order, as they were signed, with the amounts of the ledger.
func prove(t *testing.T, sink func() Sink, read func(trail string) [][]byte) *rig {
	t.Helper()
	r := newRig(t, Options{Sinks: []Sink{sink()}, Records: 40})
	calls := 0
	for range 3 {
		for range 300 {
			r.call(calls, 11)
			calls++
		}
		r.append(&ledger.Record{Kind: ledger.Settle, Flags: ledger.Clamped, Amount: 5, Floor: 9, ID: [16]byte{0xff}, Time: 1})
		if err := r.log.Wait(context.Background(), r.log.End()); err != nil {
			t.Fatal(err)
		}
		r.Trail.Close()
		r.log.Close()
		r.o.Sinks = []Sink{sink()}
		r.open()
	}
	wait(t, "the sink", func() bool { return r.feeds[0].pos.Load() == r.synced.Load() })
	v := audit.NewVerifier(r.public)
	for _, line := range read(r.feeds[0].trail) {
		if err := v.Line(line); err != nil {
			t.Fatalf("what the sink has: %v", err)
		}
	}
	if v.Calls != 900 || v.Nanos != 900*11+3*5 || v.Last != r.synced.Load() {
		t.Errorf("the sink has %+v, want 900 calls up to record %d", v.Report, r.synced.Load())
	}
	return r
}

// proveDatabase is prove, and what only databases do.
func proveDatabase(t *testing.T, open func(keep time.Duration) *database) {
	t.Helper()
	reader := open(time.Hour)
	t.Cleanup(func() { reader.Close() })
	read := func(trail string) (all [][]byte) {
		if err := reader.export(t.Context(), "", func(_ *audit.Head, line string) error { all = append(all, []byte(line)); return nil }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	r := prove(t, func() Sink { return open(0) }, read)
	var key, model string
	var calls, nanos int64
	if _, err := reader.db.Exec(viewLacks); err != nil {
		t.Error(err)
	}
	row := reader.db.QueryRow(`SELECT key, asked, COUNT(*), SUM(nanos) FROM asbru_calls WHERE key = 'alice' GROUP BY key, asked`)
	if err := row.Scan(&key, &model, &calls, &nanos); err != nil || key != "alice" || model != "gpt-5" || calls != 900 || nanos != 9900 {
		t.Errorf("the view says %q, %q, %d calls of %d nanodollars: %v", key, model, calls, nanos, err)
	}

	f := r.feeds[0]
	again := []Row{{Head: audit.Head{Seq: 5}, Line: []byte("{}")}}
	if err := reader.Store(t.Context(), f.trail, again); err == nil {
		t.Error("rows that do not follow on what is there are stored")
	}
	if err := reader.Expire(t.Context(), f.trail, time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	rest := read(f.trail)
	h, err := audit.NewLines().Read(rest[0])
	if err != nil || h.Kind != audit.KindCheckpoint || len(rest) > 41 {
		t.Errorf("after retention %d records are there, the first is a %s: %v", len(rest), h.Kind, err)
	}
	if pos, err := reader.Position(t.Context(), f.trail); err != nil || pos != r.synced.Load() {
		t.Errorf("after retention the position is %d, not %d: %v", pos, r.synced.Load(), err)
	}
}

func TestSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit ?#%.db")
	proveDatabase(t, func(keep time.Duration) *database { return SQLite("sqlite", path, keep).(*database) })
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestSQLiteIsRemovedWhileItIsWritten: SQLite goes on writing a file that has no name any more. What it was given after
// that comes into the file that takes its place.
func TestSQLiteIsRemovedWhileItIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.db")
	r := newRig(t, Options{Sinks: []Sink{SQLite("sqlite", path, 0)}})
	calls := 0
	some := func() {
		for range 50 {
			r.call(calls, 2)
			calls++
		}
		wait(t, "the rows", func() bool { return r.Needed() >= r.log.End() && r.feeds[0].pos.Load() == r.synced.Load() })
	}
	some()
	for _, moved := range []bool{false, true} {
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			if moved {
				os.Rename(name, name+".old")
			} else {
				os.Remove(name)
			}
		}
		some()
		reader := SQLite("reader", path, 0).(*database)
		v := audit.NewVerifier(r.public)
		if err := reader.export(t.Context(), "", func(_ *audit.Head, line string) error { return v.Line([]byte(line)) }); err != nil {
			t.Fatal(err)
		}
		reader.Close()
		if v.Calls != uint64(calls) || v.Last != r.synced.Load() {
			t.Errorf("the new file has %+v, want %d calls", v.Report, calls)
		}
	}
}

// TestOldViewsAreReplaced: a database that was made before the view had all of its columns gets them.
func TestOldViewsAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.db")
	old, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	for _, statement := range append(databaseTables[:len(databaseTables):len(databaseTables)], `CREATE VIEW asbru_calls AS SELECT id FROM asbru_audit`,
		`INSERT INTO asbru_audit VALUES ('t', 1, 0, 'call', 'a', 5, '{"searches":3,"tokens":{"in":7}}')`) {
		if _, err := old.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	d := SQLite("sqlite", path, 0).(*database)
	defer d.Close()
	if _, err := d.Position(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	var searches, in int
	if err := d.db.QueryRow(`SELECT searches, tokens_in FROM asbru_calls`).Scan(&searches, &in); err != nil || searches != 3 || in != 7 {
		t.Errorf("the view says %d searches and %d tokens: %v", searches, in, err)
	}
}

func TestPostgres(t *testing.T) {
	source := startPostgres(t)
	proveDatabase(t, func(keep time.Duration) *database { return Postgres("postgres", source, keep).(*database) })
}

// TestPostgresGoesAway has the server crash again and again while rows are on their way, and be away
// for a while: 0 lost, 0 twice.
func TestPostgresGoesAway(t *testing.T) {
	p := postgres.Start(t)
	source := addressOf(t, p)
	r := newRig(t, Options{Sinks: []Sink{Postgres("postgres", source, 0)}})
	calls := 0
	some := func(n int) {
		for range n {
			r.call(calls, 2)
			calls++
		}
	}
	for range 3 {
		some(1500)
		time.Sleep(110 * time.Millisecond) // rows are on their way
		p.Stop()
		some(500)
		wait(t, "trouble", func() bool { return r.feeds[0].troubled() })
		p.Start()
	}
	wait(t, "the rows", func() bool { return r.Needed() >= r.log.End() && r.feeds[0].pos.Load() == r.synced.Load() })
	reader := Postgres("reader", source, 0).(*database)
	defer reader.Close()
	v := audit.NewVerifier(r.public)
	if err := reader.export(t.Context(), "", func(_ *audit.Head, line string) error { return v.Line([]byte(line)) }); err != nil {
		t.Fatal(err)
	}
	if v.Calls != 6000 || v.Nanos != 12000 || v.Last != r.synced.Load() {
		t.Errorf("Postgres has %+v", v.Report)
	}
	var rows, ids int
	if err := reader.db.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT id) FROM asbru_calls`).Scan(&rows, &ids); err != nil || rows != 6000 || ids != 6000 {
		t.Errorf("%d rows of %d calls: %v", rows, ids, err)
	}
}

// TestTheEndDoesNotWaitForAServerThatHangs has rows on their way to a server that stops answering, as the process ends.
func TestTheEndDoesNotWaitForAServerThatHangs(t *testing.T) {
	p := postgres.Start(t)
	r := newRig(t, Options{Sinks: []Sink{Postgres("postgres", addressOf(t, p), 0)}})
	r.call(0, 2)
	wait(t, "the first row", func() bool { return r.feeds[0].pos.Load() > 0 })
	p.Pause()
	defer p.Resume()
	r.call(1, 2)
	time.Sleep(2 * flushEvery) // it is on its way
	closed := make(chan error, 1)
	go func() { closed <- r.Trail.Close() }()
	select {
	case <-closed:
	case <-time.After(3 * closeWait):
		t.Error("the end of the trail waits for the server")
		p.Resume()
		<-closed
	}
}

// startPostgres starts a server of the test's own and returns its address.
func startPostgres(t *testing.T) *url.URL { return addressOf(t, postgres.Start(t)) }

func addressOf(t *testing.T, s *postgres.Server) *url.URL {
	t.Helper()
	u, err := url.Parse(s.Address())
	if err != nil {
		t.Fatal(err)
	}
	return u
}
