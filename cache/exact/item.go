package exact

import "sync/atomic"

// An Item is a value with its key. Everything but the atomic fields is fixed once it was put.
type Item[V any] struct {
	Key   [32]byte
	Print uint64 // of the key, or of what it is the digest of: equal keys have equal prints; 0: unknown
	Gist  uint64 // of the value's question: equal questions have equal gists; 0: unknown
	Value V
	Cost  int64 // bytes of the value
	Fresh int64 // Unix nanoseconds; until then it is valid for everyone
	Until int64 // Unix nanoseconds; until then it is valid while one caller refreshes it; at least Fresh

	places   atomic.Int32 // how many of nursery and ristretto hold it
	promoted atomic.Bool  // it has been offered to ristretto
	dead     atomic.Bool  // removed: whoever still finds it ignores it
	claimed  atomic.Int64 // when a caller began to refresh it; 0: none
}

// Dead reports whether the item was deleted or replaced.
func (i *Item[V]) Dead() bool { return i.dead.Load() }

// claim gives one caller the right to refresh a stale item.
func (i *Item[V]) claim(now int64) bool {
	was := i.claimed.Load()
	return (was == 0 || now-was > int64(claimLasts)) && i.claimed.CompareAndSwap(was, now)
}

// Yield returns the right to refresh an item, so that the next caller gets it.
func (i *Item[V]) Yield() { i.claimed.Store(0) }

// An Age says how a found item may be used.
type Age uint8

const (
	Missing Age = iota
	Fresh       // as an answer
	Stale       // as an answer, because another caller refreshes it
	Due         // the caller has to refresh it, and must not answer with it
)
