package store

import "time"

// Bounds of the directory.
const (
	segmentBytes = 32 << 20    // after which the next segment is started
	maxBody      = 16 << 20    // of one record
	syncEvery    = time.Second // between two syncs
	deadShare    = 2           // a segment of which 1/deadShare is dead is rewritten
	bufferBytes  = 256 << 10   // bytes written at once
)
