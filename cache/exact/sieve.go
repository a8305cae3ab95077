package exact

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// A sieve counts the items that are held, by some bits of their keys. Where it counts none a key
// is not held, and that is known from one word: a look-up that finds nothing, as most do, touches
// neither a lock nor a map.
type sieve struct {
	cells []atomic.Uint32 // a power of two; each counts to 2^32, so that none overflows
}

// newSieve makes a sieve for about so many items.
func newSieve(items int64) sieve {
	n := min(max(items*cellsAnItem, leastCells), mostCells)
	return sieve{make([]atomic.Uint32, 1<<bits.Len64(uint64(n-1)))}
}

// cell is one of those that the words which ristretto takes do not choose.
func (s *sieve) cell(key *[32]byte) *atomic.Uint32 {
	return &s.cells[binary.LittleEndian.Uint64(key[24:])&uint64(len(s.cells)-1)]
}

func (s *sieve) add(key *[32]byte)  { s.cell(key).Add(1) }
func (s *sieve) drop(key *[32]byte) { s.cell(key).Add(^uint32(0)) }

// maybe reports whether key could be held: false is certain.
func (s *sieve) maybe(key *[32]byte) bool { return s.cell(key).Load() != 0 }
