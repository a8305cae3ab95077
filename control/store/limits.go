package store

import "time"

const (
	// PollEvery is how often a store's revision is checked by default.
	PollEvery = time.Second

	// MaxObjects bounds the objects of a store.
	MaxObjects = 500_000

	maxConns    = 3                // to the database: one that changes, and readers
	askWait     = 5 * time.Second  // for one answer of the database outside a change
	readWait    = 20 * time.Second // for reading everything: 100,000 keys on a busy machine
	changeWait  = 20 * time.Second // for a whole change, including the wait for others
	copyEvery   = 10 * time.Second // between two copies to a file of more than smallCopy objects
	smallCopy   = 10_000
	maxCopy     = 1 << 30             // bytes of a copy
	marksKept   = 1000                // revisions that can be told from others of the same number
	graveWait   = 30 * 24 * time.Hour // how long deletions are remembered, for machines that were away
	listenLeast = time.Second         // between attempts to listen to Postgres again
	listenMost  = 30 * time.Second
)
