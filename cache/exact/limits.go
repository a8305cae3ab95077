package exact

import "time"

// Bounds of the memory.
const (
	MinBytes = 1 << 20 // the least that a Map can be made with

	shards       = 16
	nurseryPart  = 12      // the nursery is this part of all bytes
	largestPart  = 32      // a value may be this part of all bytes at most
	overhead     = 320     // bytes of an Item beside what its value costs: the Item, its places in two maps
	meanItem     = 2 << 10 // bytes, guessed: how many counters there are
	mostCounters = 1 << 24
	bufferItems  = 64 // ristretto's own advice

	cellsAnItem = 2 // of the sieve, of 4 bytes: two of three looks that find nothing end there when all is full
	leastCells  = 1 << 10
	mostCells   = 1 << 20 // 4 MiB

	claimLasts = 30 * time.Second // after which somebody else may refresh a stale value
)
