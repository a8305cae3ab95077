package scan

// An Outline is an approximate set of names, like a Bloom filter: each sets one bit, chosen by its
// length, first and last byte. It shows cheaply that a document has none of certain keys.
type Outline uint64

// Escaped is the Outline of a document with a key that is written with escapes.
const Escaped = ^Outline(0)

// OutlineOf returns the Outline of names, none of which may be empty.
func OutlineOf(names ...string) (o Outline) {
	for _, n := range names {
		o |= outlined(len(n), n[0], n[len(n)-1])
	}
	return o
}

// Meets reports whether some name may be in both. If it returns false, none is.
func (o Outline) Meets(other Outline) bool { return o&other != 0 }

// outlined returns the bit of a name. The factors were chosen so that names which most requests have
// rarely share a bit with those that few have.
func outlined(size int, first, last byte) Outline {
	return 1 << ((2*uint(size) + 27*uint(first) + 39*uint(last)) & 63)
}

// Survey is Object, and also returns the Outline of the keys at every depth. If a key is written
// with escapes, it is Escaped, which meets every name. On error it is that of the keys before the fault.
func Survey(doc []byte, want *Keys, at []Span) (Outline, error) {
	s := pool.Get().(*Scanner)
	err := s.Object(doc, want, at)
	met := s.met
	pool.Put(s)
	return met, err
}
