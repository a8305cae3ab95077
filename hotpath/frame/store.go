package frame

// A Store keeps the bytes of a cutter's partial frame. It holds a buffer only while there is
// one, or for the frame that was just returned. The zero value is ready for use.
type Store struct {
	// Grow returns a buffer with the bytes and the length of old and a capacity of need
	// bytes. It takes ownership of old, which is nil at first. nil: make is used. Free
	// takes a buffer back; nil: it is left to the garbage collector.
	Grow func(old []byte, need int) []byte
	Free func([]byte)

	given bool // buf was returned, and is released at the next call
	buf   []byte
}

// Pending returns the number of bytes of the partial frame.
func (s *Store) Pending() int {
	if s.given {
		return 0
	}
	return len(s.buf)
}

// release gives the buffer back if its frame was returned to the caller.
func (s *Store) release() {
	if !s.given {
		return
	}
	if s.Free != nil && s.buf != nil {
		s.Free(s.buf)
	}
	s.buf, s.given = nil, false
}

// drop gives the buffer back with its content.
func (s *Store) drop() {
	s.given = true
	s.release()
}

func (s *Store) keep(b []byte) {
	s.grow(len(s.buf) + len(b))
	s.buf = append(s.buf, b...)
}

// grow makes room for need bytes in total.
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
