package entry

// Bounds on one answer. Larger ones are not stored.
const (
	MaxBytes = 8 << 20 // of an encoded answer

	maxParts = 4096
	maxCites = 4096
	maxBeats = 8192 // pieces of a recorded pace
	maxGap   = 60e3 // milliseconds between two of them
)
