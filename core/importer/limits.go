package importer

import (
	"time"

	"asbru/core/config"
)

// Bounds on the output. The input is bounded by core/config.
const (
	maxName    = 64     // bytes of a name, as in core/config
	maxNotes   = 10_000 // reported at most; a file with so many unknown fields belongs to another program
	maxScale   = 10_000 // largest factor that turns fractional weights into whole ones
	mostWeight = config.MaxWeight
	maxHint    = 40 // bytes of a made-up variable name

	maxWait = 10 * 365 * 24 * time.Hour // the longest duration that is imported
)
