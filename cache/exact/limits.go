package exact

import "time"

// Bounds of the memory.
const (
	MinBytes = 1 << 20 // the least that a Map can be made with

	shards       = 16
	nurseryPart  = 12      // the nursery gets 1/nurseryPart of all bytes
	largestPart  = 32      // a value may take 1/largestPart of all bytes
	overhead     = 320     // bytes of an Item besides its value's cost: the Item, its entries in two maps
	meanItem     = 2 << 10 // assumed bytes of an Item, for the number of ristretto's counters
	mostCounters = 1 << 24
	bufferItems  = 64 // as ristretto recommends

	cellsAnItem = 2 // of the sieve, 4 bytes each: when all is full, two of three unsuccessful look-ups end there
	leastCells  = 1 << 10
	mostCells   = 1 << 20 // 4 MiB

	claimLasts = 30 * time.Second // after which another caller may refresh a stale value
)
