package cache

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
)

// A name identifies a question: by its key, the digest of its form, and by a print of the form, a
// faster hash. Equal questions have equal prints; whether questions with equal prints are equal is
// decided by their forms or keys.
//
// The digest of 2 kB takes a microsecond, the print a tenth of one. The print is enough to see that a
// question is new; its key is then made when its answer is stored.
type name struct {
	key   [32]byte
	print uint64 // never 0 for a question
	known bool   // the key has been made
}

// printed returns the name of a form whose key has not been made yet.
func printed(seed maphash.Seed, form []byte) name {
	return name{print: max(maphash.Bytes(seed, form), 1)}
}

// know makes the key from the form, unless that has been done.
func (n *name) know(form []byte) {
	if !n.known {
		n.key, n.known = sha256.Sum256(form), true
	}
}

// is reports whether two questions are equal, given their names and forms. The form is empty if the key
// of that question has been made.
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
