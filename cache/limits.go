package cache

import "time"

// Bounds of what the cache does.
const (
	DefaultBytes = 256 << 20
	DefaultTTL   = 5 * time.Minute
	MaxTTL       = 30 * 24 * time.Hour

	DefaultPrecision = 0.9 // the least lower bound of the share of semantic hits that are right
	DefaultSamples   = 100 // comparisons before that is judged
	MaxSamples       = 10_000
	CheckWindow      = 4 // times Check.Samples: the last comparisons that count

	DefaultWindow  = 24 * time.Hour // in which a call is known by its Idempotency-Key
	DefaultRepeats = 32 << 20       // bytes of answers to such calls
	maxRepeat      = 255            // bytes of an Idempotency-Key

	jitterShare = 10 // answers are kept up to 1/jitterShare shorter, so that they do not all end at once

	maxQuestion = 8 << 10   // bytes of a last turn whose meaning is compared
	maxLabel    = 256       // bytes of a caller's own cache key
	maxTape     = 8 << 20   // of one answer that is written down
	maxTapes    = 256 << 20 // of all that are written down at a time
	maxForm     = 8 << 10   // bytes of a question's form that its errand keeps; the key of a longer one is made at once
	maxBlank    = 32 << 10  // bytes of a tape that is kept to be written on again
	mostBlanks  = 256
	maxScratch  = 512 << 10 // that is kept to be used again
	maxOut      = 256 << 10
	maxPiece    = 64 << 10              // that a Source gives at a time
	maxMarks    = 4096                  // times that are noted of an answer
	saveQueue   = 1024                  // answers that wait to be kept
	saveEvery   = 25 * time.Millisecond // after which they are, unless somebody waits for one of them
	errandMaps  = 64                    // shards of what is under way
	maxTrusts   = 256                   // owners whose semantic hits are judged apart
	leaders     = 2                     // who ask one after the other before the failure of the last is that of all

	compareLeast = 2 * time.Millisecond  // of its patience that a client has left when questions are compared for it
	farGrace     = 20 * time.Millisecond // for a look-up outside to say that it is too late, before it is given up

	busyEvery = time.Second // between attempts to take hold of the directory
)
