package frame

// A Store is where a cutter keeps what it has of a partial frame. It holds a buffer only
// while there is one, or for the frame that was just returned. The zero value is ready
// for use.
type Store struct {
	// Grow returns a buffer with the bytes and the length of old and capacity for
	// need bytes in all; old, nil at first, is the Store's no more. nil: plain
	// make. Free takes a buffer back; nil: it is left to the collector.
	Grow func(old []byte, need int) []byte
	Free func([]byte)

	given bool // buf was returned and is free at the next call
	buf   []byte
}

// Pending is the number of bytes held of a partial frame.
func (s *Store) Pending() int {
	if s.given {
		return 0
	}
	return len(s.buf)
}

// release gives back a buffer whose frame the caller has had.
func (s *Store) release() {
	if !s.given {
		return
	}
	if s.Free != nil && s.buf != nil {
		s.Free(s.buf)
	}
	s.buf, s.given = nil, false
}

// drop gives the buffer back, whatever is in it.
func (s *Store) drop() {
	s.given = true
	s.release()
}

func (s *Store) keep(b []byte) {
	s.grow(len(s.buf) + len(b))
	s.buf = append(s.buf, b...)
}

// grow makes room for need bytes in all.
func (s *Store) grow(need int) {
	if need <= cap(s.buf) {
		return
	}
	if s.Grow != nil {
		s.buf = s.Grow(s.buf, need)
		return
	}
	s.buf = append(make([]byte, 0, max(need, 2*cap(s.buf), minBuffer)), s.buf...)
}
