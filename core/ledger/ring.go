package ledger

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A ring holds the records that are appended and not yet written, laid out as they will
// stand on disk. Many goroutines append, one takes out; nobody waits.
//
// A record lies at its position modulo the size of the ring and may run over the end
// into the slack, so each is contiguous. Its first word is stored last, atomically: until
// then it is zero, and the taker stops there. What is taken out is made zero again.
type ring struct {
	words []uint64 // size and slack, in words
	bytes []byte   // the same memory
	mask  Seq      // size-1

	_    cacheLine
	tail atomic.Uint64 // where the next record begins
	room atomic.Int64  // bytes neither reserved nor filled
	_    cacheLine
}

// newRing makes a ring of at least size bytes whose first record begins at pos.
func newRing(size int, pos Seq) *ring {
	size = max(size, 2*MaxRecord)
	size = 1 << bits.Len(uint(size-1))
	g := &ring{words: make([]uint64, (size+MaxRecord)/8), mask: Seq(size - 1)}
	g.bytes = unsafe.Slice((*byte)(unsafe.Pointer(&g.words[0])), len(g.words)*8)
	g.tail.Store(uint64(pos))
	g.room.Store(int64(size))
	return g
}

func (g *ring) size() int64 { return int64(g.mask) + 1 }

// take begins a record of n bytes for which room was reserved.
func (g *ring) take(n int) (pos Seq, b []byte) {
	pos = Seq(g.tail.Add(uint64(n)) - uint64(n))
	at := int(pos & g.mask)
	return pos, g.bytes[at : at+n : at+n]
}

// publish makes the record at pos visible to the taker; word is what encode returned.
func (g *ring) publish(pos Seq, word uint64) {
	atomic.StoreUint64(&g.words[(pos&g.mask)/8], word)
}

// next is the length of the record at pos; 0: it is not complete.
func (g *ring) next(pos Seq) int {
	return int(uint32(native(atomic.LoadUint64(&g.words[(pos&g.mask)/8]))))
}

// run is the longest piece of the complete records from pos on that is contiguous, ends
// before limit and is not much longer than most.
func (g *ring) run(pos, limit Seq, most int) []byte {
	at, n := int(pos&g.mask), 0
	for at+n <= int(g.mask) && n < most {
		k := g.next(pos + Seq(n))
		if k == 0 || pos+Seq(n+k) > limit {
			break
		}
		n += k
	}
	return g.bytes[at : at+n : at+n]
}
