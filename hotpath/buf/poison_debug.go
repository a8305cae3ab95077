//go:build bufdebug

package buf

// poison overwrites a returned buffer, so that a use after Give is always noticed.
func poison(b []byte) {
	b = b[:cap(b)]
	for i := range b {
		b[i] = 0xdb
	}
}
