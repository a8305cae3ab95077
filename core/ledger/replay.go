package ledger

import (
	"errors"
	"fmt"
	"slices"
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
