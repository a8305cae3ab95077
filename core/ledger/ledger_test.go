package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/ledger"
)

// open opens the ledger in fs and has it closed.
func open(t testing.TB, fs FS, o Options) *Ledger {
	t.Helper()
	l, err := Open(fs, o)
	if err != nil {
		t.Fatal(err)
	}
	l.Start()
	t.Cleanup(func() { l.Close() })
	return l
}

func memory(seed uint64) *faultfs.Disk { return faultfs.NewDisk(rand.New(rand.NewPCG(seed, 0))) }

func wait(t testing.TB, l *Ledger, s Seq) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := l.Wait(ctx, s); err != nil {
		t.Fatalf("waiting for %v: %v", s, err)
	}
}

// until waits for what must become true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// What is appended comes back as it was, from memory's ring, from many segments on a
// real disk, and after a restart.
func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "ledger")
	fs, err := Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var h history
	for life := range 3 {
		var fold chain
		o := small()
		o.Fold = &fold
		l, err := Open(fs, o)
		if err != nil {
			t.Fatal(err)
		}
		h.check(t, l, &fold)
		if f := l.Found(); f.Torn != 0 || len(f.Notes) != 0 {
			t.Errorf("life %d: found %+v", life, f)
		}
		l.Start()
		for range 500 {
			x := anyRecord(r)
			size := Size(len(x.Lines), len(x.Payload))
			until(t, "room", func() bool { return l.Reserve(size + 100) })
			l.Append(x, size+100)
			h.records = append(h.records, x.Clone())
		}
		wait(t, l, l.End())
		i := 0
		end, err := l.Replay(0, func(x *Record) error { i++; return nil })
		if err != nil || i != len(h.records) || end != l.End() {
			t.Errorf("replayed %d of %d up to %v: %v", i, len(h.records), end, err)
		}
		if life == 1 {
			if err := l.Checkpoint(); err != nil {
				t.Error(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	rep, err := Verify(fs, nil)
	if err != nil || rep.Records != len(h.records) || rep.Segments < 3 || rep.Torn != 0 {
		t.Errorf("verified %+v, %v", rep, err)
	}
	names, _ := os.ReadDir(dir)
	for _, e := range names {
		if e.Name() == "spare" {
			t.Error("a closed ledger left its spare behind")
		}
	}
}

// Records run across the ends of reads.
func TestLong(t *testing.T) {
	disk := memory(12)
	l := open(t, disk, Options{Ring: 1 << 20, Segment: 4 << 20})
	r := rand.New(rand.NewPCG(1, 12))
	n := 0
	for l.End() < 6<<20 {
		x := &Record{Kind: Audit, Payload: make([]byte, r.IntN(MaxPayload+1))}
		size := Size(0, len(x.Payload))
		until(t, "room", func() bool { return l.Reserve(size) })
		l.Append(x, size)
		n++
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if rep, err := Verify(disk, nil); err != nil || rep.Records != n {
		t.Errorf("%d records of %d: %v", rep.Records, n, err)
	}
}

// Only one process writes a ledger.
func TestLock(t *testing.T) {
	fs, err := Disk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := open(t, fs, small())
	if _, err := Open(fs, small()); err == nil {
		t.Error("opened twice")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	again, err := Open(fs, small())
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if _, err := Disk("/dev/null/x"); err == nil {
		t.Error("a ledger below a device")
	}
}

// A lane is a core.Lane that tells of each Wake; more than one at a time is one too many.
type lane struct{ woken chan struct{} }

func (*lane) Life() uint32 { return 1 }
func (n *lane) Wake(uint32) {
	select {
	case n.woken <- struct{}{}:
	default:
		panic("woken twice")
	}
}

// Many append and wait at once; each is woken once, when its record is durable.
func TestTogether(t *testing.T) {
	const people, each = 16, 300
	l := open(t, memory(2), Options{Ring: 1 << 16, Segment: 1 << 17})
	var woken, refused atomic.Int64
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(p), 3))
			x := &core.Exchange{Lane: &lane{woken: make(chan struct{}, 1)}}
			w, done := x.Waker(), x.Lane.(*lane).woken
			for range each {
				x := anyRecord(r)
				size := Size(len(x.Lines), len(x.Payload))
				for !l.Reserve(size) {
					refused.Add(1)
					time.Sleep(time.Microsecond)
				}
				s := l.Append(x, size)
				if l.Await(s, w) {
					<-done
					woken.Add(1)
				}
				if l.Durable() < s {
					t.Errorf("woken for %v at %v", s, l.Durable())
				}
			}
		})
	}
	wg.Wait()
	n := 0
	if _, err := l.Replay(0, func(*Record) error { n++; return nil }); err != nil || n != people*each {
		t.Errorf("%d records came back of %d: %v", n, people*each, err)
	}
	s := l.Stats()
	if s.Durable != s.End || s.Bytes != uint64(s.End) || s.Groups == 0 {
		t.Errorf("stats %+v", s)
	}
	t.Logf("%d groups for %d records, %d waited, %d times without room", s.Groups, n, woken.Load(), refused.Load())
}

