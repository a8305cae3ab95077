package main

import "time"

// Bounds on what this program waits for, reads and starts.
const (
	readyWithin    = 20 * time.Second // a server answers its port
	slowReady      = 90 * time.Second // the same below valgrind
	endWithin      = 5 * time.Second  // a server told to end has ended
	loadWithin     = 10 * time.Minute // one run of the load generator
	testsWithin    = 8 * time.Minute  // the tests that count
	quietWithin    = 2 * time.Minute  // others leave the machine alone
	quietLook      = time.Second      // how long one look at them takes
	keyTurns       = 3                // of each number of keys
	fewKeys        = 10
	manyKeys       = 100_000     // as many as fit into a document
	settle         = time.Second // a server just started comes to rest
	pollEvery      = 20 * time.Millisecond
	maxOutput      = 1 << 20 // of a tool, read into memory
	maxPage        = 8 << 20 // of /metrics
	maxBoundFile   = 1 << 20
	mostTries      = 3         // of a soft step that noise left without a verdict
	dearestShown   = 25        // functions, of a program with symbols
	countedTimeout = "60s"     // of a request while instructions are counted: what is counted runs slowly, and nobody times it
	starts         = 11        // of the program; the median counts
	besideRate     = "5000"    // requests a second of two gateways beside each other: as small and large have it
	coldBursts     = 30        // of the step cold, each way and gateway
	coldBurst      = 100       // requests
	coldCode       = 256 << 10 // bytes of jumps, one every coldStep: 16,384, and the predictors of today remember 12,000
	coldStep       = 16
	coldDigits     = 13 // of a question's number
	spareFiles     = 90 // descriptors a gateway needs beside its streams
)
