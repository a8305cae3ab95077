package selftest

import "time"

const (
	maxDepth = 16               // levels of a schema that are followed
	maxReply = 4 << 20          // bytes of an answer that are read
	patience = 20 * time.Second // for one answer
)
