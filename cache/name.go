package cache

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
	"math/bits"

	"asbru/cache/canon"
)

// A name identifies a question: by its key, the digest of its form, and by a print of the form, a
// faster hash. Equal questions have equal prints; whether questions with equal prints are equal is
// decided by their forms or keys.
//
// The digest of 2 kB takes a microsecond, the print a tenth of one. The print is enough to see that a
// question is new; its key is then made when its answer is stored.
type name struct {
	key   [32]byte
	print uint64 // never 0 for a question that has been read
	gist  uint64 // see Cache.gist; never 0
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

// nameOf returns the name of the question whose form is in w, without its key.
func (c *Cache) nameOf(w *canon.Writer, owner string) name {
	n := printed(c.seed, w.Bytes())
	n.gist = c.gist(w.Said(), owner)
	return n
}

// gist returns a hash of little of a question: its last text, and whose answers it may be given. Equal
// questions have equal gists, whatever their format, and the text can often be found without reading
// the question. That a gist is new says that the question is; that it is known says nothing.
func (c *Cache) gist(said []byte, owner string) uint64 {
	return max(maphash.Bytes(c.seed, said)^bits.RotateLeft64(maphash.String(c.seed, owner), 32), 1)
}
