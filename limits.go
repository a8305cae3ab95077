package main

import "time"

// Bounds of the wiring.
const (
	maxLoops  = 256  // event loops; each has a thread, and keeps a processor while it lingers
	slowConns = 4096 // connections of the slow door: HTTP/2, health, metrics
	slowQueue = 256  // of those, handed over and not yet taken

	maxEmbedding = 1 << 20  // bytes of an embedding that the cache asks for
	maxList      = 16 << 20 // bytes of a page of a list
	maxLists     = 16       // pages that are asked for at once
	shownReply   = 200      // of a refusal that the log shows

	listWait = time.Minute // for a page of a list

	slowWrite = 60 * time.Second // for one write to a client of the slow door

	slowStay = time.Second // the slow door outlives the front by this in a drain

	retireAfter = 5 * time.Second        // the pools a reload no longer names are closed
	sweepEvery  = 10 * time.Second       // idle provider connections are looked at
	reloadWait  = 10 * time.Second       // for a change that is being made, on SIGHUP
	aliveWait   = 3 * time.Second        // for each answer that proves life to the watchdog
	sameHand    = 500 * time.Millisecond // in which a second signal to end is the first one again
	adminGrace  = 2 * time.Second        // for answers of the admin listener when the process ends

	slimAbove = 16 << 20 // bytes of heap taken since the last time, before memory is given back

	gcPercent = 50 // a smaller heap for a little CPU; GOGC overrides

	ledgerRing   = 16 << 20 // bytes: 10,000 calls at once, with what the audit trail has of them
	diskParts    = 64       // a segment of the ledger is that part of its disk, or less
	leastSegment = 1 << 20  // bytes; less would be sealed all the time

	ledgerWait  = 10 * time.Second      // for a predecessor to give the ledger away
	ledgerDying = 5 * time.Second       // for a process that was killed to be gone
	ledgerLook  = 20 * time.Millisecond // between looks whether it is
	ledgerAgain = 5 * time.Millisecond  // between looks whether it has let go

	turnedEvery = time.Minute // between records of who was turned away

	deedsEvery = 5 * time.Second // between looks for what operators did by command

	noteWait = 5 * time.Second // for a change to be written down

	credentialWait = 5 * time.Second // for the first credentials of a new configuration
)
