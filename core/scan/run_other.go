//go:build !amd64

package scan

// plainRun is plainWords on processors without an assembly version.
func plainRun(b []byte, i int) int { return plainWords(b, i) }
