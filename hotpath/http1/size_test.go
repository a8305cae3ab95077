package http1

// appendChunkSize writes the size line of a chunk for the decoder's tests.
func appendChunkSize(dst []byte, n uint64) []byte {
	const digits = "0123456789abcdef"
	var b [18]byte
	i := len(b) - 2
	b[i], b[i+1] = '\r', '\n'
	for {
		i--
		b[i] = digits[n&0xf]
		n >>= 4
		if n == 0 {
			return append(dst, b[i:]...)
		}
	}
}
