// Package buf lends byte buffers by size class. A buffer is borrowed only while it
// has content, so that ten thousand idle connections hold none.
//
// It refuses to grow without bound: a list keeps at most maxKept bytes of each class,
// and leaves the rest to the garbage collector.
package buf

import (
	"math/bits"
	"sync"
)

const (
	minShift = 9  // 512 B
	maxShift = 17 // 128 KiB; larger buffers are not kept
	classes  = maxShift - minShift + 1

	maxKept = 4 << 20 // bytes kept per class
)

// A List lends buffers to one goroutine. The zero value is ready for use.
type List struct {
	free  [classes][][]byte
	Taken int // buffers lent at present, for leak checks and gauges
}

// Take returns an empty buffer with room for n bytes. It belongs to the caller until
// Give.
func (l *List) Take(n int) []byte {
	l.Taken++
	c := class(n)
	if c < 0 {
		return make([]byte, 0, n)
	}
	if k := len(l.free[c]) - 1; k >= 0 {
		b := l.free[c][k]
		l.free[c][k] = nil
		l.free[c] = l.free[c][:k]
		return b
	}
	return make([]byte, 0, 1<<(minShift+c))
}

// Give takes b back. b must be from Take of any List, and must not be used afterwards. A
// nil b is ignored.
func (l *List) Give(b []byte) {
	if b == nil {
		return
	}
	l.Taken--
	c := class(cap(b))
	if c < 0 || cap(b) != 1<<(minShift+c) || len(l.free[c]) >= maxKept>>(minShift+c) {
		return
	}
	poison(b)
	l.free[c] = append(l.free[c], b[:0])
}

// Grow returns a buffer with b's bytes and room for n more. If that is another buffer, b
// is given back.
func (l *List) Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	nb := append(l.Take(max(len(b)+n, 2*cap(b))), b...)
	l.Give(b)
	return nb
}

// Need is Grow for callers that know the total they need.
func (l *List) Need(b []byte, need int) []byte { return l.Grow(b, need-len(b)) }

// Trim drops half of the kept buffers, so that a burst does not hold memory for ever.
func (l *List) Trim() {
	for c := range l.free {
		k := len(l.free[c]) / 2
		clear(l.free[c][k:])
		l.free[c] = l.free[c][:k]
	}
}

func class(n int) int {
	if n <= 1<<minShift {
		return 0
	}
	c := bits.Len(uint(n-1)) - minShift
	if c >= classes {
		return -1
	}
	return c
}

// A Shared lends buffers to any number of goroutines. The zero value is ready for use.
type Shared struct {
	mu   sync.Mutex
	list List
}

// Take is List.Take.
func (s *Shared) Take(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list.Take(n)
}

// Give is List.Give.
func (s *Shared) Give(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list.Give(b)
}

// Grow is List.Grow.
func (s *Shared) Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list.Grow(b, n)
}

// Need is List.Need.
func (s *Shared) Need(b []byte, need int) []byte { return s.Grow(b, need-len(b)) }

// Adopt counts b, which l lent, as lent by s. It must be called by the goroutine that owns l.
func (s *Shared) Adopt(l *List, b []byte) {
	if b == nil {
		return
	}
	l.Taken--
	s.mu.Lock()
	s.list.Taken++
	s.mu.Unlock()
}

// Taken returns the number of buffers lent at present.
func (s *Shared) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list.Taken
}
