package http1

import "unsafe"

// cutBlocks is cut for the n bytes from p, as far as there are 16 of them.
//
//go:noescape
func cutBlocks(p *byte, n int) (colon, end int)

// cut finds, in the line that starts buf, the colon and the first control byte behind
// it, tabs among them. colon is -1 where it does not tell: when a control comes before any
// colon, or when buf, or nearly so, ends first.
func cut(buf []byte) (colon, end int) {
	return cutBlocks(unsafe.SliceData(buf), len(buf))
}
