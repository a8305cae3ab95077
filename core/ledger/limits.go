package ledger

import "time"

// Bounds of records.
const (
	MaxLines   = 32      // accounts that one record names
	MaxPayload = 4 << 10 // bytes of what a record carries besides
	MaxRecord  = headBytes + MaxLines*lineBytes + MaxPayload
)

// Defaults of Options.
const (
	DefaultSegment = 64 << 20
	DefaultRing    = 8 << 20
	DefaultEvery   = time.Minute
)

const (
	maxWrite     = 1 << 20                // bytes of one write; a group takes as many as it needs
	readBytes    = 1 << 20                // of one read when records are gone through
	lazyWait     = 2 * time.Millisecond   // for what nobody waits for to be written
	quietLooks   = 3                      // of the writer that find nothing before it sleeps until it is woken
	smoothBytes  = 256 << 10              // of zeros that are written ahead of the records
	retryFull    = 500 * time.Millisecond // between looks whether a full disk has space again
	followPause  = 20 * time.Millisecond  // between looks of who follows the log
	maxNotes     = 100                    // kept of what Open found strange
	maxState     = 1 << 30                // bytes of a checkpoint
	checkpoints  = 2                      // kept: the last one and the one before
	leastToCheck = 1 << 20                // bytes of new log below which time alone makes no checkpoint
)
