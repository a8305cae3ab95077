package near

import (
	"encoding/binary"
	"sync/atomic"
)

// An ID identifies an entry. It is a digest, so that any eight bytes of it can serve as a hash.
type ID [32]byte

func (id *ID) short() uint64 { return binary.LittleEndian.Uint64(id[:]) }

// A Row is the data of one entry.
type Row struct {
	ID    ID     // of the answer; unique among live rows
	Key   uint64 // rows can be found by their Key as well, without their Vector
	Until int64  // Unix seconds after which the row is dead; 0: never
	Text  string
	Vector
}

// A segment holds rows in columns. A tail takes more rows, from one writer at a time; in a frozen
// segment rows can only die, by their bits in dead.
type segment struct {
	n atomic.Int32 // rows that readers may read
	vectors
	ids   []ID
	keys  []uint64
	until []int64
	texts []string // the texts of a tail
	blob  string   // all texts of a frozen segment
	ends  []uint32 // the end of each text in blob
	dead  []atomic.Uint32
	gone  atomic.Int32 // bits of dead that are set
	byKey table
	byID  table
	graph *graph // nil: rows are scanned
}

func newSegment(rows int) *segment {
	return &segment{
		vectors: vectors{at: make([]int8, rows*Dims), inv: make([]float32, rows)},
		ids:     make([]ID, rows), keys: make([]uint64, rows), until: make([]int64, rows),
		dead:  make([]atomic.Uint32, (rows+31)/32),
		byKey: newTable(rows), byID: newTable(rows),
	}
}

func (s *segment) rows() int { return int(s.n.Load()) }
func (s *segment) room() int { return len(s.ids) }

// add appends a row, for which there must be room. For a segment that is being frozen, the caller
// adds the text.
func (s *segment) add(r *Row) {
	n := s.n.Load()
	copy(s.vectors.at[int(n)*Dims:], r.Vector.At[:])
	s.inv[n], s.ids[n], s.keys[n], s.until[n] = r.Inv, r.ID, r.Key, r.Until
	if s.texts != nil {
		s.texts[n] = r.Text
	}
	s.byKey.add(r.Key, uint32(n))
	s.byID.add(r.ID.short(), uint32(n))
	s.n.Store(n + 1) // from here readers see it
}

func (s *segment) row(n uint32, r *Row) {
	copy(r.Vector.At[:], s.vectors.at[int(n)*Dims:])
	r.Inv, r.ID, r.Key, r.Until, r.Text = s.inv[n], s.ids[n], s.keys[n], s.until[n], s.text(n)
}

func (s *segment) text(n uint32) string {
	if s.texts != nil {
		return s.texts[n]
	}
	from := uint32(0)
	if n > 0 {
		from = s.ends[n-1]
	}
	return s.blob[from:s.ends[n]]
}

// kill marks row n dead, and reports whether it was alive before.
func (s *segment) kill(n uint32) bool {
	bit := uint32(1) << (n & 31)
	if s.dead[n>>5].Or(bit)&bit != 0 {
		return false
	}
	s.gone.Add(1)
	return true
}

func (s *segment) alive(n uint32, now int64) bool {
	return s.dead[n>>5].Load()&(1<<(n&31)) == 0 && (s.until[n] == 0 || now < s.until[n])
}

// find returns the live row of id, -1 for none.
func (s *segment) find(id *ID) int {
	for at := s.byID.start(id.short()); ; at = s.byID.next(at) {
		n := s.byID.get(at)
		if n < 0 {
			return -1
		}
		if s.ids[n] == *id && s.dead[n>>5].Load()&(1<<(n&31)) == 0 {
			return n
		}
	}
}

// A table finds rows by a hash, with open addressing and one row a slot. Nothing is ever deleted.
type table []atomic.Uint32 // row plus one; 0: free

func newTable(rows int) table {
	size := 4
	for size < rows+rows/2 {
		size *= 2
	}
	return make(table, size)
}

func (t table) start(k uint64) int {
	k ^= k >> 31
	return int((k * 0x9e3779b97f4a7c15) >> 32 & uint64(len(t)-1))
}

func (t table) next(at int) int { return (at + 1) & (len(t) - 1) }
func (t table) get(at int) int  { return int(t[at].Load()) - 1 }

func (t table) add(k uint64, row uint32) {
	at := t.start(k)
	for t[at].Load() != 0 {
		at = t.next(at)
	}
	t[at].Store(row + 1)
}
