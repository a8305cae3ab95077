package scan

// An Outline is a set of names that may hold more than it was told of: a bit for each by its
// length, its first byte and its last. It says cheaply that a document has no key of some.
type Outline uint64

// Escaped is the Outline of a document with a key that is written with escapes.
const Escaped = ^Outline(0)

// OutlineOf is the Outline of some names, none of them empty.
func OutlineOf(names ...string) (o Outline) {
	for _, n := range names {
		o |= outlined(len(n), n[0], n[len(n)-1])
	}
	return o
}

// Meets reports whether some name may be in both.
func (o Outline) Meets(other Outline) bool { return o&other != 0 }

// outlined is the bit of a name. The factors keep the names that most requests have away from
// those that few have.
func outlined(size int, first, last byte) Outline {
	return 1 << ((2*uint(size) + 27*uint(first) + 39*uint(last)) & 63)
}

// Survey is Object, and the Outline of all keys at every depth; that of a document with a key that
// is written with escapes is Escaped, and meets every name. On error it is of those before the fault.
func Survey(doc []byte, want *Keys, at []Span) (Outline, error) {
	s := pool.Get().(*Scanner)
	err := s.Object(doc, want, at)
	met := s.met
	pool.Put(s)
	return met, err
}
