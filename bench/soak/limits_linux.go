package main

import "time"

const (
	patience  = 20 * time.Second       // for whatever should happen by itself
	settle    = 60 * time.Second       // for memory and descriptors to come back
	pollEvery = 5 * time.Millisecond   // how often something awaited is looked at
	looking   = 250 * time.Millisecond // how often memory and descriptors are

	restartEvery = 450 * time.Millisecond // hand-overs under load
	streamCount  = 200                    // parallel streams
	streamModel  = "mock-id-1+chunks-25+gap-100ms"
	streamWait   = 30 * time.Second
	loadRate     = 800
	heldRate     = 200 // requests wait in the queue of the socket while nobody serves

	honestRate  = 500
	slowRate    = 1000 // slow connections opened a second
	slowReaders = 50
	readerBytes = 16_000_000 // more than the kernel takes for a client that does not read
	slowCut     = 5 * time.Second
	fileLimit   = 200 // descriptors of the gateway that runs out of them
	crowd       = 400 // connections to it
	spinWatch   = 3 * time.Second
	reloadEvery = 150 * time.Millisecond

	logShown = 3000 // bytes of a log, when a run has failed

	// Bounds.
	maxIdleRestart = 1.0  // seconds
	maxSpin        = 20.0 // per cent of a CPU
	moreFiles      = 8    // descriptors over the start: provider connections kept for a while
	moreMemory     = 16.0 // MB over the start, or half as much again
)
