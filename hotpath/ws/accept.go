package ws

import (
	"crypto/sha1"
	"encoding/base64"
)

// KeySize is the length of a Sec-WebSocket-Key: sixteen bytes in base64.
const KeySize = 24

// KeyValid reports whether a client's key is valid (RFC 6455 §4.2.1).
func KeyValid(key []byte) bool {
	var room [18]byte
	if len(key) != KeySize {
		return false
	}
	n, err := base64.StdEncoding.Strict().Decode(room[:], key)
	return err == nil && n == 16
}

// AppendKey appends a client's key made of sixteen random bytes.
func AppendKey(dst []byte, random [16]byte) []byte {
	return base64.StdEncoding.AppendEncode(dst, random[:])
}

// AppendAccept appends a server's answer to a key (RFC 6455 §4.2.2).
func AppendAccept(dst, key []byte) []byte {
	var room [KeySize + 36]byte
	b := append(append(room[:0], key...), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...)
	sum := sha1.Sum(b)
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}
