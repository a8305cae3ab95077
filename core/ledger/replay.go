package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrGone says that a part of the log was removed because nobody needed it.
var ErrGone = errors.New("this part of the ledger was removed")

// Replay calls f for every durable record after from, in order, and returns the Seq of
// the last one. A record is valid during the call; an error of f ends the replay and is
// returned. It may be called while others append: what follows the ledger calls it
// again and again with what it returned.
func (l *Ledger) Replay(from Seq, f func(*Record) error) (Seq, error) {
	return l.replay(newReader(l.fs, l.seed, l.o.Segment), from, l.Durable(), f)
}

// Follow calls f for every record after from, those that are there and those that will
// be, each when it is durable and within followPause of that, until ctx ends or f fails:
// the error is that of one of them, or the ledger's. One who follows says by
// Options.Needed how much of the log must stay.
func (l *Ledger) Follow(ctx context.Context, from Seq, f func(*Record) error) error {
	r := newReader(l.fs, l.seed, l.o.Segment)
	for {
		var err error
		if from, err = l.replay(r, from, l.Durable(), f); err != nil {
			return err
		}
		if err := l.expect(ctx, from+1); err != nil {
			return err
		}
		select { // a group at a time would open the file for each
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(followPause):
		}
	}
}

// First is where the log begins that is still there.
func (l *Ledger) First() Seq {
	l.spans.Lock()
	defer l.spans.Unlock()
	if len(l.spans.list) == 0 {
		return l.Durable()
	}
	return l.spans.list[0].base
}

func (l *Ledger) replay(r *reader, from, to Seq, f func(*Record) error) (Seq, error) {
	l.spans.Lock()
	spans := slices.Clone(l.spans.list)
	l.spans.Unlock()
	return r.all(spans, from, to, f)
}

// all goes through the segments from from up to to. What is no record there is damage.
func (r *reader) all(spans []span, from, to Seq, f func(*Record) error) (Seq, error) {
	if from < to && (len(spans) == 0 || from < spans[0].base) {
		return from, fmt.Errorf("cannot read the ledger from %v: %w", from, ErrGone)
	}
	for _, s := range spans {
		if s.end <= from || s.base >= to {
			continue
		}
		if from < s.base {
			return from, &Corrupt{segmentName(from), -1, errMissing}
		}
		pos, err := r.segment(s, from, min(to, s.end), f)
		from = pos
		var bad *stop
		if errors.As(err, &bad) {
			return from, &Corrupt{s.name, s.offset(bad.pos), bad.why}
		}
		if err != nil {
			return from, err
		}
	}
	if from < to {
		return from, &Corrupt{segmentName(from), -1, errMissing}
	}
	return from, nil
}

var errMissing = errors.New("a segment is missing")
