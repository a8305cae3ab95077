package scan

// plainBlocks returns how many of the n bytes at p come before the first that special
// marks; if it marks none, n rounded down to a multiple of 16.
//
//go:noescape
func plainBlocks(p *byte, n int) int

// plainRun moves i past the bytes of b that special does not mark, in blocks of 16 as long
// as there are that many: the texts of a conversation are long.
func plainRun(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	return i + plainBlocks(&b[i], len(b)-i)
}

// backBlocks returns how many of the n bytes from p on are left if those behind the last quote or backslash
// are taken away, or, if there is none, all but what is left over of 16.
//
//go:noescape
func backBlocks(p *byte, n int) int

// backRun moves i back over the bytes of b that are neither a quote nor a backslash, as far as there are 16
// of them.
func backRun(b []byte, i int) int {
	if i == 0 {
		return 0
	}
	return backBlocks(&b[:i][0], i)
}
