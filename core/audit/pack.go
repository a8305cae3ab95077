package audit

import (
	"encoding/binary"
	"errors"
	"math"
)

var errPacked = errors.New("a packed record that is cut short or of another version")

func appendTime(dst []byte, t int64) []byte { return binary.LittleEndian.AppendUint64(dst, uint64(t)) }

func appendInt(dst []byte, n int64) []byte { return binary.AppendVarint(dst, n) }

// appendName packs a name. One longer than most is cut and ends in "~" and eight digits of a
// checksum of all of it, so that names with the same beginning stay distinct.
func appendName[T string | []byte](dst []byte, name T, most int) []byte {
	if len(name) <= most {
		return append(binary.AppendUvarint(dst, uint64(len(name))), name...)
	}
	sum := uint32(2166136261) // FNV-1a
	for i := range len(name) {
		sum = (sum ^ uint32(name[i])) * 16777619
	}
	dst = binary.AppendUvarint(dst, uint64(most))
	dst = append(append(dst, name[:most-9]...), '~')
	for s := 28; s >= 0; s -= 4 {
		dst = append(dst, "0123456789abcdef"[sum>>s&15])
	}
	return dst
}

// A reader unpacks a record. Once something is missing, everything it returns is zero
// and short is true.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() int {
	if b := r.bytes(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (r *reader) time() int64 {
	if b := r.bytes(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) name() string {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > math.MaxUint16 {
		r.short, r.b = true, nil
		return ""
	}
	r.b = r.b[n:]
	return string(r.bytes(int(v)))
}
