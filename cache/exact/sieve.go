package exact

import (
	"math/bits"
	"sync/atomic"
)

// A sieve counts the items that are held, by some bits of their prints. Where it counts none
// there is none, and that is known from one word: a look-up that finds nothing, as most do, touches
// neither a lock nor a map.
type sieve struct {
	cells []atomic.Uint32 // a power of two; each counts to 2^32, so that none overflows
	wild  atomic.Int64    // items without a print: while there are any, nothing is certain
}

// size makes s one for about so many items.
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

// maybe reports whether an item of that print could be held.
func (s *sieve) maybe(print uint64) bool { return s.cell(print).Load() != 0 || s.wild.Load() != 0 }
