package ws

import "unicode/utf8"

// text checks UTF-8 that comes in pieces: a character that is incomplete at the end of one must
// continue in the next.
type text struct {
	part [utf8.UTFMax]byte
	n    int
}

// feed reports whether the text, continued by p, is UTF-8 so far, and with last, whether it is
// complete. Bytes that cannot become a character are found at once.
func (t *text) feed(p []byte, last bool) bool {
	for t.n > 0 && len(p) > 0 {
		t.part[t.n] = p[0]
		t.n++
		p = p[1:]
		if !utf8.FullRune(t.part[:t.n]) {
			continue
		}
		if r, size := utf8.DecodeRune(t.part[:t.n]); r == utf8.RuneError && size < 2 {
			return false
		}
		t.n = 0
	}
	if whole := len(p) - unfinished(p); whole < len(p) {
		t.n = copy(t.part[:], p[whole:])
		p = p[:whole]
	}
	return utf8.Valid(p) && (!last || t.n == 0)
}

// unfinished returns the number of bytes at the end of p that begin a character without ending it.
func unfinished(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if c := p[len(p)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(p[len(p)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
