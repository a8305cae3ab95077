package main

import "time"

const (
	patience  = 20 * time.Second       // for events that should happen by themselves
	settle    = 60 * time.Second       // for memory and descriptors to be released
	pollEvery = 5 * time.Millisecond   // how often a condition is checked
	looking   = 250 * time.Millisecond // how often memory and descriptors are checked

	restartEvery = 450 * time.Millisecond // hand-overs under load
	streamCount  = 200                    // parallel streams
	streamModel  = "mock-id-1+chunks-25+gap-100ms"
	streamWait   = 30 * time.Second
	loadRate     = 800
	heldRate     = 200 // requests per second while they wait in the queue of the socket

	honestRate  = 500
	slowRate    = 1000 // slow connections opened a second
	slowReaders = 50
	readerBytes = 16_000_000 // more than the kernel buffers for a client that does not read
	slowCut     = 5 * time.Second
	fileLimit   = 200 // descriptors of the gateway that runs out of them
	crowd       = 400 // connections to it
	spinWatch   = 3 * time.Second
	reloadEvery = 150 * time.Millisecond

	logShown = 3000 // bytes of a log that are shown after a failure

	// Bounds.
	maxIdleRestart = 1.0  // seconds
	maxSpin        = 20.0 // per cent of a CPU
	moreFiles      = 8    // descriptors above the start, for provider connections that are kept for a while
	moreMemory     = 16.0 // MB over the start, or half as much again
)
