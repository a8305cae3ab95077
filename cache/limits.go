package cache

import "time"

// Bounds of the cache.
const (
	DefaultBytes = 256 << 20
	DefaultTTL   = 5 * time.Minute
	MaxTTL       = 30 * 24 * time.Hour

	DefaultPrecision = 0.9 // least lower bound of the share of semantic hits that are right
	DefaultSamples   = 100 // comparisons before that is judged
	MaxSamples       = 10_000
	CheckWindow      = 4 // times Check.Samples: the number of latest comparisons that count

	DefaultWindow  = 24 * time.Hour // how long a call with an Idempotency-Key is remembered
	DefaultRepeats = 32 << 20       // bytes of answers to such calls
	maxRepeat      = 255            // bytes of an Idempotency-Key

	jitterShare = 10 // answers are kept up to 1/jitterShare shorter, so that they do not all expire at once

	maxQuestion = 8 << 10   // bytes of a last turn that is compared by meaning
	maxLabel    = 256       // bytes of x-bf-cache-key
	maxTape     = 8 << 20   // bytes of the recording of one answer
	maxTapes    = 256 << 20 // bytes of all recordings together
	maxForm     = 8 << 10   // bytes of a question's form that its errand keeps; for a longer one the key is made at once
	maxBlank    = 32 << 10  // bytes of a tape that is kept for reuse
	mostBlanks  = 256
	maxScratch  = 512 << 10 // bytes of a scratch that is kept for reuse
	maxOut      = 256 << 10
	maxPiece    = 64 << 10              // bytes that a Source gives at a time
	maxMarks    = 4096                  // times recorded of an answer
	saveQueue   = 1024                  // answers that wait for the worker
	saveEvery   = 25 * time.Millisecond // the worker's delay, unless an exchange waits for the answer
	errandMaps  = 64                    // shards of the errands under way
	maxTrusts   = 256                   // owners whose semantic hits are judged separately
	leaders     = 2                     // leaders that ask one after the other before a failure is passed on to all followers

	compareLeast = 2 * time.Millisecond  // a client with less patience left than this gets no semantic look-up
	farGrace     = 20 * time.Millisecond // time for an outside look-up to end by its own deadline before it is given up

	busyEvery = time.Second // between attempts to lock the directory
)
