package sigv4

import "crypto/sha256"

// mac is HMAC-SHA-256 (RFC 2104). It is written out because crypto/hmac allocates its
// state, and one request needs it once or five times.
func mac(key, text []byte) [sha256.Size]byte {
	if len(key) > sha256.BlockSize {
		short := sha256.Sum256(key)
		key = short[:]
	}
	var room [4 * sha256.BlockSize]byte // the texts here are shorter
	pad := append(room[:0], key...)[:sha256.BlockSize]
	for i := range pad {
		pad[i] ^= 0x36
	}
	inner := sha256.Sum256(append(pad, text...))
	for i := range pad {
		pad[i] ^= 0x36 ^ 0x5c
	}
	return sha256.Sum256(append(pad, inner[:]...))
}

// hexed appends sum in hexadecimal digits.
func hexed(dst, sum []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range sum {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}
