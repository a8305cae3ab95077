package main

import "time"

const (
	patience    = 20 * time.Second       // for a process to start or to end
	suiteWait   = 2 * time.Minute        // for one SDK to run all its cases
	sdkWait     = 20 * time.Minute       // for one suite of SDKs
	askWait     = 20 * time.Second       // for one request of our own
	abandonWait = 20 * time.Second       // for a client's hang-up to reach the provider
	pollEvery   = 5 * time.Millisecond   // how often something awaited is looked at
	shownBytes  = 600                    // of a difference
	keptBytes   = 60 << 10               // of a body longer than a journal keeps
	maxLine     = 16 << 20               // bytes of one line of a suite or of a journal
	chunkRest   = 200 * time.Microsecond // between two writes of a recorded stream
	smallStream = 3 << 10                // bytes; up to here streams are also replayed byte by byte
)
