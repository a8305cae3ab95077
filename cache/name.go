package cache

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
)

// A name is what a question is known by: the key, which is the digest of its form, and for who
// cannot wait a print of the same bytes. Equal questions have equal prints; whether two of equal
// prints are equal, their forms or their keys say.
//
// The digest of 2 kB takes a microsecond, the print a tenth of one. A question that nobody asked
// before is known by its print to be new, and its key is made when its answer is kept.
type name struct {
	key   [32]byte
	print uint64 // never 0 of a question
	known bool   // the key was made
}

// printed is the name of a form whose key is not made yet.
func printed(seed maphash.Seed, form []byte) name {
	return name{print: max(maphash.Bytes(seed, form), 1)}
}

// know makes the key from the form, if it was not made.
func (n *name) know(form []byte) {
	if !n.known {
		n.key, n.known = sha256.Sum256(form), true
	}
}

// is reports whether a question is that of another name and form. A form is empty when the key
// of its question was made.
func (n *name) is(form []byte, other *name, others []byte) bool {
	switch {
	case n.print != other.print:
		return false
	case n.known && other.known:
		return n.key == other.key
	case n.known && len(form) == 0:
		return n.key == sha256.Sum256(others)
	case other.known && len(others) == 0:
		return other.key == sha256.Sum256(form)
	}
	return bytes.Equal(form, others)
}
