package objects

import "time"

const (
	// MaxRecords bounds the book. The oldest record makes room for a new one.
	MaxRecords = 1_000_000

	// MaxListed bounds what List returns at once.
	MaxListed = 1000

	maxWays    = 4096             // lookups and changes for requests that are under way at once
	maxConns   = 4                // to the database
	maxName    = 512              // bytes of an id
	askWait    = 10 * time.Second // for one answer of the database
	tidyEvery  = 256              // changes between two looks at what is over
	expiryRest = 24 * time.Hour   // how long a record outlives the moment that the provider named
)
