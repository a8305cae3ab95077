package loadgen

import (
	"math/rand/v2"
	"time"
)

// arrivals is the open-loop schedule of one lane in one window: the moments at
// which requests are meant to leave. Nothing that happens to a request moves
// the ones after it.
type arrivals struct {
	start, end int64   // clock nanoseconds; a moment lies in [start, end)
	gap        float64 // nanoseconds between two requests of the whole window
	lane       int     // this lane takes moments lane, lane+lanes, ...
	lanes      int
	i          int        // requests handed out
	at         float64    // Poisson: nanoseconds after start of the last moment
	random     *rand.Rand // nil for even gaps
}

// pace says how a window's requests are spread.
type pace struct {
	rate    float64 // requests a second of all lanes together
	poisson bool
	seed    uint64
}

// newArrivals lays out a window. The same pace, lane and length give the same
// offsets, so every target of a round meets the same arrivals.
func newArrivals(p pace, start int64, length time.Duration, lane, lanes int) *arrivals {
	a := &arrivals{start: start, end: start + int64(length), gap: 1e9 / p.rate, lane: lane, lanes: lanes}
	if p.poisson {
		a.random = rand.New(rand.NewPCG(p.seed, uint64(lane)))
	}
	return a
}

// next is the next moment, or false when the window has no more. Even gaps are
// computed from the index, so they do not drift.
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
