package route

import "time"

// Defaults of a breaker and of a retry budget; a Spec can say otherwise.
const (
	DefaultFailures = 5                // in a row open a breaker
	DefaultRatio    = 0.5              // of the answers in the window, above which it opens
	DefaultLeast    = 20               // answers in the window, below which the ratio says nothing
	DefaultOpen     = 5 * time.Second  // for which it stays open; doubled each time the probe fails
	DefaultLongest  = 60 * time.Second // the limit of that doubling

	DefaultShare = 0.2 // retries for each request
	DefaultRate  = 10  // retries a second besides

	DefaultBackoff        = 250 * time.Millisecond // before the same target is asked again
	DefaultLongestBackoff = 5 * time.Second
)

const (
	saved = 10 // retries that a slow budget saves up

	window     = 10 * time.Second // failures older than this are forgotten
	buckets    = 5                // of the window
	bucketSpan = window / buckets

	rateRest  = 2 * time.Second  // of a key after a 429 that does not say how long
	deadRest  = 5 * time.Minute  // of a key after a 401, 402 or 403
	maxRest   = 24 * time.Hour   // the longest that a provider can ask for with Retry-After
	probeWait = 60 * time.Second // after which a probe without a result is given up

	averaged = 10 * time.Second // time constant of latencies and throughput
	faded    = 13 * time.Second // of errors: nine tenths are forgotten after 30 s
	slow     = 60 * time.Second // of the errors that momentum compares with

	rescoreEvery = time.Second          // between updates of adaptive weights and the order by throughput
	learnSlots   = 144                  // buckets of a learner
	learnSpan    = 512                  // samples of a generation
	learnEvery   = 16                   // samples between two estimates
	learnLeast   = 32.0                 // samples needed for an estimate
	unlearned    = time.Second          // the wait before a hedge until then
	hedgeLeast   = 5 * time.Millisecond // the shortest wait before a hedge, whatever was learnt
	hedgesSaved  = 2                    // hedges that an idle Route can accumulate

	sampled      = 8  // targets that least-in-flight compares
	exploreEvery = 20 // with fastest, every 20th request goes to the targets in turn

	modelSlots  = 32 // models told apart by failures at a target that takes any
	modelProbes = 4

	bindings    = 1 << 16 // sessions remembered; the oldest of a set is evicted
	ways        = 4
	MaxSession  = 255       // bytes of a session's name; longer ones are not followed
	DefaultBind = time.Hour // an unused binding is kept
)
