package rates

import "time"

const (
	beatEvery = 250 * time.Millisecond // between checks for used and idle units
	againWait = time.Second            // until a failed server is tried again
	askWait   = 500 * time.Millisecond // for one call of the script
	endWait   = time.Second            // for giving back what is left

	batch  = 256      // rates in one call
	buffer = 32 << 10 // of a connection, in each direction
	ring   = 7        // 2^7 commands in flight on a connection
	spare  = 1000     // milliseconds for which an unused rate is kept on the server
)
