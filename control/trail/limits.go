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
	flushEvery   = 100 * time.Millisecond // between syncs while there is something
	flushBytes   = 1 << 20                // of lines in memory at most before they are written at once
	signLook     = time.Second            // between looks whether it is time for a checkpoint
	idleEvery    = time.Hour              // between checkpoints while there is nothing: an old trail is told from one that was cut
	fullPause    = 100 * time.Millisecond // between looks whether a full spool has room again
	followAgain  = time.Second            // after the ledger could not be followed

	leastBackoff = 100 * time.Millisecond // before a sink that failed is tried again; doubled each time
	mostBackoff  = 30 * time.Second
	storeWait    = 30 * time.Second // for one batch
	closeWait    = 2 * time.Second  // for what waits, when the process ends
	expireEvery  = time.Hour        // between looks for what a sink keeps too long

	contentQueue = 256 // prompts that wait for one sink
	contentRows  = 64  // stored at a time

	batchRows   = 1000
	batchBytes  = 1 << 20
	fileWait    = 500 * time.Millisecond // that rows wait for others before they go into a file
	objectBytes = 8 << 20
	objectWait  = 10 * time.Minute // an object is at most this much behind
	replyBytes  = 4 << 10          // of a sink's answer that are read
	maxTrailers = 1 << 16          // files of one trail
)
