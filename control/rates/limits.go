package rates

import "time"

const (
	beatEvery = 250 * time.Millisecond // between looks at what is used and what is idle
	againWait = time.Second            // before a server that failed is tried again
	askWait   = 500 * time.Millisecond // for one call of the script
	endWait   = time.Second            // for giving back what is left

	batch  = 256      // rates in one call
	buffer = 32 << 10 // of a connection, each way
	ring   = 7        // 2^7 commands under way on a connection
	spare  = 1000     // milliseconds that a rate of which nothing is used is kept on the server
)
