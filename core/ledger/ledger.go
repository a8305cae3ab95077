package ledger

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a ledger needs besides a place. The zero value is a good one.
type Options struct {
	Segment int64         // bytes of a segment; 0: DefaultSegment
	Ring    int           // bytes of memory for records not yet written; 0: DefaultRing
	Every   time.Duration // at most between checkpoints while something is spent; 0: DefaultEvery

	// Fold adds up the records, for checkpoints; nil: there are none, and Open reads all.
	Fold Fold

	// Failed is told, once, why nothing will ever be durable again: a write or a sync
	// failed. The process should end with an error. nil: Err tells it too.
	Failed func(error)

	// Needed is the position up to which nobody needs the log any more; whole segments
	// before it and before the older of two checkpoints are removed. nil: none is.
	Needed func() Seq
}

// A Fold is what records add up to. The ledger calls it from one goroutine at a time.
type Fold interface {
	Apply(r *Record) error             // in the order of the log; r is valid during the call
	AppendState(dst []byte) []byte     // for a checkpoint
	LoadState(src []byte, s Seq) error // of a checkpoint at s; src is valid during the call
}

// A Ledger is an open log. Reserve, Return, Append, Durable, Enlist, Rouse and Err may be called
// by anybody at any time and never wait.
type Ledger struct {
	fs   FS
	o    Options
	id   [16]byte
	seed uint32
	lock io.Closer
	ring *ring
	bell chan struct{} // wakes the writer

	// What the writer changes and who appends looks at stands in one line of the processor's cache, and
	// what both change in another: each of them is fetched from the other processor at every call.
	_       cacheLine
	durable atomic.Uint64
	disk    atomic.Int64 // bytes that can be written to space that is allocated
	shut    atomic.Bool  // Reserve refuses: broken or stuck
	broken  atomic.Bool
	asleep  atomic.Bool
	armed   atomic.Bool // the writer will look for what nobody waits for, in a while
	_       cacheLine
	want    atomic.Uint64 // the Seq up to which somebody waits
	waiters waiters
	_       cacheLine

	err     atomic.Pointer[error] // why, when broken
	stuck   atomic.Pointer[error] // why the writer could not write; nil: it could
	trouble atomic.Pointer[error] // why there is no spare; nil: there is, or will be
	counts  counts

	// The writer's own.
	cur     *segment
	written Seq
	parked  *waiter
	mark    *mark
	zeros   []byte // see smooth

	making sync.Mutex // of the spare
	spare  File       // guarded by making; nil: there is none

	spans struct {
		sync.Mutex
		list []span // the last one is being written
	}

	keeping sync.Mutex // of checkpoints
	folded  Seq        // what Fold has seen; guarded by keeping
	kept    Seq        // of the last checkpoint; guarded by keeping
	gone    Seq        // up to where nobody needs the log; guarded by keeping
	chores  chan struct{}
	found   Recovery
	done    sync.WaitGroup
	stop    chan struct{}
	started bool
	close   sync.Once
	closed  error // what Close returns
}

// cacheLine keeps what stands before it and what stands behind it apart: lines are of 64 bytes, here and there of 128.
type cacheLine [64]byte

// A segment is the file that is being written.
type segment struct {
	span
	file  File
	limit Seq // no record may end beyond
	even  Seq // up to here the file has blocks that were written before; see smooth
}

// Reserve takes room for records of so many bytes (see Size) in memory and on disk. It
// reports false when there is none: then the work that would have to be written down must
// not begin, and Trouble says why.
func (l *Ledger) Reserve(bytes int) bool {
	left := l.ring.room.Add(-int64(bytes))
	if left >= 0 && l.ring.size()-left <= l.disk.Load() && !l.shut.Load() {
		return true
	}
	l.ring.room.Add(int64(bytes))
	l.counts.refused.Add(1)
	return false
}

// Return gives back room that was reserved and will not be used.
func (l *Ledger) Return(bytes int) { l.ring.room.Add(int64(bytes)) }

// Append takes r into the log, against room reserved for it; what r does not need of it
// is given back. It never waits and never fails: r is copied, and durable when Durable()
// has reached the Seq that is returned. r is not kept.
func (l *Ledger) Append(r *Record, room int) Seq {
	s := l.Lay(r, room)
	l.Nudge()
	return s
}

// Lay is Append for who has something more urgent to do: the writer is not woken, which takes
// a system call. Who lays calls Nudge, or asks to wait for the Seq, once the urgent thing is
// done; until then the record is written when another one is.
func (l *Ledger) Lay(r *Record, room int) Seq {
	n := Size(len(r.Lines), len(r.Payload))
	if n > room || len(r.Lines) > MaxLines || len(r.Payload) > MaxPayload {
		panic("BUG: ledger: a record larger than what was reserved for it")
	}
	l.ring.room.Add(int64(room - n))
	pos, b := l.ring.take(n)
	l.ring.publish(pos, r.encode(b, pos, l.Durable()))
	r.Seq = pos + Seq(n)
	return r.Seq
}

// Nudge has what was appended written within about lazyWait: it wakes the writer, if that sleeps
// and will not look by itself. While records come it does look, so this is a system call after a
// pause only.
func (l *Ledger) Nudge() {
	if l.asleep.Load() && !l.armed.Load() {
		l.poke()
	}
}

// Durable is the Seq up to which every record survives a power cut.
func (l *Ledger) Durable() Seq { return Seq(l.durable.Load()) }

// End is the Seq of the last record appended.
func (l *Ledger) End() Seq { return Seq(l.ring.tail.Load()) }

// Err says why nothing will become durable any more; nil: all is well.
func (l *Ledger) Err() error {
	if e := l.err.Load(); e != nil {
		return *e
	}
	return nil
}

// Trouble says why Reserve has refused: Err, a disk without space, or one that does not
// keep up.
func (l *Ledger) Trouble() error {
	for _, e := range []*error{l.err.Load(), l.stuck.Load(), l.trouble.Load()} {
		if e != nil {
			return *e
		}
	}
	return errBehind
}

var errBehind = errors.New("the disk does not keep up with the ledger")

// Found is what Open found.
func (l *Ledger) Found() Recovery { return l.found }

// fail ends all hope: no new work is taken, who waits is woken, Failed is told. A sync
// that failed is not tried again: the kernel may have dropped what it could not write.
func (l *Ledger) fail(err error) {
	l.shut.Store(true)
	if l.err.CompareAndSwap(nil, &err) {
		l.broken.Store(true)
		if l.o.Failed != nil {
			l.o.Failed(err)
		}
	}
	l.poke()
}

// poke wakes the writer.
func (l *Ledger) poke() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// Start begins to write what is appended, and the keeping of checkpoints and space.
// Close ends it.
func (l *Ledger) Start() {
	l.started = true
	l.done.Go(l.write)
	l.done.Go(l.keep)
}

// Close writes what was appended, seals the log and lets go of it. Nobody may append any
// more. The error is that of the ledger, or of the sealing. Failed must not call it.
func (l *Ledger) Close() error {
	l.close.Do(func() { l.closed = l.end() })
	return l.closed
}

func (l *Ledger) end() error {
	close(l.stop)
	l.done.Wait()
	for l.step() {
	}
	l.sweep()
	err := l.Err()
	if err == nil && l.written < l.End() {
		err = fmt.Errorf("cannot close the ledger: the records from %v on are not written: %w", l.written, l.Trouble())
	}
	if err == nil {
		err = l.seal(l.written)
	}
	if l.spare != nil {
		l.fs.Remove(spareName)
	}
	l.abandon()
	return err
}
