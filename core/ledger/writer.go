package ledger

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// write is the writer: it takes what the ring holds to disk until Close. What somebody waits for
// is written at once, together with all that is there; what nobody does waits for company, for
// lazyWait at most. So the intent of a call, which its provider answers later, is synced with other
// calls' ends as a rule. While records come the writer looks for them by itself, and who appends one
// has nobody to wake.
//
//	asleep ── wanted, or late ──▶ write ──▶ sync ──▶ durable, wake ──┐
//	   ▲                            ▲─────── more is wanted by now ───┤
//	   └────────────────────────────────────────── nothing is wanted ─┘
func (l *Ledger) write() {
	late := time.NewTimer(lazyWait)
	defer late.Stop()
	late.Stop()
	quiet := 0 // looks in a row that found nothing
	for {
		if l.wanted() && l.step() {
			quiet = 0
			continue
		}
		l.asleep.Store(true)
		if l.wanted() && l.stuck.Load() == nil {
			l.asleep.Store(false)
			continue
		}
		l.sweep() // who came too late for the last sweep
		switch {
		case quiet == 0: // something was written since the last look
			quiet = 1
			l.armed.Store(true)
			late.Reset(lazyWait)
		case !l.armed.Load() && l.ready():
			l.armed.Store(true)
			late.Reset(lazyWait)
		}
		select {
		case <-l.bell:
		case <-l.patience():
			l.step()
		case <-late.C:
			if quiet++; l.step() {
				quiet = 0
			} else if quiet <= quietLooks {
				late.Reset(lazyWait)
			} else {
				l.armed.Store(false) // from now on it is to be woken
			}
		case <-l.stop:
			return
		}
		l.asleep.Store(false)
	}
}

// ready reports whether the ring holds something to write.
func (l *Ledger) ready() bool { return !l.broken.Load() && l.ring.next(l.written) > 0 }

// wanted reports whether somebody waits for what the ring holds.
func (l *Ledger) wanted() bool { return l.want.Load() > uint64(l.written) && l.ready() }

// patience is when to look at a full disk again; nil: it is not full.
func (l *Ledger) patience() <-chan time.Time {
	if l.stuck.Load() == nil {
		return nil
	}
	return time.After(retryFull)
}

// step writes and syncs one group of records: all that are complete now and those that
// become so before it is through. It reports whether it has made something durable.
func (l *Ledger) step() bool {
	if l.broken.Load() {
		l.sweep()
		return false
	}
	from := l.written
	to, err := l.group(from)
	if err == nil && to > from {
		err = l.smooth(to)
	}
	if err == nil && to > from {
		if err = l.cur.file.Sync(); err != nil {
			err = &fatal{fmt.Errorf("cannot sync segment %q: %w", l.cur.name, err)}
		}
	}
	if err != nil {
		l.judge(err)
		return false
	}
	if to > from {
		l.finish(from, to)
	}
	l.sweep()
	return to > from
}

// group writes the complete records from from on, and returns where they end. A segment
// that is full is sealed, which syncs it, and the next one begun.
func (l *Ledger) group(from Seq) (Seq, error) {
	pos, round := from, from+Seq(l.ring.size()) // there begins what is being written, again
	for pos < round {
		b := l.ring.run(pos, min(l.cur.limit, round), maxWrite)
		if len(b) > 0 {
			sum(b, l.seed)
			if _, err := l.cur.file.WriteAt(b, l.cur.offset(pos)); err != nil {
				return from, fmt.Errorf("cannot write segment %q: %w", l.cur.name, err)
			}
			pos += Seq(len(b))
			continue
		}
		if l.ring.next(pos) == 0 {
			break
		}
		if pos > from {
			break // what is in this segment first: a group that fails is written again, and must find its segment
		}
		if err := l.rotate(pos); err != nil {
			return from, err
		}
	}
	return pos, nil
}

// smooth writes zeros behind the records that end at pos, once in a while and many at a time: a
// record that is written over zeros costs its sync no change of the file's map, which on ext4 and
// xfs is half of it. That they were allocated is not enough: blocks that were never written are
// marked so. The next sync takes the zeros along.
func (l *Ledger) smooth(pos Seq) error {
	s := l.cur
	n := min(s.limit-pos, smoothBytes)
	if pos <= s.even || n == 0 {
		return nil
	}
	if l.zeros == nil {
		l.zeros = make([]byte, smoothBytes)
	}
	if _, err := s.file.WriteAt(l.zeros[:n], s.offset(pos)); err != nil {
		return fmt.Errorf("cannot write segment %q: %w", s.name, err)
	}
	s.even = pos + n
	return nil
}

