package remote

import "time"

// Bounds on requests to encoders and stores.
const (
	DefaultEncodeWait = 150 * time.Millisecond // for encoding a question
	DefaultSearchWait = 50 * time.Millisecond  // for searching the store
	MaxDims           = 8192

	asksMost    = 256      // searches under way; further ones are misses
	addQueue    = 1024     // answers waiting to be written
	addBytes    = 64 << 20 // bytes of those
	addWorkers  = 4
	recentMost  = 512              // vectors kept for a moment
	forgetQueue = 1024             // answers waiting to be removed
	addWait     = 10 * time.Second // for encoding and writing one answer
	maxAnswer   = 1 << 20          // bytes of an encoded answer; a longer one stays in this process
	candidates  = 4                // rows that the guard judges
	prepareWait = 15 * time.Second
	learnAfter  = 200 * time.Millisecond // after the start, if the size of vectors is not configured: by then the gateway serves

	fuseFails = 5 // consecutive failures until requests pause
	fuseLeast = time.Second
	fuseMost  = 30 * time.Second

	sweepEvery = 10 * time.Minute // between removals of expired rows
	clearWait  = 30 * time.Second
	logEvery   = time.Minute // between two log lines about one kind of trouble
)

// foreignCosine is the least similarity of questions that are not in English: the guard sees
// their numbers, signs, names and words, but less of the grammar.
const foreignCosine = 0.85
