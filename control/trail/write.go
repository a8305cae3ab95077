package trail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"asbru/core/audit"
	"asbru/core/ledger"
)

// follow reads the ledger until ctx ends.
func (t *Trail) follow(ctx context.Context, log *ledger.Ledger) {
	for ctx.Err() == nil {
		err := log.Follow(ctx, t.place(), func(r *ledger.Record) error { return t.take(ctx, r) })
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ledger.ErrGone):
			t.gap(log.First())
		default:
			t.o.Log.Error("cannot follow the ledger for the audit trail", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(followAgain):
			}
		}
	}
}

func (t *Trail) place() ledger.Seq {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at
}

// gap continues at to because the ledger no longer has what is before it. In a new trail that is no
// loss: it begins where the ledger begins.
func (t *Trail) gap(to ledger.Seq) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.chain.Seq > 1 {
		t.o.Log.Error("a part of the ledger was removed before the audit trail had it", "from", t.at, "to", to)
		t.buf = t.chain.Gap(t.buf, uint64(t.at), uint64(to), t.o.Now().UnixNano())
		t.loose++
	}
	t.at = to
}

// take writes the line of r. An error is that of ctx.
func (t *Trail) take(ctx context.Context, r *ledger.Record) error {
	for t.crowded() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(fullPause):
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.broken != nil || t.stuck && len(t.buf) >= flushBytes { // memory is bounded
		t.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(fullPause):
		}
		t.mu.Lock()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	before := len(t.buf)
	t.buf = t.line(t.buf, r)
	t.at = r.Seq
	if grown := len(t.buf) - before; grown > 0 {
		t.loose++
		if len(t.feeds) > 0 {
			t.waiting.Add(int64(grown))
		}
	}
	if t.loose >= t.o.Records {
		t.checkpoint()
	}
	if len(t.buf) >= flushBytes {
		t.flush()
	} else if len(t.buf) > 0 {
		t.poke()
	}
	return nil
}

// crowded reports whether the lines that wait for sinks fill the spool.
func (t *Trail) crowded() bool {
	full := t.waiting.Load() >= t.o.Spool
	if t.full.Swap(full) != full && full {
		t.o.Log.Error("the audit trail has no room for what its sinks do not take", "bytes", t.waiting.Load())
	}
	return full
}

// line appends the line of r. A record that only the accounts need has none.
func (t *Trail) line(b []byte, r *ledger.Record) []byte {
	switch r.Kind {
	case ledger.Admin:
		if c, err := audit.ParseChange(r.Payload); err == nil {
			return t.chain.Change(b, uint64(r.Seq), &c)
		}
		return t.chain.Change(b, uint64(r.Seq), &audit.Change{Time: r.Time, Did: "unknown", Notes: "a record of another version"})
	case ledger.Settle, ledger.Release, ledger.Audit, ledger.Charge:
	default:
		return b
	}
	p := audit.Place{
		At: uint64(r.Seq), ID: r.ID, Time: r.Time, Nanos: r.Amount,
		Partial: r.Flags&ledger.Partial != 0, Estimated: r.Flags&ledger.Estimated != 0, Cached: r.Flags&ledger.Cached != 0,
		Unheld: r.Kind == ledger.Audit,
	}
	if r.Flags&ledger.Clamped != 0 {
		p.Claimed = r.Floor
	}
	if c, err := audit.ParseCall(r.Payload); err == nil {
		return t.chain.Call(b, &p, &c)
	}
	if u, err := audit.ParseTurned(r.Payload); err == nil {
		return t.chain.Turned(b, uint64(r.Seq), &u)
	}
	if r.Kind == ledger.Release && len(r.Payload) == 0 {
		return b // a hold without effect, which another record describes
	}
	return t.chain.Charge(b, &p)
}

// checkpoint signs everything so far. The caller holds mu.
func (t *Trail) checkpoint() {
	now := t.o.Now()
	t.buf = t.chain.Checkpoint(t.buf, uint64(t.at), now.UnixNano())
	t.loose, t.signed, t.anchor = 0, now, t.chain.Seq
}

// tend syncs, cleans up and signs until ctx ends; syncs are delayed by a moment to be grouped.
func (t *Trail) tend(ctx context.Context) {
	tick := time.NewTicker(signLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-t.work:
			select {
			case <-ctx.Done():
				return
			case <-time.After(flushEvery): // what arrives meanwhile is synced with it
			}
		}
		t.mu.Lock()
		age := t.o.Now().Sub(t.signed)
		if t.loose > 0 && age >= t.o.Every || age >= idleEvery {
			t.checkpoint()
		}
		if t.flush() == nil {
			t.handOver()
		}
		t.prune()
		t.mu.Unlock()
	}
}

