package http1

import "unsafe"

// cutBlocks is cut for the n bytes at p, in blocks of 16; a shorter rest is not read.
//
//go:noescape
func cutBlocks(p *byte, n int) (colon, end int)

// cut finds the colon of the line at the start of buf, and the first control byte after it,
// including tabs. colon is -1 if it cannot tell: if a control byte comes before the colon,
// or if buf ends before, or shortly after.
func cut(buf []byte) (colon, end int) {
	return cutBlocks(unsafe.SliceData(buf), len(buf))
}
