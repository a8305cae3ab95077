package standin

import "time"

const (
	maxBody     = 32 << 20               // bytes of a request that are read
	maxRequests = 4096                   // requests kept until Take; older ones are dropped
	slowFirst   = 300 * time.Millisecond // before the first event of the scenario slow
	slowGap     = 100 * time.Millisecond // and between events
	slowPieces  = 50                     // pieces of its text
	retryAfter  = 7                      // seconds that a 429 asks to wait
	socketLife  = 5 * time.Minute        // longest life of a WebSocket
	maxDepth    = 16                     // levels of a schema that are followed
)
