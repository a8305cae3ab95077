package scan

import (
	"math/bits"
	"math/rand/v2"
)

// A mark is one key of a document: its object, and where its text is.
type mark struct {
	owner      uint32 // the number of its object
	hash       uint32
	start, end int32 // offsets in the document; start < 0: in the arena, from ^start on
}

// seen is the set of keys of a document: one open-addressing table for all its objects.
// Objects are numbered across documents, so a slot whose number is below first is free,
// and nothing has to be cleared between documents. The hash is seeded, so that a client
// cannot prepare keys that collide.
type seen struct {
	marks []mark // a power of two; at most half full
	used  int
	first uint32 // number of the document's first object
	last  uint32 // number of the latest object
	k0    uint64
	k1    uint64 // a multiplier, and therefore odd
	arena []byte // unescaped and folded text of keys that are not plain
}

const firstMarks = 256

func (t *seen) init() {
	t.marks = make([]mark, firstMarks)
	t.k0, t.k1 = rand.Uint64(), rand.Uint64()|1
}

// begin empties the set.
func (t *seen) begin() {
	if t.last > 1<<31 { // a document cannot hold 2^31 objects
		clear(t.marks)
		t.last = 0
	}
	t.first, t.used = t.last+1, 0
}

// end releases memory that is rarely needed.
func (t *seen) end() {
	if t.arena = t.arena[:0]; cap(t.arena) > maxArenaKept {
		t.arena = nil
	}
}

// object returns the number of a new object.
func (t *seen) object() uint32 {
	t.last++
	return t.last
}

// name returns the text of m.
func (t *seen) name(b []byte, m mark) []byte {
	if m.start < 0 {
		return t.arena[^m.start:m.end]
	}
	return b[m.start:m.end]
}

// unescape moves m to the arena, unescaped. It returns false for half a surrogate pair.
func (t *seen) unescape(m mark, raw []byte) (mark, bool) {
	at := len(t.arena)
	var ok bool
	t.arena, ok = appendUnescaped(t.arena, raw)
	m.start, m.end = ^int32(at), int32(len(t.arena))
	return m, ok
}

// fold replaces the two characters in the text of m, in the arena, that fold to an ASCII
// letter: U+017F to s, U+212A to k. ASCII case is folded when keys are compared.
func (t *seen) fold(m mark) mark {
	from, to := int(^m.start), int(^m.start)
	for from < int(m.end) {
		n := 1
		c := t.arena[from]
		if rest := t.arena[from:m.end]; len(rest) >= 2 && string(rest[:2]) == "\u017f" {
			c, n = 's', 2
		} else if len(rest) >= 3 && string(rest[:3]) == "\u212a" {
			c, n = 'k', 3
		}
		t.arena[to] = c
		from, to = from+n, to+1
	}
	t.arena = t.arena[:to]
	m.end = int32(to)
	return m
}

// add puts m, whose folded text is name, into the set. It returns Duplicate or Twin if
// its object already has the key.
func (t *seen) add(b []byte, m mark, name []byte) Kind {
	if t.used == MaxKeys {
		return Many
	}
	if t.used*2 >= len(t.marks) {
		t.grow()
	}
	m.hash = t.hash(b, m)
	mask := uint32(len(t.marks) - 1)
	for at := m.hash & mask; ; at = (at + 1) & mask {
		o := &t.marks[at]
		if o.owner < t.first {
			*o = m
			t.used++
			return OK
		}
		if o.hash == m.hash && o.owner == m.owner {
			if other := t.name(b, *o); foldEqual(name, other) {
				if m.start >= 0 && string(name) != string(other) {
					return Twin
				}
				return Duplicate
			}
		}
	}
}

func (t *seen) grow() {
	old := t.marks
	t.marks = make([]mark, 2*len(old))
	mask := uint32(len(t.marks) - 1)
	for _, m := range old {
		if m.owner < t.first {
			continue
		}
		at := m.hash & mask
		for t.marks[at].owner >= t.first {
			at = (at + 1) & mask
		}
		t.marks[at] = m
	}
}

// hash returns a seeded hash of the object of m and of its text, regardless of ASCII case.
func (t *seen) hash(b []byte, m mark) uint32 {
	from, to := int(m.start), int(m.end)
	if from < 0 {
		b, from = t.arena, ^from
	}
	h := t.k0 ^ uint64(m.owner)<<32 ^ uint64(to-from)
	for ; to-from > 8; from += 8 {
		h = mix(h^lower(load(b[from:])), t.k1)
	}
	var w uint64
	if from+8 <= len(b) {
		w = load(b[from:]) & (1<<(8*uint(to-from)) - 1) // a shift by 64 yields 0, so that the mask is all ones
	} else {
		w = tail(b[from:to])
	}
	h = mix(h^lower(w), t.k1)
	return uint32(h ^ h>>32)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// tail packs at most eight bytes into a word.
func tail(b []byte) uint64 {
	w := uint64(0)
	for i, c := range b {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// lower converts the ASCII capitals among eight bytes to lower case.
func lower(w uint64) uint64 {
	seven := w &^ tops
	fromA := seven + ones*(0x80-'A')
	aboveZ := seven + ones*(0x7f-'Z')
	return w | (fromA^aboveZ)&^w&tops>>2
}

// foldEqual compares without regard to ASCII case.
func foldEqual(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for len(a) >= 8 {
		if lower(load(a)) != lower(load(b)) {
			return false
		}
		a, b = a[8:], b[8:]
	}
	return lower(tail(a)) == lower(tail(b))
}
