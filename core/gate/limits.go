package gate

import "time"

// Defaults of a Spec.
const (
	DefaultMin   = 4               // requests under way that are always allowed
	DefaultMax   = 1000            // and that never are passed
	DefaultQueue = 1000            // requests that wait at once
	DefaultWait  = 2 * time.Second // for a place
	DefaultShare = 0.1             // of the turns that batch has while interactive ones wait

	MostQueue = 100_000 // that can be configured
)

// Of the queue.
const (
	started = 12 // the limit before anything was learnt, within Min and Max
	spared  = 10 // one place in so many is kept for interactive requests while there are any
	lately  = int64(10 * time.Second)

	idleFlows = 256 // callers remembered that have nothing waiting
	longest   = 60  // seconds of Retry-After

	leastWait = int64(5 * time.Millisecond)   // that a standing queue is cut down to
	leastSpan = int64(100 * time.Millisecond) // of a window, and for a queue to stand

	allPart    = 3 // a standing queue is cut to this part of Quick
	allSpans   = 2 // for which it has to stand
	spanTurns  = 8 // or so many turns
	leastTurns = 8 // of a round, besides two for each caller
	offSpans   = 8 // times as long it must not, to count as standing no more
	ownPart    = 8 // that of a greedy caller is cut to this part

	demandSpans  = 5   // over which a caller's demand is averaged
	greed        = 1.5 // times its share, from which on a caller is greedy
	divideRounds = 6   // of reckoning the share, each of which can only raise it
	greedLeast   = 8   // requests in those spans; who asks less often is not
)

// Of the limit.
const (
	enough       = 24 // samples of a window, and more the less they agree:
	enoughAtMost = 500
	precise      = 0.06                    // standard error of the average, as log2
	tellsLower   = 0.1                     // log2 by which a window has to be quicker than Quick to correct it at once
	few          = 6                       // without which nothing is said
	lateSpans    = 20                      // after so many spans fewer samples will do, and
	lateLags     = 8                       // after so many times what an answer takes
	tolerance    = 1.15                    // times Quick, up to which an answer counts as quick
	atEase       = 1.08                    // times Quick, below which the limit grows by an eighth at least
	headroom     = 3                       // part of the root of the limit by which it grows; doubled with each window
	mostCalm     = 8                       // windows, for which it is
	sharpest     = 0.5                     // times the limit, at the least, after one window
	rush         = 1.5                     // times the limit after one window, until it was too much for the first time
	muchSlower   = 1.5                     // times Quick, from which on it is watched whether a lower limit helps at all
	noHelp       = 0.85                    // times as long as before it was halved: it did not
	throttle     = 0.95                    // times the limit, when the target says that it is too much
	ceilingHolds = int64(30 * time.Second) // for which the limit at which it said so is passed one by one only
	timeout      = 0.75                    // times the limit, when it does not answer in time
	steady       = 0.05                    // a change by less than that does not disturb what is being measured

	probeFirst = int64(time.Second)      // until Quick is measured anew with a lower limit; doubled up to
	probeMost  = int64(30 * time.Second) // or so many spans:
	probeSpans = 100
	probeRests = 30   // and so many times as long as the last one took
	eased      = 0.75 // times the limit, for that long
)
