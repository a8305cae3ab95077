package mock

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
)

// embeddingsShape writes OpenAI embeddings.
// https://platform.openai.com/docs/api-reference/embeddings
var embeddingsShape = shape{body: embeddingsBody, fault: openaiFault}

func embeddingsBody(dst []byte, a *answer) []byte {
	dst = append(dst, `{"object":"list","data":[`...)
	for i := range a.inputs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendIndex(dst, `{"object":"embedding","index":`, i)
		dst = append(dst, `,"embedding":`...)
		if a.base64 {
			dst = appendVector64(dst, a.dims, a.sum+uint32(i))
		} else {
			dst = appendVector(dst, a.dims, a.sum+uint32(i))
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `],"model":"`...)
	dst = append(dst, a.model...)
	in, _ := a.counts()
	dst = appendCount(dst, `","usage":{"prompt_tokens":`, in)
	dst = appendCount(dst, `,"total_tokens":`, in)
	return append(dst, `}}`...)
}

// vector yields components in millionths, evenly spread around zero so that
// the length of the whole is about one.
type vector struct {
	state uint64
	span  uint64
}

func newVector(dims int, seed uint32) vector {
	return vector{state: (uint64(seed)+1)*0x9E3779B97F4A7C15 | 1, span: uint64(2e6*math.Sqrt(3/float64(dims))) + 1}
}

// next is an xorshift64* step.
func (v *vector) next() int64 {
	v.state ^= v.state >> 12
	v.state ^= v.state << 25
	v.state ^= v.state >> 27
	return int64(v.state*0x2545F4914F6CDD1D>>32%v.span) - int64(v.span/2)
}

// appendVector writes decimals: exact, and cheap to print.
func appendVector(dst []byte, dims int, seed uint32) []byte {
	v := newVector(dims, seed)
	for i := range dims {
		c := byte(',')
		if i == 0 {
			c = '['
		}
		dst = append(dst, c)
		n := v.next()
		if n < 0 {
			dst = append(dst, '-')
			n = -n
		}
		dst = strconv.AppendInt(dst, n/1e6, 10)
		dst = append(dst, '.')
		for div := int64(1e5); div > 0; div /= 10 {
			dst = append(dst, byte('0'+n/div%10))
		}
	}
	return append(dst, ']')
}

// appendVector64 writes the same numbers as base64 of little-endian float32,
// which is what the official SDKs ask for.
func appendVector64(dst []byte, dims int, seed uint32) []byte {
	v := newVector(dims, seed)
	var raw [768]byte // a multiple of 3 and of 4: pieces join without padding
	dst = append(dst, '"')
	for dims > 0 {
		n := min(dims, len(raw)/4)
		for i := range n {
			binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(float32(float64(v.next())/1e6)))
		}
		dst = base64.StdEncoding.AppendEncode(dst, raw[:4*n])
		dims -= n
	}
	return append(dst, '"')
}
