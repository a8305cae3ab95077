package store

import "time"

// Bounds of the directory.
const (
	segmentBytes = 32 << 20    // after which the next segment is begun
	maxBody      = 16 << 20    // of one record
	syncEvery    = time.Second // between the syncs of what was written
	deadShare    = 2           // a segment of which 1/deadShare is dead is written anew
	bufferBytes  = 256 << 10   // written at once
)
