package trail

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core/audit"
	"asbru/core/ledger"
)

// Options configure a Trail.
type Options struct {
	Dir     string        // of its files; created if missing
	Key     string        // file of the signing key; empty: audit.key in Dir. A separate place is better
	Every   time.Duration // between checkpoints while there are lines to sign; 0: DefaultEvery
	Records int           // most lines between checkpoints; 0: DefaultRecords
	Spool   int64         // most bytes of lines that wait for sinks; 0: DefaultSpool
	Keep    time.Duration // how long lines that all sinks have stay in Dir; 0: not at all or, without sinks, without end
	Sinks   []Sink        // closed by Close
	Content ContentOptions
	Log     *slog.Logger // nil: slog.Default
	Now     func() time.Time

	// Failed is called once when nothing will be written any more: a sync failed, and the kernel may
	// have dropped what was written before it. The process should end. It may be nil: Trouble also reports it.
	Failed func(error)

	segment int64                             // bytes of one file; 0: segmentBytes
	open    func(path string) (output, error) // a file to append to; nil: openFile
}

// An output is the file that the trail is appending to.
type output interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

func openFile(path string) (output, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err // not a nil *os.File in an output
	}
	return f, nil
}

// ContentOptions are about the prompts of keys that allow storing them. The zero value stores none.
type ContentOptions struct {
	Bytes int           // most bytes of a prompt
	Keep  time.Duration // how long; 0: without end
}

// A Trail is an open audit trail. It may be used concurrently.
type Trail struct {
	o     Options
	fresh bool // the key was made by Open

	mu     sync.Mutex // guards the fields below
	public ed25519.PublicKey
	spoilt error // why the next key cannot be used; nil: it can, or there is none
	chain  audit.Chain
	buf    []byte     // lines not written yet
	at     ledger.Seq // of the last record with a line
	loose  int        // lines after the last checkpoint
	signed time.Time  // when that was made
	anchor uint64     // its number
	file   output     // nil: opened for the next line
	segs   []segment
	broken error // a sync failed: nothing is written any more
	stuck  bool  // the last write failed: it is tried again

	synced  atomic.Uint64 // number of the last durable line
	reached atomic.Uint64 // position in the ledger
	waiting atomic.Int64  // bytes of files that some sink needs
	full    atomic.Bool
	closing atomic.Bool // sinks get what there is, in batches of any size
	failed  atomic.Pointer[error]
	news    atomic.Pointer[chan struct{}] // closed when synced grows

	lock  io.Closer      // keeps other processes out of the directory
	log   *ledger.Ledger // nil: not started
	work  chan struct{}  // there is something to sync, or to clean up
	feeds []*feed
	stop  context.CancelFunc // ends following the ledger
	quit  context.CancelFunc // ends the feeds
	done  sync.WaitGroup
	fed   sync.WaitGroup
}

// Open opens the trail in o.Dir or begins one. It reads only the last file. An error means
// that the files are damaged, or that another process writes them; nothing was changed then.
func Open(o Options) (*Trail, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the directory of the audit trail: %w", err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	t, err := open(o)
	if err != nil {
		lock.Close()
		return nil, err
	}
	t.lock = lock
	return t, nil
}

// open is Open, once no other process writes there.
func open(o Options) (*Trail, error) {
	o.Every, o.Records, o.Spool = cmp.Or(o.Every, DefaultEvery), cmp.Or(o.Records, DefaultRecords), cmp.Or(o.Spool, DefaultSpool)
	o.segment = cmp.Or(o.segment, segmentBytes)
	o.Key = cmp.Or(o.Key, filepath.Join(o.Dir, keyName))
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.open == nil {
		o.open = openFile
	}
	t := &Trail{o: o, work: make(chan struct{}, 1)}
	news := make(chan struct{})
	t.news.Store(&news)
	key, fresh, err := loadKey(o.Key)
	if err != nil {
		return nil, err
	}
	t.use(key)
	t.fresh = fresh
	if err := t.recover(); err != nil {
		return nil, err
	}
	if err := writePublic(o.Dir, t.public); err != nil {
		return nil, err
	}
	for _, s := range o.Sinks {
		t.feeds = append(t.feeds, newFeed(t, s))
	}
	return t, nil
}

