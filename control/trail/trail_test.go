package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/ledger"
)

// memory is a sink that keeps rows, and fails as it is told.
type memory struct {
	mu    sync.Mutex
	rows  map[uint64][]byte
	pos   uint64
	twice int   // rows that came again and were another
	down  error // what every call says; nil: it works
	half  bool  // Store stores half of what it gets and then fails
	batch Batch
	calls int
}

func newMemory() *memory {
	return &memory{rows: map[uint64][]byte{}, batch: Batch{Rows: 100, Bytes: 1 << 20}}
}

func (m *memory) Name() string { return "memory" }

func (m *memory) Position(context.Context, string) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pos, m.down
}

func (m *memory) Store(_ context.Context, _ string, rows []Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.down != nil {
		return m.down
	}
	for i, r := range rows {
		if m.half && i == len(rows)/2 {
			return errors.New("the line was cut")
		}
		if old, ok := m.rows[r.Seq]; ok || r.Seq != m.pos+1 {
			if !bytes.Equal(old, r.Line) {
				m.twice++
			}
			continue
		}
		m.rows[r.Seq], m.pos = bytes.Clone(r.Line), r.Seq
	}
	return nil
}

func (m *memory) Expire(context.Context, string, time.Time) error { return nil }
func (m *memory) Batch() Batch                                    { return m.batch }
func (m *memory) Close() error                                    { return nil }

func (m *memory) set(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// verify checks that m has the whole trail, from its first line to n.
func (m *memory) verify(t *testing.T, tr *Trail, n uint64) audit.Report {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	v := audit.NewVerifier(tr.public)
	for seq := uint64(1); seq <= n; seq++ {
		if err := v.Line(m.rows[seq]); err != nil {
			t.Fatalf("the sink: %v", err)
		}
	}
	if m.twice != 0 || uint64(len(m.rows)) != n {
		t.Fatalf("the sink has %d rows of %d, %d twice and different", len(m.rows), n, m.twice)
	}
	return v.Report
}

// rig is a ledger and a trail that follows it.
type rig struct {
	t   *testing.T
	log *ledger.Ledger
	dir string
	o   Options
	*Trail
}

func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	dir := t.TempDir()
	return newRigIn(t, o, filepath.Join(dir, "audit"))
}

// newRigIn has the trail in dir.
func newRigIn(t *testing.T, o Options, dir string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), o: o}
	r.o.Dir = dir
	r.o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	r.open()
	t.Cleanup(func() {
		r.Trail.Close()
		r.log.Close()
	})
	return r
}

func (r *rig) open() {
	r.t.Helper()
	fs, err := ledger.Disk(filepath.Join(r.dir, "ledger"))
	if err != nil {
		r.t.Fatal(err)
	}
	if r.log, err = ledger.Open(fs, ledger.Options{Segment: 8 << 20, Ring: 1 << 20}); err != nil {
		r.t.Fatal(err)
	}
	r.log.Start()
	if r.Trail, err = Open(r.o); err != nil {
		r.t.Fatal(err)
	}
	if err := r.Trail.Start(r.log); err != nil {
		r.t.Fatal(err)
	}
}

// stop ends both in order.
func (r *rig) stop() {
	r.t.Helper()
	if err := r.log.Wait(context.Background(), r.log.End()); err != nil {
		r.t.Fatal(err)
	}
	if err := r.Trail.Close(); err != nil {
		r.t.Fatal(err)
	}
	if err := r.log.Close(); err != nil {
		r.t.Fatal(err)
	}
}

// call appends a call of so many nanodollars.
func (r *rig) call(i int, nanos core.Money) {
	x := &core.Exchange{Key: &core.VirtualKey{Name: "alice", Team: "search"}, ID: [16]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}, Start: core.Clock()}
	x.Peek.Model = []byte("gpt-5")
	before := audit.Look(x)
	r.append(&ledger.Record{Kind: ledger.Settle, ID: x.ID, Time: int64(i), Amount: nanos, Payload: audit.AppendCall(nil, x, &audit.End{Before: &before, Status: 200, Cost: nanos, Time: int64(i)})})
}

func (r *rig) append(rec *ledger.Record) {
	room := ledger.Size(0, len(rec.Payload))
	for !r.log.Reserve(room) {
		time.Sleep(time.Millisecond)
	}
	r.log.Append(rec, room)
}

// wait waits until ok.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: waited for 20 s", what)
		}
	}
}

// has waits until the sink has all of the ledger.
func (r *rig) has(m *memory) uint64 {
	r.t.Helper()
	wait(r.t, "the sink", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return r.Needed() >= r.log.End() && m.pos == r.synced.Load()
	})
	return r.synced.Load()
}

