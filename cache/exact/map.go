package exact

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"
)

// ErrSmall reports that a Map was requested with less than MinBytes.
var ErrSmall = errors.New("the cache needs 1 MiB at least")

// A Map is the memory. It may be used concurrently.
type Map[V any] struct {
	nursery [shards]nursery[V]
	sieve   sieve // of prints
	claims  sieve // of gists
	old     *ristretto.Cache[[]byte, *Item[V]]
	room    int64 // bytes of one nursery
	largest int64
	exit    func(*Item[V])
	closed  atomic.Bool
	counts  counts
}

// counts are the atomic counters behind Counts.
type counts struct {
	items, bytes                          atomic.Int64
	puts, dropped, evicted, turned, large atomic.Uint64
}

// Counts are totals since the Map was made, and what it holds.
type Counts struct {
	Items, Bytes int64  // held now
	Puts         uint64 // values accepted
	Dropped      uint64 // of those, values lost because ristretto's queue was full
	Evicted      uint64 // values that gave way to others before their time
	Turned       uint64 // values judged not worth keeping after the nursery
	Large        uint64 // values refused for their size
}

// New makes a Map of the given number of bytes. exit is called, from any goroutine, for each item that is no
// longer held anywhere; it may be nil. Close must be called, and does not call exit.
func New[V any](bytes int64, exit func(*Item[V])) (*Map[V], error) {
	if bytes < MinBytes {
		return nil, ErrSmall
	}
	m := &Map[V]{room: max(bytes/nurseryPart/shards, 1), largest: bytes / largestPart, exit: exit}
	for i := range m.nursery {
		m.nursery[i].items = map[[32]byte]*Item[V]{}
	}
	kept := bytes - bytes/nurseryPart
	m.sieve.size(kept / meanItem)
	m.claims.size(kept / meanItem)
	old, err := ristretto.NewCache(&ristretto.Config[[]byte, *Item[V]]{
		NumCounters: min(max(kept/meanItem*10, 1<<12), mostCounters),
		MaxCost:     kept, BufferItems: bufferItems, IgnoreInternalCost: true, KeyToHash: hashes,
		OnEvict: func(e *ristretto.Item[*Item[V]]) {
			if e.Value != nil && !m.closed.Load() && time.Now().UnixNano() < e.Value.Until {
				m.counts.evicted.Add(1)
			}
		},
		OnReject: func(*ristretto.Item[*Item[V]]) { m.counts.turned.Add(1) },
		OnExit:   m.left,
	})
	if err != nil {
		return nil, err
	}
	m.old = old
	return m, nil
}

// hashes returns the two words by which ristretto knows a key. Keys are digests: they need no
// hashing, and callers cannot choose them.
func hashes(key []byte) (uint64, uint64) {
	return binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[8:])
}

// Close stops the background work of ristretto. Nothing is found afterwards.
func (m *Map[V]) Close() {
	if !m.closed.Swap(true) {
		m.old.Close()
	}
}

func (m *Map[V]) shard(key *[32]byte) *nursery[V] { return &m.nursery[key[16]%shards] }

// Maybe reports whether a key with this print, which is not 0, might be present. False is certain.
// It reads a single word, and the key need not have been made.
func (m *Map[V]) Maybe(print uint64) bool { return m.sieve.maybe(print) }

// Claim notes that a question with this gist, which is not 0, is under way, provided that certainly none is and
// no item is the answer to one; otherwise it notes nothing and reports false. It reads and writes a
// single word, and nothing else of the question need be known. Release must be called.
func (m *Map[V]) Claim(gist uint64) bool { return m.claims.claim(gist) }

// Hold is Claim whoever else has that gist.
func (m *Map[V]) Hold(gist uint64) { m.claims.add(gist) }

// Release takes a Claim or a Hold back. If an answer came of it, it must have been put before.
func (m *Map[V]) Release(gist uint64) { m.claims.drop(gist) }

// Get returns the item under key, and how it may be used at the time now.
func (m *Map[V]) Get(key *[32]byte, now int64) (*Item[V], Age) {
	if m.closed.Load() {
		return nil, Missing
	}
	i := m.shard(key).get(key)
	if i != nil {
		m.promote(i, now)
	} else if i, _ = m.old.Get(key[:]); i == nil || i.Key != *key {
		return nil, Missing
	}
	switch {
	case i.dead.Load() || now >= i.Until:
		return nil, Missing
	case now < i.Fresh:
		return i, Fresh
	case i.claim(now):
		return i, Due
	}
	return i, Stale
}

