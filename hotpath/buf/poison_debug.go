//go:build bufdebug

package buf

// poison overwrites what is given back, so that a late reader sees garbage at
// once and not by luck.
func poison(b []byte) {
	b = b[:cap(b)]
	for i := range b {
		b[i] = 0xdb
	}
}
