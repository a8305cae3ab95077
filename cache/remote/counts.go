package remote

import "sync/atomic"

// An outcome is the result of a search.
type outcome uint8

const (
	hit     outcome = iota
	absent          // nothing similar, or the guard objected to all of it
	late            // the deadline passed
	busy            // too many searches were under way
	resting         // paused after failures
	encoder         // the text could not be encoded
	broken          // the store could not be searched
	numOutcomes
)

func (o outcome) String() string {
	return [...]string{"hit", "absent", "late", "busy", "resting", "encoder_failed", "store_failed"}[o]
}

// A fate is the outcome of writing an answer.
type fate uint8

const (
	stored  fate = iota
	dropped      // the queue was full
	tooLong
	rested // paused after failures
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

// Counts are the totals of a Finder.
type Counts struct {
	Asks    map[string]uint64 // by outcome
	Adds    map[string]uint64 // by fate
	Strange uint64            // rows returned that do not match the query: another space, expired, or with a broken seal
	Queued  int               // answers waiting to be written
	Dims    int               // length of a vector in the store; 0: the store has not been reached yet
	Down    bool              // paused: searches are misses for now
}

// Counts are only approximately simultaneous.
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
