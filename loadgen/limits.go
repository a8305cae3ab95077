package loadgen

import "time"

// Bounds of a run. Options beyond them are refused before anything is sent.
const (
	maxTargets  = 16
	maxRate     = 1_000_000        // requests a second, open loop
	maxRounds   = 1_000            // windows of one target
	maxWindow   = 10 * time.Minute // length of one window
	maxRun      = time.Hour        // sending time of all windows together
	maxRequests = 100_000_000      // requests of a whole run
	maxConns    = 60_000           // connections to one target
	maxLanes    = 16               // event loops
	maxPids     = 256              // processes watched, children included
	maxBody     = 64 << 20         // bytes of a request body
)

// Bounds inside a run.
const (
	// maxBacklog is how many requests may wait for a connection in one lane.
	// A request beyond it is a failure of kind "backlog".
	maxBacklog = 1 << 16
	// markDigits are the digits of a request's own number, and minDistinct the least bytes of a
	// body with room for them.
	markDigits  = 12
	minDistinct = 100
	// maxHead is the size of a reply head, as the gateway's own limit.
	maxHead = 32 << 10
	// maxChunkLine is the length of a chunk-size line with its extensions.
	maxChunkLine = 256
	// maxStatuses bounds the different statuses that are counted separately.
	maxStatuses = 64
	// maxProcFile bounds the bytes read of one file under /proc.
	maxProcFile = 1 << 20
	// readBytes is the size of the read buffer a lane's connections share.
	readBytes = 64 << 10
	// eventBatch bounds the ready connections that one wait returns.
	eventBatch = 256
	// lateMicros is the lateness at p99 from which a report warns.
	lateMicros = 1000
	// spareFiles are descriptors reserved for everything other than connections.
	spareFiles = 64
)

const (
	// leadIn is the time between building a window and its first request.
	leadIn = 2 * time.Millisecond
	// tickEvery is the interval at which timeouts are checked and resting connections of a
	// closed loop are retried.
	tickEvery = 100 * time.Millisecond
	// readAhead is how long before the end of a hold its memory is read at the latest. It is
	// more than two ticks, so that no hold ends without a reading.
	readAhead    = 250 * time.Millisecond
	shortestHold = 500 * time.Millisecond
	// longestWait bounds one wait in the kernel, so that a stop is noticed.
	longestWait = 20 * time.Millisecond
	// dialWait bounds one connect of the portable lane.
	dialWait = 5 * time.Second
	// relaySane is the longest plausible relay delay. A larger one means that the stamp is
	// from another clock, and is not counted.
	relaySane = 10 * time.Minute
)
