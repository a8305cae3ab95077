package meter

import "time"

const (
	// MaxSets bounds the label sets of one metric family; those beyond it are
	// summed under "other".
	MaxSets = 500

	// bufferBytes of the access log are gathered before a write.
	bufferBytes = 64 << 10
	// lineRoom bytes of that buffer are kept free. A longer line makes it grow
	// once, and is still bounded by the names in the configuration.
	lineRoom = 2 << 10

	// pollMin and pollMax bound the wait between two looks into the rings. The
	// more Records arrive, the shorter it is.
	pollMin = time.Millisecond
	pollMax = 50 * time.Millisecond

	// flushEvery bounds how long a complete line stays in memory.
	flushEvery = 200 * time.Millisecond

	// closeWait bounds the last drain.
	closeWait = 2 * time.Second
)
