package http1

// preface is the first thing that an HTTP/2 client with prior knowledge sends (RFC 9113 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// IsHTTP2Preface reports whether buf starts with the HTTP/2 client preface. more means
// that buf is a proper prefix of it, possibly empty, so that more bytes are needed.
func IsHTTP2Preface(buf []byte) (match, more bool) {
	if len(buf) < len(preface) {
		return false, string(buf) == preface[:len(buf)]
	}
	return string(buf[:len(preface)]) == preface, false
}
