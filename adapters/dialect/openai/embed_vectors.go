package openai

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// parseVectors is the ParseReply of embeddings.
func parseVectors(v *core.Vectors, raw []byte) error {
	v.From = &dialect
	known := false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		text := quoted(value)
		switch {
		case string(key) == "data" && value[0] == '[':
			known = true
			parseData(v, value)
			continue
		case string(key) == "model" && text != nil:
			v.Model = text
			continue
		case string(key) == "id" && text != nil:
			v.ID = text
			continue
		case string(key) == "object" && string(text) == "list":
			v.Shape |= vectorObject
			continue
		case string(key) == "usage" && opens(value):
			tokens(value, &v.Usage)
			v.Shape |= vectorUsage
		}
		v.Keep(&v.More, key, value)
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !known:
		return errNoVectors
	}
	return nil
}

// parseData reads the vectors and puts them in the order of the inputs.
func parseData(v *core.Vectors, raw []byte) {
	for w := scan.Elements(raw); ; {
		if _, _, ok := w.Next(); !ok {
			break
		}
		v.List = append(v.List, core.Vector{})
	}
	free := 0
	w := scan.Elements(raw)
	for n := 0; n < len(v.List); n++ {
		_, value, _ := w.Next()
		one, at := parseVector(v, value, n)
		if at >= len(v.List) || !empty(&v.List[at]) { // two vectors have the same index, or it is out of range
			for at = free; !empty(&v.List[at]); at++ {
			}
			free = at
		}
		v.List[at] = one
	}
}

func empty(v *core.Vector) bool { return v.Floats == nil && v.Base64 == nil }

// parseVector reads the n-th element of the data, and returns the index of its input as well.
func parseVector(v *core.Vectors, raw []byte, n int) (one core.Vector, at int) {
	at = n
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "embedding" && value[0] == '[':
			one.Floats = value
			continue
		case string(key) == "embedding" && quoted(value) != nil:
			one.Base64 = quoted(value)
			continue
		case string(key) == "index":
			if i, ok := scan.Whole(value); ok && i >= 0 && i < maxVectors {
				at = int(i)
			}
		}
		v.Keep(&one.More, key, value)
	}
	if empty(&one) {
		one.Floats = noFloats
	}
	return one, at
}

// noFloats is written for an element that is not a vector.
var noFloats = []byte("[]")

// appendVectors is the AppendReply of embeddings. Vectors are written in the encoding that the client
// asked for.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	own := v.From == &dialect
	dst = append(dst, '{')
	at := len(dst)
	if !own || v.Shape&vectorObject != 0 {
		dst = append(dst, `,"object":"list"`...)
	}
	dst = uncomma(append(dst, `,"data":[`...), at)
	for i := range v.List {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendVector(dst, v, i, e)
	}
	dst = append(dst, ']')
	if own && v.ID != nil {
		dst = appendTextMember(dst, "id", v.ID)
	}
	switch {
	case x != nil && len(x.Model) > 0:
		dst = appendTextMember(dst, "model", x.Model)
	case v.Model != nil || !own:
		dst = appendTextMember(dst, "model", v.Model)
	}
	if !own || v.Shape&vectorUsage == 0 && v.Usage.Known {
		dst = scan.AppendInt(append(dst, `,"usage":{"prompt_tokens":`...), v.Usage.In)
		dst = append(scan.AppendInt(append(dst, `,"total_tokens":`...), v.Usage.In), '}')
	}
	if own {
		dst = appendExtras(dst, &v.Tree, v.More, "")
	}
	return appendTail(uncomma(dst, at), x)
}

func appendVector(dst []byte, v *core.Vectors, i int, e *core.Embed) []byte {
	one := &v.List[i]
	dst = append(dst, '{')
	at := len(dst)
	dst = append(dst, `,"embedding":`...)
	coded := one.Base64 != nil
	if e != nil {
		coded = e.Base64
	}
	switch {
	case coded && one.Base64 != nil:
		dst = scan.AppendQuoted(dst, one.Base64)
	case coded:
		dst = append(appendCoded(append(dst, '"'), one.Floats), '"')
	case one.Floats != nil:
		dst = append(dst, one.Floats...)
	default:
		dst = appendFloats(dst, one.Base64)
	}
	if v.From == &dialect {
		dst = appendExtras(dst, &v.Tree, one.More, "")
	} else {
		dst = append(dst, `,"object":"embedding"`...)
		dst = scan.AppendInt(append(dst, `,"index":`...), int64(i))
	}
	return append(uncomma(dst, at), '}')
}

// appendCoded appends the numbers of an array as base64 of little-endian float32, which OpenAI's SDKs
// request by default. An element that is not a number becomes 0.
func appendCoded(dst, floats []byte) []byte {
	var three [12]byte // three numbers are sixteen characters without padding
	n := 0
	w := scan.Elements(floats)
	for {
		_, value, ok := w.Next()
		if !ok {
			return base64.StdEncoding.AppendEncode(dst, three[:n])
		}
		f, _ := strconv.ParseFloat(string(value), 32)
		binary.LittleEndian.PutUint32(three[n:], math.Float32bits(float32(f)))
		if n += 4; n == len(three) {
			dst = base64.StdEncoding.AppendEncode(dst, three[:])
			n = 0
		}
	}
}

// appendFloats decodes coded and appends it as an array of numbers. It stops where coded is not base64.
// Infinities and NaN, which JSON does not have, become 0.
func appendFloats(dst, coded []byte) []byte {
	dst = append(dst, '[')
	from := len(dst)
	var text [16]byte
	var plain [12]byte
	n := 0
	for i := 0; i <= len(coded); i++ {
		if i < len(coded) && coded[i] != '\\' {
			text[n] = coded[i]
			n++
		}
		if n < len(text) && i < len(coded) {
			continue
		}
		got, err := base64.StdEncoding.Decode(plain[:], text[:n])
		for at := 0; at+4 <= got; at += 4 {
			f := math.Float32frombits(binary.LittleEndian.Uint32(plain[at:]))
			if f-f != 0 {
				f = 0
			}
			dst = strconv.AppendFloat(append(dst, ','), float64(f), 'g', -1, 32)
		}
		if n = 0; err != nil {
			break
		}
	}
	return append(uncomma(dst, from), ']')
}
