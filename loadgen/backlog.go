package loadgen

// backlog is a bounded queue of moments. The zero value is empty; it grows to
// maxBacklog and keeps its memory.
type backlog struct {
	ring []int64
	head int
	n    int
}

// push adds a moment. It returns false if there is no room.
func (b *backlog) push(at int64) bool {
	if b.n == maxBacklog {
		return false
	}
	if b.n == len(b.ring) {
		b.grow()
	}
	b.ring[(b.head+b.n)%len(b.ring)] = at
	b.n++
	return true
}

// pop removes the oldest moment; false if there is none.
func (b *backlog) pop() (at int64, ok bool) {
	if b.n == 0 {
		return 0, false
	}
	at = b.ring[b.head]
	b.head = (b.head + 1) % len(b.ring)
	b.n--
	return at, true
}

func (b *backlog) reset() { b.head, b.n = 0, 0 }

func (b *backlog) grow() {
	ring := make([]int64, min(max(2*len(b.ring), 64), maxBacklog))
	for i := range b.n {
		ring[i] = b.ring[(b.head+i)%len(b.ring)]
	}
	b.ring, b.head = ring, 0
}
