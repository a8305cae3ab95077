package owned

import "time"

const (
	// MaxRefs bounds the names of things in one body or page.
	MaxRefs = 10_000

	// MaxID bounds a name, in bytes. A thing with a longer one counts as missing.
	MaxID = 512

	// MaxPages bounds the pages fetched for one list while they hold only things of others.
	MaxPages = 50

	maxListing = 30 * time.Second // for all pages of a list but the last

	maxReply = 1 << 20 // bytes of a reply that are searched for what it made
	maxWord  = 64      // bytes of a room's path
	maxDepth = 32      // levels of a body that are searched for names
	maxPath  = 4 << 10
)