func TestEveryRecordComesToItsSinkOnce(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}, Records: 50})
	var spent core.Money
	for i := range 500 {
		switch i % 100 {
		case 10:
			r.append(&ledger.Record{Kind: ledger.Intent, Amount: 5, Time: 1})
		case 20:
			r.append(&ledger.Record{Kind: ledger.Release, Time: 1})
		case 30:
			r.append(&ledger.Record{Kind: ledger.Settle, Flags: ledger.Partial, Amount: 7, Time: 1})
			spent += 7
		case 40:
			r.append(&ledger.Record{Kind: ledger.Admin, Time: 1, Payload: audit.AppendChange(nil, &audit.Change{Who: "root", Did: "create", What: "keys/alice"})})
		default:
			r.call(i, core.Money(i))
			spent += core.Money(i)
		}
	}
	got := m.verify(t, r.Trail, r.has(m))
	if got.Calls != 480 || got.Changes != 5 || got.Nanos != spent || got.Lines-got.Checkpoints != 490 {
		t.Errorf("got %+v, want 480 calls of %v", got, spent)
	}
	if got.Checkpoints < 9 {
		t.Errorf("%d checkpoints of 500 records, one every 50", got.Checkpoints)
	}
}

// TestASinkThatFails has a sink that is away, stores halves and comes back: nothing is lost
// or there twice.
func TestASinkThatFails(t *testing.T) {
	m := newMemory()
	m.down = errors.New("connection refused")
	r := newRig(t, Options{Sinks: []Sink{m}})
	for i := range 2000 {
		r.call(i, 1)
	}
	wait(t, "trouble", func() bool { return r.feeds[0].troubled() })
	m.set(func() { m.down, m.half = nil, true })
	wait(t, "half of it", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.pos > 50 })
	for i := range 500 {
		r.call(2000+i, 1)
	}
	m.set(func() { m.half = false })
	if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 2500 || got.Nanos != 2500 {
		t.Errorf("got %+v", got)
	}
	if r.feeds[0].failures.Load() == 0 || r.feeds[0].troubled() {
		t.Errorf("%d failures, troubled: %v", r.feeds[0].failures.Load(), r.feeds[0].troubled())
	}
}

func TestATrailGoesOnAfterARestart(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}, Records: 30})
	id, calls := r.chain.ID, 0
	for round := range 5 {
		for range 100 {
			r.call(calls, 1)
			calls++
		}
		if round%2 == 0 {
			r.has(m)
		}
		r.stop()
		r.open()
	}
	if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 500 || got.Trail != id {
		t.Errorf("got %+v, want 500 calls of trail %x", got, id)
	}
	info, err := os.Stat(filepath.Join(r.o.Dir, keyName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info.Mode(), err)
	}
}

// TestATornEndIsCutOff has a crash leave half a line, or zeros.
func TestATornEndIsCutOff(t *testing.T) {
	for _, tail := range []string{`{"seq":9,"prev":"00`, "\x00\x00\x00\x00", "\n", "garbage\n\x00\x00"} {
		m := newMemory()
		r := newRig(t, Options{Sinks: []Sink{m}})
		r.call(1, 1)
		r.has(m)
		r.Trail.Close()
		path := r.segs[len(r.segs)-1].path(r.o.Dir)
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(tail)
		f.Close()
		r.log.Close()
		r.open()
		r.call(2, 1)
		if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 2 {
			t.Errorf("after %q: %+v", tail, got)
		}
	}
}

func TestADamagedTrailIsNotOpened(t *testing.T) {
	r := newRig(t, Options{})
	for i := range 100 {
		r.call(i, 1)
	}
	wait(t, "the trail", func() bool { return r.Needed() >= r.log.End() })
	r.Trail.Close()
	path := r.segs[0].path(r.o.Dir)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := b[len(b)/2]
	b[len(b)/2] = '\n'
	os.WriteFile(path, b, 0o600)
	if _, err := Open(r.o); err == nil {
		t.Error("a trail with a byte changed is opened")
	}
	b[len(b)/2] = before
	os.WriteFile(path, b, 0o600)
	other := r.o
	other.Key = filepath.Join(t.TempDir(), "other.key")
	if _, err := Open(other); err == nil {
		t.Error("a trail goes on under another key")
	}
	os.Chmod(filepath.Join(r.o.Dir, keyName), 0o644)
	if _, err := Open(r.o); err == nil {
		t.Error("a key that others can read is used")
	}
}

// TestAFullSpoolStopsTheReading has a sink that never comes: the trail stays within its
// bound and says so, and goes on when it comes.
func TestAFullSpoolStopsTheReading(t *testing.T) {
	m := newMemory()
	m.down = errors.New("away")
	r := newRig(t, Options{Sinks: []Sink{m}, Spool: 64 << 10})
	for i := range 3000 {
		r.call(i, 1)
	}
	wait(t, "a full spool", func() bool { return r.Trouble() != nil })
	if r.Needed() >= r.log.End() {
		t.Error("a full spool took everything")
	}
	m.set(func() { m.down = nil })
	if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 3000 {
		t.Errorf("got %+v", got)
	}
	wait(t, "room", func() bool { return r.Trouble() == nil || r.waiting.Load() > 64<<10 })
}

