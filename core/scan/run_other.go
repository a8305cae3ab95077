//go:build !amd64

package scan

// plainRun is plainWords on processors without an assembly version.
func plainRun(b []byte, i int) int { return plainWords(b, i) }

// backRun is backWords on processors without an assembly version.
func backRun(b []byte, i int) int { return backWords(b, i) }
