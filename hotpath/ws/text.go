package ws

import "unicode/utf8"

// text judges UTF-8 that comes in pieces: what a character lacks at the end of one must be at
// the front of the next.
type text struct {
	part [utf8.UTFMax]byte
	n    int
}

// feed reports whether p goes on as UTF-8, and with last, whether it ends so. What can no
// longer become a character is found at once.
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

// unfinished is how many bytes at the end of p begin a character and do not end it.
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