// TestTenMinutesWithoutASink is ten minutes at 1,000 calls a second, a thousand times as fast
// and a thirtieth of the calls: 0 lost, 0 twice.
func TestTenMinutesWithoutASink(t *testing.T) {
	const calls = 20_000
	m := newMemory()
	m.down, m.batch = errors.New("away"), Batch{Rows: batchRows, Bytes: batchBytes}
	r := newRig(t, Options{Sinks: []Sink{m}})
	for i := range calls {
		r.call(i, 3)
	}
	wait(t, "the trail", func() bool { return r.Needed() >= r.log.End() })
	m.set(func() { m.down = nil })
	got := m.verify(t, r.Trail, r.has(m))
	if got.Calls != calls || got.Nanos != 3*calls {
		t.Errorf("got %+v", got)
	}
	seen := map[string]bool{}
	for _, b := range m.rows {
		if h, _ := audit.NewLines().Read(b); h.Kind == audit.KindCall {
			if seen[h.ID] {
				t.Fatalf("%s is there twice", h.ID)
			}
			seen[h.ID] = true
		}
	}
}

func TestFilesAreRemovedWhenEverySinkHasThem(t *testing.T) {
	a, b := newMemory(), newMemory()
	b.down = errors.New("away")
	r := newRig(t, Options{Sinks: []Sink{a, b}, Records: 900, segment: 100 << 10})
	calls := 8000
	for i := range calls {
		r.call(i, 1)
	}
	r.has(a)
	id := r.chain.ID
	if n := len(r.list()); n < 2 {
		t.Fatalf("%d files", n)
	}
	b.set(func() { b.down = nil })
	r.has(b)
	wait(t, "the first file to be removed", func() bool { // once there is a checkpoint in a later one
		r.call(calls, 1)
		calls++
		return r.list()[0].first > 1
	})
	if got := b.verify(t, r.Trail, r.has(b)); got.Calls != uint64(calls) {
		t.Errorf("got %+v", got)
	}
	// A process that is killed now leaves these files: the next one knows which trail it is.
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(r.o.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, keyName), 0o600); err != nil {
		t.Fatal(err)
	}
	next, err := Open(Options{Dir: dir, Log: r.o.Log})
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if next.chain.ID != id || next.chain.Seq != r.synced.Load() {
		t.Errorf("it goes on with trail %x at %d; want %x at %d", next.chain.ID, next.chain.Seq, id, r.synced.Load())
	}
}

// A trail without any signed record is no trail that anybody knows.
func TestATrailOfNobodyIsNotOpened(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}})
	r.call(1, 1)
	r.has(m)
	r.Trail.Close()
	r.log.Close()
	path := r.segs[0].path(r.o.Dir)
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(all, []byte("\n"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(segment{first: 2}.path(r.o.Dir), lines[1], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: r.o.Dir, Log: r.o.Log}); err == nil || !strings.Contains(err.Error(), "no signed record") {
		t.Errorf("%v", err)
	}
}

func TestAChangeIsInTheTrail(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}})
	c := audit.Change{Time: 1_790_000_000_000_000_000, Who: "root", From: "10.0.0.1", Did: "update", What: "keys/alice", Version: 7, After: [32]byte{1}}
	durable, err := Say(t.Context(), r.log, &c)
	if err == nil {
		err = durable(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	n := r.has(m)
	if got := m.verify(t, r.Trail, n); got.Changes != 1 {
		t.Errorf("got %+v", got)
	}
	want := `,"time":"2026-09-21T14:13:20.000000000Z","who":"root","from":"10.0.0.1","did":"update","what":"keys/alice","version":7,"after":"01`
	if line := string(m.rows[n]); !strings.Contains(line, want) {
		t.Errorf("%s has no %s", line, want)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for r.log.Reserve(1 << 10) { // all of it
	}
	if _, err := Say(gone, r.log, &c); err == nil {
		t.Error("a change is written down without room for it")
	}
}

func TestFiguresNameEverySink(t *testing.T) {
	r := newRig(t, Options{Sinks: []Sink{newMemory()}})
	var all string
	for _, f := range r.Figures() {
		all += fmt.Sprintln(f.Name, f.Label, f.Value, f.Total)
	}
	for _, want := range []string{"asbru_audit_records_total   true", "asbru_audit_sink_behind sink memory false"} {
		if !bytes.Contains([]byte(all), []byte(want)) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}
