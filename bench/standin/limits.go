package standin

import "time"

const (
	maxBody     = 32 << 20               // bytes of a request that are read
	maxRequests = 4096                   // requests remembered until Take; older ones go
	slowFirst   = 300 * time.Millisecond // wait of the scenario slow before its first event
	slowGap     = 100 * time.Millisecond // and between events
	slowPieces  = 50                     // pieces of its text
	retryAfter  = 7                      // seconds that a 429 asks to wait
	socketLife  = 5 * time.Minute        // of a WebSocket, whatever is said on it
	maxDepth    = 16                     // levels of a schema that are followed
)
