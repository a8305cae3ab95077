package hotpath

import "time"

// Bounds of the event loops.
const (
	lingerMillis = 20 // in a loop's own epoll, before it parks
	tickWait     = 100 * time.Millisecond
	trimWait     = 10 * time.Second
	readsATurn   = 8       // of one upstream, before others have theirs
	acceptTurn   = 64      // connections taken at once
	drainTurns   = 1 << 10 // such turns to empty a queue with, before its socket closes
	flightsKept  = 1 << 14

	evictTries = 5                    // to get a connection that another loop keeps idle
	evictRest  = 2 * time.Millisecond // between them
)
