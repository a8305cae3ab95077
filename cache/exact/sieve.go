package exact

import (
	"math/bits"
	"sync/atomic"
)

// A sieve counts the items held, by some bits of their prints. Where a count is zero no such item
// exists, which a look-up learns from one word: an unsuccessful one, as most are, touches
// neither a lock nor a map.
type sieve struct {
	cells []atomic.Uint32 // a power of two; each counts to 2^32, so that none overflows
	wild  atomic.Int64    // items without a print: while there are any, nothing can be excluded
}

// size prepares s for about that many items.
func (s *sieve) size(items int64) {
	n := min(max(items*cellsAnItem, leastCells), mostCells)
	s.cells = make([]atomic.Uint32, 1<<bits.Len64(uint64(n-1)))
}

func (s *sieve) cell(print uint64) *atomic.Uint32 { return &s.cells[print&uint64(len(s.cells)-1)] }

func (s *sieve) add(print uint64) {
	if print == 0 {
		s.wild.Add(1)
		return
	}
	s.cell(print).Add(1)
}

func (s *sieve) drop(print uint64) {
	if print == 0 {
		s.wild.Add(-1)
		return
	}
	s.cell(print).Add(^uint32(0))
}

// claim is add for the first item of a cell, and nothing for all others.
func (s *sieve) claim(print uint64) bool {
	return s.wild.Load() == 0 && s.cell(print).CompareAndSwap(0, 1)
}

// maybe reports whether an item with that print could be held.
func (s *sieve) maybe(print uint64) bool { return s.cell(print).Load() != 0 || s.wild.Load() != 0 }
