package meter

import "time"

const (
	// MaxSets bounds the label sets of one metric family; what is beyond is
	// summed under "other".
	MaxSets = 500

	// bufferBytes is how much of the access log is gathered before a write.
	bufferBytes = 64 << 10
	// lineRoom is kept free in that buffer: a line longer than this makes it
	// grow once, and is still bounded by the names in the configuration.
	lineRoom = 2 << 10

	// pollMin and pollMax bound the wait between two looks into the rings. A
	// fast stream of Records shortens it, a slow one lengthens it.
	pollMin = time.Millisecond
	pollMax = 50 * time.Millisecond

	// flushEvery bounds how long a finished line stays in memory.
	flushEvery = 200 * time.Millisecond

	// closeWait bounds the last drain.
	closeWait = 2 * time.Second
)
