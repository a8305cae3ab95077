package eventstream

import (
	"encoding/binary"
	"hash/crc32"
)

// Begin appends the head of a message of the given kind and type, whose payload is JSON.
// The caller appends the payload and then calls End with at.
func Begin[T string | []byte](dst []byte, k Kind, typ T) (out []byte, at int) {
	at = len(dst)
	dst = append(dst, make([]byte, Prelude)...)
	switch k {
	case Exception:
		dst = word(dst, names[exceptionType], typ)
	case Failure:
		dst = word(dst, names[errorCode], typ)
	default:
		dst = word(dst, names[eventType], typ)
	}
	dst = word(dst, ":content-type", "application/json")
	dst = word(dst, names[messageType], kinds[k])
	binary.BigEndian.PutUint32(dst[at+4:], uint32(len(dst)-at-Prelude))
	return dst, at
}

// End completes the message that Begin began at at. Everything appended since is its payload.
func End(dst []byte, at int) []byte {
	m := dst[at:]
	binary.BigEndian.PutUint32(m, uint32(len(m)+trailer))
	binary.BigEndian.PutUint32(m[8:], crc32.ChecksumIEEE(m[:8]))
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(m))
}

// Append appends a whole message.
func Append[T string | []byte](dst []byte, k Kind, typ T, payload []byte) []byte {
	dst, at := Begin(dst, k, typ)
	return End(append(dst, payload...), at)
}

var kinds = [...]string{Event: "event", Exception: "exception", Failure: "error"}

// word appends a header with a string value, cut to maxWord bytes.
func word[T string | []byte](dst []byte, name string, value T) []byte {
	n := min(len(value), maxWord)
	dst = append(append(append(dst, byte(len(name))), name...), typeString)
	return append(binary.BigEndian.AppendUint16(dst, uint16(n)), value[:n]...)
}