// recover continues from the end of the files.
func (t *Trail) recover() (err error) {
	if t.segs, err = segments(t.o.Dir); err != nil {
		return err
	}
	var e end
	for len(t.segs) > 0 && e.seq == 0 {
		last := len(t.segs) - 1
		if e, err = t.segs[last].recover(t.o.Dir); err != nil {
			return err
		}
		if e.seq == 0 { // created and never written to
			if err := os.Remove(t.segs[last].path(t.o.Dir)); err != nil {
				return fmt.Errorf("cannot remove an empty file of the trail: %w", err)
			}
			t.segs = t.segs[:last]
		}
	}
	for i := len(t.segs) - 2; i >= 0 && e.trail == [16]byte{}; i-- {
		before, err := t.segs[i].recover(t.o.Dir)
		if err != nil {
			return err
		}
		e.trail, e.signed, e.loose = before.trail, before.signed, e.loose+before.loose
		e.last = before.last
	}
	if e.seq > 0 && e.last.Seq == 0 {
		return fmt.Errorf("the audit trail in %s has no signed record any more, so nobody can tell which trail it is: put back the file that was removed, or move the others elsewhere to begin another", t.o.Dir)
	}
	if e.seq > 0 && !e.signedBy(t.public) {
		if err := t.resume(&e); err != nil {
			return err
		}
	}
	t.chain.ID, t.chain.Seq, t.chain.Prev = e.trail, e.seq, e.sum
	t.at, t.loose, t.signed, t.anchor = ledger.Seq(e.at), e.loose, time.Unix(0, e.signed), e.last.Seq
	if e.seq > 0 {
		t.synced.Store(e.seq)
		t.reached.Store(e.at)
		return nil
	}
	rand.Read(t.chain.ID[:])
	t.checkpoint()
	return t.flush()
}

// Start follows the ledger, and delivers lines to the sinks, until Close. An error means that nothing was begun.
func (t *Trail) Start(log *ledger.Ledger) error {
	if err := t.adopt(log); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	feeding, quit := context.WithCancel(context.Background())
	t.log, t.stop, t.quit = log, stop, quit
	t.done.Go(func() { t.follow(ctx, log) })
	t.done.Go(func() { t.tend(ctx) })
	for _, f := range t.feeds {
		t.fed.Go(func() { f.run(feeding) })
	}
	return nil
}

// Needed returns the position up to which the ledger is no longer needed: ledger.Options.Needed.
func (t *Trail) Needed() ledger.Seq { return ledger.Seq(t.reached.Load()) }

// Public returns the key that verifies the trail, as PEM, and whether it was made by Open.
func (t *Trail) Public() (pem []byte, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pem, _ = audit.EncodePublic(t.public)
	return pem, t.fresh
}

var errFull = errors.New("the audit trail has no room: its sinks have taken nothing for too long")

// Trouble returns why no calls should be accepted: their records could not be kept. nil: they can.
func (t *Trail) Trouble() error {
	if e := t.failed.Load(); e != nil {
		return *e
	}
	if t.full.Load() {
		return errFull
	}
	return nil
}

// Close writes and signs what the ledger has, gives the sinks a few seconds, and
// ends. It is called when the ledger gets no more records, and before the ledger is closed.
func (t *Trail) Close() error {
	if t.stop != nil {
		t.stop()
		t.done.Wait()
		t.rest()
	}
	t.mu.Lock()
	if t.loose > 0 {
		t.checkpoint()
	}
	err := t.flush()
	t.mu.Unlock()
	t.drain()
	for _, s := range t.o.Sinks {
		err = cmp.Or(err, s.Close())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil {
		err = cmp.Or(err, t.file.Close())
		t.file = nil
	}
	return cmp.Or(err, t.lock.Close())
}

// rest reads what was not followed yet. Nothing is appended any more.
func (t *Trail) rest() {
	t.mu.Lock()
	broken := t.broken != nil
	t.mu.Unlock()
	if broken {
		return // the next start continues
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	err := t.log.Wait(ctx, t.log.End())
	if err == nil {
		_, err = t.log.Replay(t.place(), func(r *ledger.Record) error { return t.take(ctx, r) })
	}
	if err != nil {
		t.o.Log.Warn("the end of the ledger is not in the audit trail yet; the next start brings it there", "error", err)
	}
}

// drain waits for the sinks for a bounded time: they get the rest after the next start.
func (t *Trail) drain() {
	if t.quit == nil {
		return
	}
	t.closing.Store(true)
	t.tell()
	end := time.After(closeWait)
	for _, f := range t.feeds {
		for f.pos.Load() < t.synced.Load() && !f.troubled() {
			select {
			case <-end:
				t.quit()
				t.fed.Wait()
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	t.quit()
	t.fed.Wait()
}
