package main

import "time"

// Bounds on what this program waits for, reads and starts.
const (
	readyWithin    = 20 * time.Second // a server answers its port
	slowReady      = 90 * time.Second // the same below valgrind
	endWithin      = 5 * time.Second  // a server that was signalled has ended
	loadWithin     = 10 * time.Minute // one run of the load generator
	testsWithin    = 8 * time.Minute  // the tests that count
	quietWithin    = 2 * time.Minute  // other processes leave the machine idle
	quietLook      = time.Second      // length of one measurement of that
	keyTurns       = 3                // of each number of keys
	fewKeys        = 10
	manyKeys       = 100_000     // as many as fit into a document
	settle         = time.Second // a new server becomes idle
	pollEvery      = 20 * time.Millisecond
	maxOutput      = 1 << 20 // bytes of a tool's output
	maxPage        = 8 << 20 // bytes of /metrics
	maxBoundFile   = 1 << 20
	mostTries      = 3         // of a soft step without a verdict because of noise
	dearestShown   = 25        // functions, of a program with symbols
	countedTimeout = "60s"     // of a request while instructions are counted, when the server runs slowly
	starts         = 11        // of the program; the median counts
	besideRate     = "5000"    // requests per second of two gateways that are compared, as in small and large
	coldBursts     = 30        // of the step cold, each way and gateway
	coldBurst      = 100       // requests
	coldCode       = 256 << 10 // bytes of jumps, one every coldStep: 16,384, while present predictors hold 12,000
	coldStep       = 16
	coldDigits     = 13 // of a question's number
	spareFiles     = 90 // descriptors that a gateway needs besides its streams
)
