package gemini

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"asbru/core"
)

// appendFloats appends data, base64 of little-endian float32, as an array of numbers. Infinities and NaN become 0.
func appendFloats(dst []byte, data core.Text) []byte {
	at := len(dst)
	dst = append(dst, data...)
	n := at
	for _, c := range dst[at:] { // without the backslash of \/
		if c != '\\' {
			dst[n] = c
			n++
		}
	}
	raw, err := base64.StdEncoding.AppendDecode(nil, dst[at:n])
	dst = append(dst[:at], '[')
	for i := 0; err == nil && i+4 <= len(raw); i += 4 {
		if i > 0 {
			dst = append(dst, ',')
		}
		f := float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i:])))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = 0
		}
		dst = strconv.AppendFloat(dst, f, 'g', -1, 32)
	}
	return append(dst, ']')
}
