package cache

import (
	"fmt"
	"time"

	"asbru/cache/semantic"
)

// Likeness configures whether questions with the same meaning share an answer. With the zero Likeness
// they do not.
type Likeness struct {
	On        bool
	Mode      semantic.Mode
	Threshold float64 // least cosine; 0: that of the mode
	Entries   int     // most questions; 0: a million
}

// likeness is the Nearby that uses the model built into the program.
type likeness struct {
	x    *semantic.Index
	mode semantic.Mode
}

// newLikeness loads the model. Close must be called.
func newLikeness(l Likeness) (*likeness, error) {
	o := semantic.Options{Mode: l.Mode, Entries: l.Entries}
	if int(l.Mode) >= len(o.Cosine) || l.Threshold < 0 || l.Threshold > 1 {
		return nil, fmt.Errorf("%w: a threshold from 0 to 1", ErrOptions)
	}
	o.Cosine[l.Mode] = float32(l.Threshold)
	x, err := semantic.New(o)
	if err != nil {
		return nil, fmt.Errorf("cannot load the model of the cache: %w", err)
	}
	return &likeness{x, l.Mode}, nil
}

// Look implements Nearby.
func (l *likeness) Look(q *Question) (key [32]byte, m Match, ok bool) {
	v := l.x.Look((*semantic.Space)(&q.Space), q.Text, semantic.How{Mode: l.mode, Least: float32(q.Threshold)})
	return v.ID, Match{Similarity: float64(v.Similarity), Threshold: float64(v.Threshold), Guard: v.Guard(), Words: v.Tier == semantic.Canonical}, v.Hit
}

// Add implements Nearby.
func (l *likeness) Add(q *Question, key [32]byte, until int64) {
	l.x.Add((*semantic.Space)(&q.Space), q.Text, (*semantic.ID)(&key), until/int64(time.Second))
}

// Remove implements Nearby.
func (l *likeness) Remove(key [32]byte) { l.x.Remove((*semantic.ID)(&key)) }

// Close implements Nearby.
func (l *likeness) Close() { l.x.Close() }
