package http1

// AppendUint appends n in decimal.
func AppendUint(dst []byte, n uint64) []byte {
	var b [20]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			return append(dst, b[i:]...)
		}
	}
}

// AppendChunkSize appends the size line of a chunk of n bytes, CR LF included;
// the data and another CR LF must follow. n 0 is the last chunk: see LastChunk.
func AppendChunkSize(dst []byte, n uint64) []byte {
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

// LastChunk ends a chunked body with no trailer.
const LastChunk = "0\r\n\r\n"
