package core

import (
	"bytes"
	"unicode/utf8"
)

// Readable is b with U+FFFD in place of what is no UTF-8; b itself if all of it is. JSON is nothing else (RFC 8259
// 8.1), and a client whose format is another one than its provider's must not be sent the provider's broken bytes. One
// of the same format gets them as they are.
func Readable(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}