// finish makes known that the records from from up to to are durable, and frees their room.
func (l *Ledger) finish(from, to Seq) {
	n := int64(to - from)
	if l.stuck.Swap(nil) != nil {
		l.shut.Store(l.broken.Load())
	}
	l.written = to
	l.durable.Store(uint64(to))
	l.mark.set(to)
	l.counts.group(n)
	for from < to {
		at := from & l.ring.mask
		k := Seq(0)
		for at+k <= l.ring.mask && from+k < to {
			k += Seq(l.ring.next(from + k))
		}
		clear(l.ring.bytes[at : at+k])
		from += k
	}
	l.disk.Add(-n) // before room: Reserve must never see the room without the debt
	l.ring.room.Add(n)
}

// A fatal error is one after which the log cannot be trusted.
type fatal struct{ error }

func (f *fatal) Unwrap() error { return f.error }

// judge takes an error of writing: want of space is waited for, all else is the end.
func (l *Ledger) judge(err error) {
	var f *fatal
	if !errors.As(err, &f) && noSpace(err) {
		l.shut.Store(true)
		l.stuck.Store(&err)
		return
	}
	l.fail(err)
	l.sweep()
}

func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// rotate seals the segment, whose records end at pos, and begins the next one.
func (l *Ledger) rotate(pos Seq) error {
	if err := l.seal(pos); err != nil {
		return err
	}
	next, err := l.begin(pos)
	if err != nil {
		return err
	}
	l.disk.Add(MaxRecord - int64(l.cur.limit-pos)) // what was left of it counts no more
	l.cur.file.Close()
	l.cur = next
	select {
	case l.chores <- struct{}{}:
	default:
	}
	if !l.started {
		l.prepare()
	}
	return nil
}

// seal cuts the segment after its last record.
func (l *Ledger) seal(pos Seq) error {
	if err := l.cur.file.Resize(l.cur.offset(pos)); err != nil {
		return fmt.Errorf("cannot cut segment %q: %w", l.cur.name, err)
	}
	if err := l.cur.file.Sync(); err != nil {
		return &fatal{fmt.Errorf("cannot sync segment %q: %w", l.cur.name, err)}
	}
	return nil
}

// begin makes the spare the segment for the records from base on. Until it has its own
// name nobody may make another spare: that would empty this one.
func (l *Ledger) begin(base Seq) (*segment, error) {
	l.making.Lock()
	defer l.making.Unlock()
	if err := l.prepareLocked(); err != nil {
		return nil, err
	}
	s := &segment{span: span{segmentName(base), base, base + Seq(l.o.Segment-headSize)}, file: l.spare}
	s.limit = s.end
	h := head{id: l.id, pos: base}
	if _, err := s.file.WriteAt(h.encode(segmentMagic), 0); err != nil {
		return nil, fmt.Errorf("cannot write segment %q: %w", s.name, err)
	}
	if err := s.file.Sync(); err != nil {
		return nil, &fatal{fmt.Errorf("cannot sync segment %q: %w", s.name, err)}
	}
	if err := l.fs.Rename(spareName, s.name); err != nil {
		return nil, fmt.Errorf("cannot name segment %q: %w", s.name, err)
	}
	if err := l.fs.SyncDir(); err != nil {
		return nil, &fatal{fmt.Errorf("cannot sync the ledger's directory: %w", err)}
	}
	l.spare = nil
	l.enlist(s.span)
	return s, nil
}

// enlist tells readers of a segment that was begun, and where the one before it ends.
func (l *Ledger) enlist(s span) {
	l.spans.Lock()
	defer l.spans.Unlock()
	if n := len(l.spans.list); n > 0 {
		l.spans.list[n-1].end = s.base
		if l.spans.list[n-1].base == s.base { // an empty one was there
			l.spans.list = l.spans.list[:n-1]
		}
	}
	l.spans.list = append(l.spans.list, s)
}
