package http1

// preface is what an HTTP/2 client with prior knowledge sends first (RFC 9113 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// IsHTTP2Preface reports whether buf starts with the HTTP/2 client preface.
// more means that all of buf is a proper beginning of it and the answer needs
// more bytes; an empty buf needs more.
func IsHTTP2Preface(buf []byte) (match, more bool) {
	if len(buf) < len(preface) {
		return false, string(buf) == preface[:len(buf)]
	}
	return string(buf[:len(preface)]) == preface, false
}
