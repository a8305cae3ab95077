package gate

import "time"

// Defaults of a Spec.
const (
	DefaultMin   = 4               // the learnt limit never falls below it
	DefaultMax   = 1000            // nor rises above it
	DefaultQueue = 1000            // requests that wait at once
	DefaultWait  = 2 * time.Second // for a place
	DefaultShare = 0.1             // batch's part of the turns while interactive requests wait

	MostQueue = 100_000 // the largest Queue that can be configured
)

// Of the queue.
const (
	started = 12                      // the limit before anything is learnt, within Min and Max
	spared  = 10                      // one place in this many is reserved for interactive requests while there are any
	lately  = int64(10 * time.Second) // after the last interactive request there are none any more

	idleFlows = 256 // callers without waiting requests that are remembered
	longest   = 60  // seconds; the most that Retry-After says

	leastWait = int64(5 * time.Millisecond)   // a standing queue is not cut to less than this wait
	leastSpan = int64(100 * time.Millisecond) // the least duration of a window, and of the spans below

	allPart    = 3 // a standing queue is cut to a wait of Quick divided by this
	allSpans   = 2 // spans that a queue must be too long to count as standing
	spanTurns  = 8 // a span lasts leastSpan, or this many turns if they take longer
	leastTurns = 8 // turns of a round, besides two for each caller
	offSpans   = 8 // it stops counting as standing after this many times allSpans of being short enough
	ownPart    = 8 // a greedy caller's flow is cut to a wait of Quick divided by this

	demandSpans  = 5   // spans over which a caller's demand is averaged
	greed        = 1.5 // a caller is greedy if its demand exceeds this many times its share
	divideRounds = 6   // rounds of computing the share, each of which can only raise it
	greedLeast   = 8   // requests in demandSpans; a caller with fewer is never greedy
)

// Of the limit.
const (
	enough       = 24 // samples that a window needs; more, up to enoughAtMost, if they vary widely
	enoughAtMost = 500
	precise      = 0.06                    // the standard error of a window's average to aim for, as log2
	tellsLower   = 0.1                     // a window quicker than Quick by this, as log2, corrects it at once
	few          = 6                       // samples; with fewer nothing is concluded
	lateSpans    = 20                      // leastSpans after which a window closes with fewer than enough samples
	lateLags     = 8                       // answers' durations after which it closes with fewer than it needs
	tolerance    = 1.15                    // an answer that takes up to this many times Quick counts as quick
	atEase       = 1.08                    // below this many times Quick the limit grows by at least an eighth
	headroom     = 3                       // the limit grows by its root divided by this, doubled with each quick window in a row
	mostCalm     = 8                       // quick windows in a row after which that is doubled no further
	sharpest     = 0.5                     // one window lowers the limit to this many times itself at most
	rush         = 1.5                     // growth of the limit per window until the first sign of overload
	muchSlower   = 1.5                     // above this many times Quick a streak begins
	noHelp       = 0.85                    // above this many times the streak's first ratio a halved limit did not help
	throttle     = 0.95                    // factor of the limit when the target answers that it is overloaded
	ceilingHolds = int64(30 * time.Second) // for this long the limit passes the ceiling one by one only
	timeout      = 0.75                    // factor of the limit when the target does not answer in time
	steady       = 0.05                    // a relative change of the limit below this does not disturb a measurement

	probeFirst = int64(time.Second)      // until the first probe; each interval is twice the last,
	probeMost  = int64(30 * time.Second) // up to this,
	probeSpans = 100                     // or up to this many times Quick if that is longer
	probeRests = 30                      // an interval is at least this many times as long as the last probe took
	eased      = 0.75                    // factor of the limit for each window of a probe
)
