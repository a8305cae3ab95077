package cohere

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// appendVectors is the codec's AppendReply.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	own := v.From == &self
	dst = append(dst, '{')
	if v.ID != nil || !own {
		dst = append(appendID(append(dst, `"id":"`...), v.ID, x), '"')
	}
	if !own || v.Shape&vectorsRaw == 0 {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = appendEmbeddings(append(dst, `"embeddings":`...), v, e, own)
	}
	if own {
		dst = appendExtras(dst, &v.Tree, v.More)
	} else {
		dst = append(dst, `,"texts":[`...)
		mark := len(dst)
		for i := 0; e != nil && i < len(e.Inputs); i++ {
			if e.Inputs[i].Text != nil {
				dst = scan.AppendQuoted(next(dst, mark), e.Inputs[i].Text)
			}
		}
		dst = append(dst, `],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":`...)
		dst = append(scan.AppendInt(dst, v.Usage.In), `}},"response_type":"embeddings_by_type"`...)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendEmbeddings appends the vectors under the type that they have, or that e asks for.
func appendEmbeddings(dst []byte, v *core.Vectors, e *core.Embed, own bool) []byte {
	bare := own && v.Shape&vectorsBare != 0
	name := typeNames[0]
	switch n := int(v.Shape / vectorsType); {
	case own && n > 0:
		name = typeNames[n-1]
	case !own && e != nil && e.Base64:
		name = typeNames[base64Type]
	case !own && e != nil && len(e.Types) > 0:
		if i := typeIndex(e.Types[0]); i >= 0 {
			name = typeNames[i]
		}
	}
	if !bare {
		dst = append(append(append(dst, `{"`...), name...), `":`...)
	}
	dst = append(dst, '[')
	mark := len(dst)
	for i := range v.List {
		dst = next(dst, mark)
		switch in := &v.List[i]; {
		case name != typeNames[base64Type] && in.Floats == nil:
			dst = appendFloats(dst, in.Base64)
		case name == typeNames[base64Type] && in.Floats != nil:
			dst = appendBase64(dst, in.Floats)
		case in.Floats != nil:
			dst = append(dst, in.Floats...)
		default:
			dst = scan.AppendQuoted(dst, in.Base64)
		}
	}
	if dst = append(dst, ']'); bare {
		return dst
	}
	return append(dst, '}')
}

// appendFloats decodes text, little-endian float32 in base64, and appends its numbers.
func appendFloats(dst []byte, text core.Text) []byte {
	dst = append(dst, '[')
	mark := len(dst)
	var quad [4]byte // four characters of base64
	var out [3]byte
	var word [4]byte
	n, have := 0, 0
	for _, c := range text {
		if c == '\\' { // in \/
			continue
		}
		quad[n] = c
		if n++; n < len(quad) {
			continue
		}
		n = 0
		got, err := base64.StdEncoding.Decode(out[:], quad[:])
		if err != nil {
			break
		}
		for _, b := range out[:got] {
			word[have] = b
			if have++; have == len(word) {
				have = 0
				f := math.Float32frombits(binary.LittleEndian.Uint32(word[:]))
				dst = strconv.AppendFloat(next(dst, mark), float64(f), 'g', -1, 32)
			}
		}
	}
	return append(dst, ']')
}

// appendBase64 appends an array of numbers as a string of little-endian float32 in base64.
func appendBase64(dst, raw []byte) []byte {
	dst = append(dst, '"')
	var in [12]byte // three numbers make sixteen characters
	n := 0
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		f, _ := strconv.ParseFloat(string(value), 32)
		binary.LittleEndian.PutUint32(in[n:], math.Float32bits(float32(f)))
		if n += 4; n == len(in) {
			dst = base64.StdEncoding.AppendEncode(dst, in[:])
			n = 0
		}
	}
	return append(base64.StdEncoding.AppendEncode(dst, in[:n]), '"')
}
