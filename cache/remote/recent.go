package remote

import (
	"crypto/sha256"
	"sync"
)

// recent holds the latest vectors of an encoder: a question that was searched without a result
// is usually written a moment later, and need not be encoded and paid for twice.
type recent struct {
	mu   sync.Mutex
	of   map[[32]byte][]float32 // by the digest of the text; immutable
	ring [recentMost][32]byte   // the keys, the oldest at next
	next int
}

// get returns the vector of a text; nil: it is not known.
func (r *recent) get(text string) []float32 {
	key := sha256.Sum256([]byte(text))
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[key]
}

// put keeps the vector of a text in place of the oldest.
func (r *recent) put(text string, v []float32) {
	key := sha256.Sum256([]byte(text))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of = make(map[[32]byte][]float32)
	}
	if r.of[key] != nil {
		return
	}
	delete(r.of, r.ring[r.next])
	r.of[key], r.ring[r.next] = v, key
	r.next = (r.next + 1) % len(r.ring)
}
