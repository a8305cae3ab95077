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
