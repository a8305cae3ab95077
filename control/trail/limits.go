package trail

import "time"

// Defaults of Options.
const (
	DefaultEvery   = time.Minute
	DefaultRecords = 10_000
	DefaultSpool   = 4 << 30 // about seven million calls
)

const (
	segmentBytes = 8 << 20                // of one file of the trail
	flushEvery   = 100 * time.Millisecond // between syncs while lines are written
	flushBytes   = 1 << 20                // bytes of lines in memory that trigger a write
	signLook     = time.Second            // between checks whether a checkpoint is due
	idleEvery    = time.Hour              // between checkpoints without lines: they distinguish an idle trail from one that was cut
	fullPause    = 100 * time.Millisecond // between checks whether a full spool has room again
	followAgain  = time.Second            // after the ledger could not be followed
	lockWait     = 5 * time.Second        // for a process that was killed to be gone
	lockAgain    = 20 * time.Millisecond  // between looks whether it is

	leastBackoff = 100 * time.Millisecond // until a failed sink is tried again; doubled each time
	mostBackoff  = 30 * time.Second
	storeWait    = 30 * time.Second // for one batch
	connectWait  = 10 * time.Second // for a connection to Postgres
	closeWait    = 2 * time.Second  // for waiting lines when the process ends
	expireEvery  = time.Hour        // between expirations of a sink's rows

	contentQueue = 256 // prompts queued for one sink
	contentRows  = 64  // of those, stored at a time

	batchRows   = 1000
	batchBytes  = 1 << 20
	fileWait    = 500 * time.Millisecond // that rows wait for others before they are written to SQLite
	objectBytes = 8 << 20
	objectWait  = 10 * time.Minute // an object is at most this far behind
	replyBytes  = 4 << 10          // of a sink's answer that is read
	maxTrailers = 1 << 16          // files of one trail
)
