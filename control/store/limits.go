package store

import "time"

const (
	// PollEvery is how often a store is asked for its revision when the document does not say.
	PollEvery = time.Second

	// MaxObjects bounds what a store keeps.
	MaxObjects = 500_000

	maxConns    = 3                // to the database: one that changes, and readers
	askWait     = 5 * time.Second  // for one answer of the database outside of a change
	readWait    = 20 * time.Second // for all that it keeps: 100,000 keys on a machine that has no time
	changeWait  = 20 * time.Second // for a whole change, the wait for others included
	copyEvery   = 10 * time.Second // between two copies into a file of more than smallCopy objects
	smallCopy   = 10_000
	maxCopy     = 1 << 30             // bytes of one
	graveWait   = 30 * 24 * time.Hour // how long what was deleted is remembered, for machines that were away
	listenLeast = time.Second         // between attempts to listen to Postgres again
	listenMost  = 30 * time.Second
)
