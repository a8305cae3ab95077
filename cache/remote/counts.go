package remote

import "sync/atomic"

// An outcome is what came of a look-up.
type outcome uint8

const (
	hit     outcome = iota
	absent          // nothing near, or the guard objected to all of it
	late            // the deadline passed
	busy            // too many were under way
	resting         // it is left alone after failures
	encoder         // the text could not be encoded
	broken          // the store could not be searched
	numOutcomes
)

func (o outcome) String() string {
	return [...]string{"hit", "absent", "late", "busy", "resting", "encoder_failed", "store_failed"}[o]
}

// A fate is what came of an answer that was to be written.
type fate uint8

const (
	stored  fate = iota
	dropped      // the queue was full
	tooLong
	rested // it is left alone after failures
	failed
	numFates
)

func (f fate) String() string {
	return [...]string{"stored", "dropped", "too_long", "resting", "failed"}[f]
}

type counts struct {
	asks    [numOutcomes]atomic.Uint64
	adds    [numFates]atomic.Uint64
	strange atomic.Uint64
}

// Counts say what became of look-ups and answers.
type Counts struct {
	Asks    map[string]uint64 // by outcome
	Adds    map[string]uint64 // by fate
	Strange uint64            // rows that came back and were not what was asked for: another space, over, or with a broken seal
	Queued  int               // answers that wait to be written
	Dims    int               // numbers of a vector in the store; 0: it was not reached yet
	Down    bool              // look-ups are misses for a while
}

// Counts are of about one moment.
func (f *Finder) Counts() Counts {
	c := Counts{Asks: map[string]uint64{}, Adds: map[string]uint64{}, Strange: f.n.strange.Load(), Queued: len(f.adds), Dims: int(f.ready.Load()), Down: f.asking.open()}
	for o := range numOutcomes {
		c.Asks[o.String()] = f.n.asks[o].Load()
	}
	for a := range numFates {
		c.Adds[a.String()] = f.n.adds[a].Load()
	}
	return c
}
