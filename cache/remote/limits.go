package remote

import "time"

// Bounds of what is asked of others.
const (
	DefaultEncodeWait = 150 * time.Millisecond // for a question to be encoded
	DefaultSearchWait = 50 * time.Millisecond  // for the store to be searched
	MaxDims           = 8192

	asksMost    = 256      // look-ups under way; more are misses
	addQueue    = 1024     // answers that wait to be written
	addBytes    = 64 << 20 // that those take
	addWorkers  = 4
	recentMost  = 512              // vectors that are kept for a moment
	forgetQueue = 1024             // answers that wait to be taken out
	addWait     = 10 * time.Second // for one answer to be encoded and written
	maxAnswer   = 1 << 20          // bytes of an encoded answer; a longer one stays in this process
	candidates  = 4                // rows that the guard is asked about
	prepareWait = 15 * time.Second
	learnAfter  = 200 * time.Millisecond // from the start, when the size of vectors is not configured: the gateway serves by then

	fuseFails = 5 // in a row, before nobody is asked any more
	fuseLeast = time.Second
	fuseMost  = 30 * time.Second

	sweepEvery = 10 * time.Minute // what is over is taken out of the store
	clearWait  = 30 * time.Second
	logEvery   = time.Minute // between two lines about one kind of trouble
)

// foreignCosine is the least nearness of questions that are not in English: the guard sees
// their numbers, signs and names and which words are there, but less of how they are turned.
const foreignCosine = 0.85
