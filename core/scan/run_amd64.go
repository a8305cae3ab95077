package scan

// plainBlocks returns how many of the n bytes from p on special lets pass: up to the
// first that it does not, or, if there is none, n without what is left over of 16.
//
//go:noescape
func plainBlocks(p *byte, n int) int

// plainRun moves i over the bytes of b that special lets pass, as far as there are 16
// of them: the texts of a conversation are long.
func plainRun(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	return i + plainBlocks(&b[i], len(b)-i)
}
