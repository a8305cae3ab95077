//go:build !amd64

package http1

// cut is cutWords where nobody wrote it for the processor.
func cut(buf []byte) (colon, end int) { return cutWords(buf) }
