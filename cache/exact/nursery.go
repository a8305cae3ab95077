package exact

import "sync"

// A nursery holds the newest values of one shard of the keys, in the order of their arrival.
type nursery[V any] struct {
	mu     sync.RWMutex
	items  map[[32]byte]*Item[V]
	queue  []*Item[V] // oldest first, from head on
	head   int
	judged int   // index in queue before which all were offered to ristretto
	bytes  int64 // of queue
	young  int64 // bytes of those not offered yet
}

func (n *nursery[V]) get(key *[32]byte) *Item[V] {
	n.mu.RLock()
	i := n.items[*key]
	n.mu.RUnlock()
	return i
}

// put adds i. It returns the item that i replaces, if any, the items to be offered to
// ristretto, and those that are too old, which were offered before.
func (n *nursery[V]) put(i *Item[V], room int64, out []*Item[V]) (old *Item[V], offer, drop []*Item[V]) {
	n.mu.Lock()
	defer n.mu.Unlock()
	old = n.items[i.Key]
	n.items[i.Key] = i
	n.queue = append(n.queue, i)
	size := i.Cost + overhead
	n.bytes += size
	n.young += size
	for n.young > room/2 && n.judged < len(n.queue)-1 {
		out = append(out, n.queue[n.judged])
		n.young -= n.queue[n.judged].Cost + overhead
		n.judged++
	}
	offers := len(out)
	for n.bytes > room && n.head < n.judged {
		gone := n.queue[n.head]
		n.queue[n.head] = nil
		n.head++
		n.bytes -= gone.Cost + overhead
		if n.items[gone.Key] == gone {
			delete(n.items, gone.Key)
		}
		out = append(out, gone)
	}
	if n.head > 64 && n.head*2 > len(n.queue) {
		n.queue = append(n.queue[:0], n.queue[n.head:]...)
		n.judged -= n.head
		n.head = 0
	}
	return old, out[:offers], out[offers:]
}

// remove forgets i, which remains in the queue until its turn.
func (n *nursery[V]) remove(i *Item[V]) {
	n.mu.Lock()
	if n.items[i.Key] == i {
		delete(n.items, i.Key)
	}
	n.mu.Unlock()
}

// each appends the items that are held.
func (n *nursery[V]) each(out []*Item[V]) []*Item[V] {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, i := range n.items {
		out = append(out, i)
	}
	return out
}
