package frame

import "bytes"

// A mark is the position of a scan in the stream. It never looks back at earlier bytes, so it
// does not depend on how the stream was split into reads.
type mark struct {
	mid     bool // within a line
	cr      bool // after the CR of a line that is not blank
	blankCR bool // after the CR of a blank line, which ends the block with or without a LF
	lone    bool // the line before ended in a lone CR
	skipLF  bool // the block before ended in a lone CR: a LF here belongs to it
	begun   bool // the first block has ended
	failed  bool
}

// next returns the mark after a block whose end is certain.
func (m mark) next() mark { return mark{begun: true, failed: m.failed} }

// scan looks for the end of the current block. whole says that b[:n] ends it; otherwise all
// of b belongs to it and n is len(b).
func (m *mark) scan(b []byte) (n int, whole bool) {
	if m.skipLF && len(b) > 0 {
		m.skipLF = false
		if b[0] == '\n' {
			n = 1
		}
	}
	for n < len(b) {
		switch c := b[n]; {
		case m.blankCR:
			if c == '\n' {
				n++
			}
			*m = m.next()
			return n, true
		case m.cr:
			m.cr, m.lone = false, c != '\n'
			if c == '\n' {
				n++
			}
		case m.mid:
			n = m.line(b, n)
		case c == '\n':
			*m = m.next()
			return n + 1, true
		case c == '\r' && m.lone:
			*m = m.next()
			m.skipLF = true
			return n + 1, true
		case c == '\r':
			m.blankCR = true
			n++
		default:
			m.mid = true
		}
	}
	return n, false
}

// line moves to the end of the current line and past its first end byte.
func (m *mark) line(b []byte, n int) int {
	n += lineLen(b[n:])
	if n < len(b) {
		m.mid, m.cr, m.lone = false, b[n] == '\r', false
		n++
	}
	return n
}

// lineLen returns the number of bytes before the first CR or LF. It searches windows of
// growing size, so that a stream without one of the two is not searched to its end for
// every line.
func lineLen(b []byte) int {
	for at, window := 0, 256; ; window *= 4 {
		w := b[at:min(at+window, len(b))]
		lf := bytes.IndexByte(w, '\n')
		if lf >= 0 {
			w = w[:lf]
		}
		if cr := bytes.IndexByte(w, '\r'); cr >= 0 {
			return at + cr
		}
		if lf >= 0 {
			return at + lf
		}
		if at += len(w); at == len(b) {
			return at
		}
	}
}
