package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendID appends the id of a call in the characters that Anthropic accepts. One with other characters is
// replaced by a hash of it, so that a call and its result still agree; a missing one by its number among the
// calls, or results, without an id.
func appendID(dst []byte, id core.Text, nth *int64) []byte {
	if len(id) == 0 {
		*nth++
		return scan.AppendInt(append(dst, "call_"...), *nth)
	}
	plain := true
	for _, c := range id {
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			plain = false
			break
		}
	}
	if plain {
		return append(dst, id...)
	}
	at := len(dst)
	dst = scan.AppendUnescaped(dst, id)
	const basis, prime = 14695981039346656037, 1099511628211 // FNV-1a, 64 bits
	sum := uint64(basis)
	for _, c := range dst[at:] {
		sum = (sum ^ uint64(c)) * prime
	}
	dst = append(dst[:at], "call_"...)
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[sum>>shift&15])
	}
	return dst
}
