package importer

import (
	"time"

	"asbru/core/config"
)

// Bounds of what is written. What is read has the bounds of core/config.
const (
	maxName    = 64     // bytes of a name, as core/config has it
	maxNotes   = 10_000 // told at once; a file of that many strange fields is another program's
	maxScale   = 10_000 // what fractional weights are multiplied with at most
	mostWeight = config.MaxWeight
	maxHint    = 40 // bytes of a variable's name that is made up

	maxWait = 10 * 365 * 24 * time.Hour // the longest duration that is taken over
)