// poke wakes tend.
func (t *Trail) poke() {
	select {
	case t.work <- struct{}{}:
	default:
	}
}

// flush writes and syncs the lines in memory and wakes the feeds. A failed write, on a full disk,
// is undone and tried again. After a failed sync nothing is written any more: the kernel may
// have dropped the pages. The caller holds mu.
func (t *Trail) flush() error {
	if t.broken != nil {
		return t.broken
	}
	if len(t.buf) > 0 {
		if err := t.write(); err != nil {
			return t.failing(err)
		}
		t.buf = t.buf[:0]
		if t.stuck {
			t.stuck = false
			t.failed.Store(nil)
			t.o.Log.Info("the audit trail is written again")
		}
	}
	t.reached.Store(uint64(t.at))
	if t.synced.Swap(t.chain.Seq) != t.chain.Seq {
		t.tell()
	}
	return nil
}

// failing logs why nothing was written, the first time.
func (t *Trail) failing(err error) error {
	var f *fatal
	final := errors.As(err, &f)
	err = fmt.Errorf("cannot write the audit trail: %w", err)
	if !t.stuck || final {
		t.o.Log.Error("the audit trail cannot be written", "error", err, "final", final)
		t.failed.Store(&err)
	}
	t.stuck = true
	if final {
		t.broken = err
		if t.o.Failed != nil {
			t.o.Failed(err)
		}
	}
	return err
}

// A fatal is an error after which the files may not contain what was written.
type fatal struct{ error }

func (f *fatal) Unwrap() error { return f.error }

func (t *Trail) write() error {
	if err := t.ready(); err != nil {
		return err
	}
	s := &t.segs[len(t.segs)-1]
	if _, err := t.file.Write(t.buf); err != nil {
		if back := t.file.Truncate(s.size); back != nil { // a partial line must not stay
			return &fatal{errors.Join(err, back)}
		}
		return err
	}
	if err := t.file.Sync(); err != nil {
		return &fatal{err}
	}
	s.size += int64(len(t.buf))
	return nil
}

// ready opens the last file, or a new one if that is full.
func (t *Trail) ready() error {
	n := len(t.segs)
	whole := n == 0 || t.segs[n-1].size >= t.o.segment
	if t.file != nil && !whole {
		return nil
	}
	if t.file != nil {
		err := t.file.Close()
		t.file = nil
		if err != nil {
			return &fatal{err}
		}
	}
	s := segment{first: t.synced.Load() + 1}
	if !whole {
		s = t.segs[n-1]
	}
	f, err := t.o.open(s.path(t.o.Dir))
	if err != nil {
		return err
	}
	t.file = f
	if whole {
		t.segs = append(t.segs, s)
		return syncDir(t.o.Dir)
	}
	return nil
}

// tell wakes the feeds.
func (t *Trail) tell() {
	fresh := make(chan struct{})
	close(*t.news.Swap(&fresh))
}

// list returns the files, for a cursor.
func (t *Trail) list() []segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.segs)
}

// prune counts what waits for sinks and removes files that are no longer needed. The last file
// stays, because the chain continues from it, and so does the last one with a durable checkpoint, because only
// that identifies the trail. The caller holds mu.
func (t *Trail) prune() {
	have := t.synced.Load()
	anchored := t.anchor <= have // durable
	for _, f := range t.feeds {
		have = min(have, f.pos.Load())
	}
	waiting, gone := int64(0), 0
	if len(t.feeds) > 0 {
		waiting = int64(len(t.buf))
	}
	for i, s := range t.segs {
		last := t.synced.Load()
		if i+1 < len(t.segs) {
			last = t.segs[i+1].first - 1
		}
		if last > have {
			waiting += s.size
		} else if i == gone && i+1 < len(t.segs) && anchored && t.anchor > last && t.expired(s) {
			gone++
		}
	}
	t.waiting.Store(waiting)
	for range gone {
		if err := os.Remove(t.segs[0].path(t.o.Dir)); err != nil {
			t.o.Log.Error("cannot remove a file of the audit trail", "error", err)
			return
		}
		t.segs = t.segs[1:]
	}
}

func (t *Trail) expired(s segment) bool {
	if t.o.Keep == 0 {
		return len(t.feeds) > 0
	}
	info, err := os.Stat(s.path(t.o.Dir))
	return err == nil && t.o.Now().Sub(info.ModTime()) > t.o.Keep
}