// Alive reports whether there is an item under key, whatever its age.
func (m *Map[V]) Alive(key *[32]byte) bool {
	if m.closed.Load() {
		return false
	}
	i := m.shard(key).get(key)
	if i == nil {
		i, _ = m.old.Get(key[:])
	}
	return i != nil && i.Key == *key && !i.dead.Load()
}

// Put adds i, which must not be changed afterwards, and replaces the previous item. It
// reports whether i was accepted: a value that is too large is not.
func (m *Map[V]) Put(i *Item[V], now int64) bool {
	switch {
	case m.closed.Load():
		return false
	case i.Cost+overhead > m.largest:
		m.counts.large.Add(1)
		return false
	}
	m.counts.puts.Add(1)
	m.enter(i)
	var room [16]*Item[V]
	was, offer, drop := m.shard(&i.Key).put(i, m.room, room[:0])
	if was == nil {
		was, _ = m.old.Get(i.Key[:])
	}
	for _, o := range offer {
		m.promote(o, now)
	}
	for _, d := range drop {
		m.left(d)
	}
	if was != nil && was != i && was.Key == i.Key {
		was.dead.Store(true)
		if was.promoted.Load() {
			m.promote(i, now) // it takes the place of the old one at once
		}
	}
	return true
}

// promote offers i to ristretto, once.
func (m *Map[V]) promote(i *Item[V], now int64) {
	if i.promoted.Load() || i.dead.Load() || !i.promoted.CompareAndSwap(false, true) {
		return
	}
	m.enter(i)
	if now >= i.Until || !m.old.SetWithTTL(i.Key[:], i, i.Cost+overhead, time.Duration(i.Until-now)) {
		m.counts.dropped.Add(1)
		m.left(i)
	}
}

// enter notes that one more place holds i.
func (m *Map[V]) enter(i *Item[V]) {
	if i.places.Add(1) == 1 {
		m.sieve.add(i.Print)
		m.claims.add(i.Gist)
		m.counts.items.Add(1)
		m.counts.bytes.Add(i.Cost + overhead)
	}
}

// left notes that one place holds i no longer.
func (m *Map[V]) left(i *Item[V]) {
	if i == nil || i.places.Add(-1) != 0 {
		return
	}
	m.sieve.drop(i.Print)
	m.claims.drop(i.Gist)
	m.counts.items.Add(-1)
	m.counts.bytes.Add(-i.Cost - overhead)
	i.dead.Store(true)
	if m.exit != nil && !m.closed.Load() {
		m.exit(i)
	}
}

// Delete removes i.
func (m *Map[V]) Delete(i *Item[V]) {
	if m.closed.Load() || i.dead.Swap(true) {
		return
	}
	m.shard(&i.Key).remove(i)
	if i.promoted.Load() {
		if is, _ := m.old.Get(i.Key[:]); is == i {
			m.old.Del(i.Key[:])
		}
	}
}

// Each calls f with every live item that was put before the call. f may call Delete.
func (m *Map[V]) Each(f func(*Item[V])) {
	if m.closed.Load() {
		return
	}
	m.old.Wait()
	var all []*Item[V]
	for i := range m.nursery {
		all = m.nursery[i].each(all)
	}
	seen := make(map[*Item[V]]struct{}, len(all))
	for _, i := range all {
		seen[i] = struct{}{}
	}
	m.old.IterValues(func(i *Item[V]) bool {
		if _, ok := seen[i]; !ok && i != nil {
			all = append(all, i)
		}
		return false
	})
	for _, i := range all {
		if !i.dead.Load() {
			f(i)
		}
	}
}

// Counts are read while the Map is in use and so are only approximately simultaneous.
func (m *Map[V]) Counts() Counts {
	c := &m.counts
	return Counts{c.items.Load(), c.bytes.Load(), c.puts.Load(), c.dropped.Load(), c.evicted.Load(), c.turned.Load(), c.large.Load()}
}
