package exact

import "sync/atomic"

// An Item is a value with its key. All but the atomic words is fixed once it was put.
type Item[V any] struct {
	Key   [32]byte
	Print uint64 // of the key, or of what it is the digest of: equal keys have equal prints; 0: nobody knows it
	Value V
	Cost  int64 // bytes of the value
	Fresh int64 // Unix nanoseconds: until then it is good for everybody
	Until int64 // Unix nanoseconds: until then it is good while one caller refreshes it; at least Fresh

	places   atomic.Int32 // where it is held: the nursery, ristretto
	promoted atomic.Bool  // it was offered to ristretto
	dead     atomic.Bool  // taken out: whoever still finds it passes it over
	claimed  atomic.Int64 // when somebody set out to refresh it; 0: nobody
}

// Dead reports whether the item was deleted or replaced.
func (i *Item[V]) Dead() bool { return i.dead.Load() }

// claim gives the caller the one right to refresh a stale item.
func (i *Item[V]) claim(now int64) bool {
	was := i.claimed.Load()
	return (was == 0 || now-was > int64(claimLasts)) && i.claimed.CompareAndSwap(was, now)
}

// Yield gives back the right to refresh an item: the next caller has it.
func (i *Item[V]) Yield() { i.claimed.Store(0) }

// An Age says what a found item is good for.
type Age uint8

const (
	Missing Age = iota
	Fresh       // an answer
	Stale       // an answer, because somebody else refreshes it
	Due         // the caller is the one to refresh it; it must not answer
)
