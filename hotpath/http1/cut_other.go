//go:build !amd64

package http1

// cut is cutWords on processors without an assembly version.
func cut(buf []byte) (colon, end int) { return cutWords(buf) }
