package owned

import "time"

const (
	// MaxRefs bounds the names of things in one body or page.
	MaxRefs = 10_000

	// MaxID bounds a name, in bytes. What has a longer one does not exist.
	MaxID = 512

	// MaxPages bounds the pages that one list is looked for in, while all that they hold is others'.
	MaxPages = 50

	maxListing = 30 * time.Second // for all of them, but for the last

	maxReply = 1 << 20 // bytes of a reply that are looked through for what it made
	maxWord  = 64      // bytes of a room's path
	maxDepth = 32      // levels of a body that are searched for names
	maxPath  = 4 << 10
)
