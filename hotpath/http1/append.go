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

// LastChunk ends a chunked body with no trailer.
const LastChunk = "0\r\n\r\n"
