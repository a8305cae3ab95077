//go:build !amd64

package scan

// plainRun is plainWords where nobody wrote it for the processor.
func plainRun(b []byte, i int) int { return plainWords(b, i) }
