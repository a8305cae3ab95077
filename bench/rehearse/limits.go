package rehearse

import "time"

const (
	maxBody   = 8 << 20 // bytes of a recorded request or reply; longer ones are left out, and counted
	maxTape   = 1 << 30 // bytes of a tape; then recording stops
	maxLine   = 64 << 20
	queued    = 256 // exchanges waiting to be written; further ones are dropped, and counted
	maxPieces = 1 << 16
	readSize  = 32 << 10

	headWait  = 10 * time.Second // for the head of a request
	closeWait = time.Second      // for exchanges under way when a Server is closed
	silence   = 24 * time.Hour   // of an answer that never comes
)