// Reserve gives out what there is and no more; what is returned can be had again.
func TestReserve(t *testing.T) {
	l, err := Open(memory(3), small())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	free := l.Stats().Free
	n := int64(0)
	for l.Reserve(1 << 10) {
		n++
	}
	if want := free >> 10; n != want || n == 0 {
		t.Errorf("%d times 1 KiB of %d bytes", n, free)
	}
	if err := l.Trouble(); err == nil {
		t.Error("refused for no reason")
	}
	l.Return(1 << 10)
	if !l.Reserve(1 << 10) {
		t.Error("what was returned is gone")
	}
	for range n {
		l.Append(&Record{Kind: Audit, Payload: make([]byte, 100)}, 1<<10)
	}
	for l.Step() {
	}
	if l.Durable() != Seq(n)*Seq(Size(0, 100)) || l.Stats().Free < free-MaxRecord-int64(l.Durable()) {
		t.Errorf("durable %v of %d, free %d of %d", l.Durable(), n, l.Stats().Free, free)
	}
	defer func() {
		if recover() == nil {
			t.Error("a record larger than its room was appended")
		}
	}()
	l.Reserve(8)
	defer l.Return(8)
	l.Append(&Record{}, 8)
}

// A sync that fails is the end: nothing becomes durable, nothing is begun, who waits is
// told, and so is the process.
func TestSyncFails(t *testing.T) {
	for _, call := range []faultfs.Call{faultfs.Sync, faultfs.WriteAt} {
		fs := &faultfs.Failing{FS: memory(4)}
		failed := make(chan error, 10)
		o := small()
		o.Failed = func(err error) { failed <- err }
		l := open(t, fs, o)
		first := put(t, l, &Record{Kind: Audit, Payload: []byte("promised")})
		wait(t, l, first)
		fs.Fail(call, 0, syscall.EIO, 1) // one time only: it must not be tried again
		began := time.Now()
		second := put(t, l, &Record{Kind: Audit, Payload: []byte("lost")})
		if err := l.Wait(context.Background(), second); !errors.Is(err, syscall.EIO) {
			t.Errorf("waited for a record that cannot be written: %v", err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v to tell", took)
		}
		if err := <-failed; !errors.Is(err, syscall.EIO) {
			t.Errorf("the process was told %v", err)
		}
		if l.Reserve(200) || l.Durable() != first || !errors.Is(l.Trouble(), syscall.EIO) {
			t.Errorf("goes on at %v: %v", l.Durable(), l.Trouble())
		}
		if l.Await(second, core.Waker{}) {
			t.Error("waits for what will never be")
		}
		if err := l.Close(); !errors.Is(err, syscall.EIO) {
			t.Errorf("closed with %v", err)
		}
		if len(failed) > 0 {
			t.Error("told twice")
		}
		again, err := Open(fs, small())
		if err != nil {
			t.Fatal(err)
		}
		if end := again.Found().End; end < first {
			t.Errorf("%v was promised, and the log ends at %v", first, end)
		}
		again.Close()
	}
}

// On a full disk what was reserved is written, what was not is refused, and work is taken
// again when there is space.
func TestDiskFull(t *testing.T) {
	fs := &faultfs.Failing{FS: memory(5)}
	l := open(t, fs, small())
	fs.Fail(faultfs.Open, 0, syscall.ENOSPC, -1)
	l.Prepare()
	running, size := 0, Size(4, 200)
	appended := 0
	for l.Reserve(size) { // the space that is allocated is used up
		if running++; running > 20 {
			l.Append(&Record{Kind: Settle, Lines: make([]Line, 4), Payload: make([]byte, 200)}, size)
			running--
			appended++
		}
		wait(t, l, l.End())
	}
	if running == 0 || appended == 0 {
		t.Fatalf("%d running, %d ended", running, appended)
	}
	until(t, "the reason is known", func() bool { return errors.Is(l.Trouble(), syscall.ENOSPC) })
	for range running {
		l.Append(&Record{Kind: Settle, Lines: make([]Line, 4), Payload: make([]byte, 200)}, size)
		appended++
	}
	wait(t, l, l.End())
	if l.Reserve(size) {
		t.Error("takes work without space")
	}
	fs.Heal()
	until(t, "work is taken again", func() bool {
		if ok := l.Reserve(size); !ok {
			return false
		}
		l.Return(size)
		return true
	})
	wait(t, l, put(t, l, &Record{Kind: Release}))
	n := 0
	if _, err := l.Replay(0, func(*Record) error { n++; return nil }); err != nil || n != appended+1 {
		t.Errorf("%d of %d records: %v", n, appended+1, err)
	}
}

// A file system that finds itself full although the space was allocated: the writer waits
// and writes the same again.
func TestWriteFull(t *testing.T) {
	fs := &faultfs.Failing{FS: memory(6)}
	l := open(t, fs, small())
	wait(t, l, put(t, l, &Record{Kind: Release}))
	fs.Fail(faultfs.WriteAt, 0, syscall.ENOSPC, -1)
	s := put(t, l, &Record{Kind: Settle, Payload: []byte("kept")})
	until(t, "refuses", func() bool { return !l.Reserve(100) })
	if err := l.Trouble(); !errors.Is(err, syscall.ENOSPC) || l.Err() != nil {
		t.Errorf("trouble %v, error %v", err, l.Err())
	}
	fs.Heal()
	wait(t, l, s)
	until(t, "takes work", func() bool { return l.Reserve(100) })
	l.Return(100)
}

// Segments that nobody needs are removed, and what is left still opens.
func TestPrune(t *testing.T) {
	disk := memory(7)
	var fold chain
	var needed atomic.Uint64
	o := small()
	o.Fold, o.Needed = &fold, func() Seq { return Seq(needed.Load()) }
	l := open(t, disk, o)
	fill := func() {
		for range 400 {
			until(t, "room", func() bool { return l.Reserve(300) })
			l.Append(&Record{Kind: Audit, Payload: make([]byte, 200)}, 300)
		}
		wait(t, l, l.End())
		l.Maintain()
	}
	fill()
	fill()
	if n, err := l.Replay(0, func(*Record) error { return nil }); n != l.End() || err != nil {
		t.Errorf("a log that is needed: %v, %v", n, err)
	}
	needed.Store(uint64(l.End()))
	fill()
	if _, err := l.Replay(0, func(*Record) error { return nil }); !errors.Is(err, ErrGone) {
		t.Errorf("what was removed: %v", err)
	}
	want := fold
	l.Close()
	rep, err := Verify(disk, nil)
	if err != nil || rep.First == 0 || len(rep.Checkpoints) != 2 {
		t.Errorf("verified %+v, %v", rep, err)
	}
	fold = chain{}
	o.Fold = &fold
	again, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if fold.n != 1200 || !fold.same(&want) {
		t.Errorf("%d records add up; want 1200", fold.n)
	}
}

// Who follows sees everything once, in order, while it is written, and stops when told.
func TestFollow(t *testing.T) {
	l := open(t, memory(14), small())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan Record, 1000)
	done := make(chan error, 1)
	first := put(t, l, &Record{Kind: Audit, Payload: []byte("before")})
	go func() {
		done <- l.Follow(ctx, first, func(r *Record) error { seen <- r.Clone(); return nil })
	}()
	for i := range 300 {
		until(t, "room", func() bool { return l.Reserve(200) })
		l.Append(&Record{Kind: Settle, Amount: core.Money(i)}, 200)
	}
	for i := range 300 {
		if r := <-seen; r.Amount != core.Money(i) {
			t.Fatalf("record %d is %+v", i, r)
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped for %v", err)
	}
	enough := errors.New("enough")
	if err := l.Follow(t.Context(), 0, func(*Record) error { return enough }); err != enough {
		t.Errorf("stopped for %v", err)
	}
}

// A slow disk takes its time to rename.
type slow struct{ FS }

func (s slow) Rename(from, to string) error {
	time.Sleep(2 * time.Millisecond)
	return s.FS.Rename(from, to)
}

// The keeper looks for a spare all the time while segments are begun: it must not take
// the one that is becoming a segment for none.
func TestKeeperAndWriter(t *testing.T) {
	disk := memory(13)
	o := small()
	o.Every = time.Microsecond
	l := open(t, slow{disk}, o)
	n := 0
	for range 4000 {
		until(t, "room", func() bool { return l.Reserve(300) })
		l.Append(&Record{Kind: Audit, Payload: make([]byte, 200)}, 300)
		n++
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if rep, err := Verify(disk, nil); err != nil || rep.Records != n || rep.Segments < 20 {
		t.Errorf("%d records of %d in %d segments: %v", rep.Records, n, rep.Segments, err)
	}
}

// The keeper makes checkpoints by itself when segments fill.
func TestKeeper(t *testing.T) {
	disk := memory(8)
	var fold chain
	o := small()
	o.Fold = &fold
	l := open(t, disk, o)
	for range 600 {
		until(t, "room", func() bool { return l.Reserve(300) })
		l.Append(&Record{Kind: Audit, Payload: make([]byte, 200)}, 300)
	}
	until(t, "a checkpoint", func() bool {
		rep, err := Verify(disk, nil)
		return err == nil && len(rep.Checkpoints) > 0
	})
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	rep, err := Verify(disk, nil)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := ReadCheckpoint(disk, rep.Checkpoints[0]); err != nil || len(state) != 40 {
		t.Errorf("a state of %d bytes: %v", len(state), err)
	}
}
