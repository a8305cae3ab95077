package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"asbru/core/audit"
)

// A Sink is a destination of lines. One goroutine calls it. Its Position must only cover what is
// durable.
type Sink interface {
	// Name identifies it in logs and metrics; it never holds a secret.
	Name() string

	// Position returns the number of the last line of the trail that it has; 0: none.
	Position(ctx context.Context, trail string) (uint64, error)

	// Store stores rows that follow Position. It must tolerate rows that it has already: after an
	// error it is unknown how many were stored.
	Store(ctx context.Context, trail string, rows []Row) error

	// Expire removes lines older than the sink's retention, up to a checkpoint.
	Expire(ctx context.Context, trail string, now time.Time) error

	// Batch returns how much it wants at a time.
	Batch() Batch

	Close() error
}

// A Batch says how much a sink wants at a time.
type Batch struct {
	Rows, Bytes int
	Wait        time.Duration // how long a smaller batch may wait; 0: not at all
	Signed      bool          // it ends with a checkpoint
}

// A Row is one line.
type Row struct {
	audit.Head
	Line []byte // without its line feed
}

// A feed delivers the lines to one sink.
type feed struct {
	t     *Trail
	sink  Sink
	trail string
	cur   cursor
	lines *audit.Lines

	keeper   keeper // sink, if it stores prompts; nil otherwise
	contents contents

	ahead []Row     // read but not stored
	since time.Time // when the first of ahead was read

	pos      atomic.Uint64
	stored   atomic.Uint64
	failures atomic.Uint64
	missed   atomic.Uint64 // lines that were removed before the sink had them
	trouble  atomic.Pointer[error]
}

func newFeed(t *Trail, s Sink) *feed {
	f := &feed{t: t, sink: s, trail: fmt.Sprintf("%x", t.chain.ID), cur: cursor{dir: t.o.Dir, segs: t.list}, lines: audit.NewLines()}
	if k, ok := s.(keeper); ok && t.o.Content.Bytes > 0 {
		f.keeper, f.contents.waiting = k, make(chan Content, contentQueue)
	}
	return f
}

func (f *feed) troubled() bool { return f.trouble.Load() != nil }

// run feeds until ctx ends. After each failure it asks the sink for its position again.
func (f *feed) run(ctx context.Context) {
	defer f.cur.close()
	wait := leastBackoff
	for ctx.Err() == nil {
		at := f.pos.Load()
		err := f.feed(ctx)
		if ctx.Err() != nil {
			return
		}
		f.failures.Add(1)
		if f.trouble.Swap(&err) == nil {
			f.t.o.Log.Warn("an audit sink takes nothing; what it lacks is kept", "sink", f.sink.Name(), "error", err)
		}
		if f.pos.Load() > at {
			wait = leastBackoff
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, mostBackoff)
	}
}

var errAhead = errors.New("the sink has records of this trail that the trail does not have: was an old copy of its directory put back?")

func (f *feed) feed(ctx context.Context) error {
	pos, err := f.ask(ctx)
	if err != nil {
		return err
	}
	if pos > f.t.synced.Load() {
		return errAhead
	}
	first, err := f.cur.seek(pos + 1)
	if err != nil {
		return err
	}
	if lost := first - pos - 1; lost > 0 {
		f.missed.Add(lost)
		f.t.o.Log.Error("an audit sink is new, or came back too late: the trail does not have the records any more that it lacks", "sink", f.sink.Name(), "records", lost)
	}
	f.pos.Store(first - 1)
	f.ahead = nil
	expire := time.NewTicker(expireEvery)
	defer expire.Stop()
	for {
		rows, err := f.gather(ctx, expire.C)
		if err != nil {
			return err
		}
		if err := f.store(ctx, rows); err != nil {
			return err
		}
		if e := f.trouble.Swap(nil); e != nil {
			f.t.o.Log.Info("the audit sink takes records again", "sink", f.sink.Name())
		}
	}
}

func (f *feed) ask(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	return f.sink.Position(ctx, f.trail)
}

func (f *feed) store(ctx context.Context, rows []Row) error {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := f.sink.Store(ctx, f.trail, rows); err != nil {
		return err
	}
	f.stored.Add(uint64(len(rows)))
	f.pos.Store(rows[len(rows)-1].Seq)
	f.t.poke()
	return nil
}

// gather waits for the rows of the next batch, at least one, and returns them.
func (f *feed) gather(ctx context.Context, expire <-chan time.Time) ([]Row, error) {
	want := f.sink.Batch()
	for {
		news := *f.t.news.Load()
		if err := f.read(want); err != nil {
			return nil, err
		}
		n, whole := f.due(want)
		if whole {
			rows := f.ahead[:n]
			f.ahead, f.since = f.ahead[n:], f.t.o.Now()
			return rows, nil
		}
		var late <-chan time.Time
		if len(f.ahead) > 0 {
			late = time.After(want.Wait)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-news:
		case <-late:
		case c := <-f.contents.waiting:
			f.keepSome(ctx, c)
		case now := <-expire:
			f.expire(ctx, now)
		}
	}
}

func (f *feed) expire(ctx context.Context, now time.Time) {
	err := f.sink.Expire(ctx, f.trail, now)
	if keep := f.t.o.Content.Keep; err == nil && f.keeper != nil && keep > 0 {
		err = f.keeper.Forget(ctx, f.trail, now.Add(-keep))
	}
	if err != nil {
		f.t.o.Log.Warn("an audit sink cannot remove what it kept long enough", "sink", f.sink.Name(), "error", err)
	}
}

// read reads ahead, up to one batch.
func (f *feed) read(want Batch) error {
	size := 0
	for i := range f.ahead {
		size += len(f.ahead[i].Line)
	}
	for f.cur.next <= f.t.synced.Load() && len(f.ahead) < want.Rows && size < want.Bytes {
		line, err := f.cur.line()
		if err != nil {
			return err
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		h, err := f.lines.Own(line)
		if err != nil || h.Seq != f.cur.next-1 {
			return fmt.Errorf("record %d of the trail is not what was written", f.cur.next-1)
		}
		if len(f.ahead) == 0 {
			f.since = f.t.o.Now()
		}
		f.ahead = append(f.ahead, Row{h, line})
		size += len(line)
	}
	return nil
}

// due returns how many rows the next batch has now; whole: it need not wait for more.
func (f *feed) due(want Batch) (n int, whole bool) {
	n = len(f.ahead)
	if n == 0 {
		return 0, false
	}
	full := f.cur.next <= f.t.synced.Load() // if not, read stopped at a bound
	if want.Signed {
		for n > 0 && f.ahead[n-1].Kind != audit.KindCheckpoint {
			n--
		}
		if n == 0 && full {
			n = len(f.ahead)
		}
	}
	return n, n > 0 && (full || want.Wait == 0 || f.t.closing.Load() || f.t.o.Now().Sub(f.since) >= want.Wait)
}
