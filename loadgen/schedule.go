package loadgen

import (
	"math/rand/v2"
	"time"
)

// arrivals is the open-loop schedule of one lane in one window: the moments at which
// requests are to be sent. They do not depend on what happens to earlier requests.
type arrivals struct {
	start, end int64   // clock nanoseconds; a moment lies in [start, end)
	gap        float64 // nanoseconds between two requests of the whole window
	lane       int     // this lane takes moments lane, lane+lanes, ...
	lanes      int
	i          int        // moments returned so far
	at         float64    // Poisson: nanoseconds after start of the last moment
	random     *rand.Rand // nil for even gaps
}

// pace is the distribution of a window's requests.
type pace struct {
	rate    float64 // requests per second of all lanes together
	poisson bool
	seed    uint64
}

// newArrivals makes the schedule of a window. The same pace, lane and length give the same
// offsets, so that every target of a round gets the same arrivals.
func newArrivals(p pace, start int64, length time.Duration, lane, lanes int) *arrivals {
	a := &arrivals{start: start, end: start + int64(length), gap: 1e9 / p.rate, lane: lane, lanes: lanes}
	if p.poisson {
		a.random = rand.New(rand.NewPCG(p.seed, uint64(lane)))
	}
	return a
}

// next returns the next moment, false if there are no more. Even gaps are computed from the
// index, so that they do not drift.
func (a *arrivals) next() (at int64, ok bool) {
	if a.random != nil {
		a.at += a.random.ExpFloat64() * a.gap * float64(a.lanes)
		at = a.start + int64(a.at)
	} else {
		at = a.start + int64(float64(a.i*a.lanes+a.lane)*a.gap)
	}
	a.i++
	return at, at < a.end
}
