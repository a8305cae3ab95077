package ollama

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

var errNoVectors = errors.New("the body holds no embeddings")

// parseVectors is the codec's ParseReply.
func parseVectors(v *core.Vectors, b []byte) error {
	v.From = &self
	found := false
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "model" && scan.IsString(value):
			v.Model = inside(value)
			continue
		case string(key) == "embeddings" && value[0] == '[':
			found = true
			list := scan.Elements(value)
			for {
				_, vector, more := list.Next()
				if !more {
					break
				}
				v.List = append(v.List, core.Vector{Floats: vector})
			}
			continue
		case string(key) == "embedding" && value[0] == '[':
			found, v.Shape = true, v.Shape|vectorsOne
			v.List = append(v.List, core.Vector{Floats: value})
			continue
		}
		counter(key, value, &v.Usage)
		v.Keep(&v.More, key, value)
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !found:
		return errNoVectors
	}
	return nil
}

// appendVectors is the codec's AppendReply.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	own := v.From == &self
	one := own && v.Shape&vectorsOne != 0 || !own && e != nil && e.Shape&embedPrompt != 0 && e.From == &self
	model := v.Model
	if x != nil && len(x.Model) > 0 {
		model = x.Model
	}
	dst = append(dst, '{')
	if model != nil && !one {
		dst = append(scan.AppendQuoted(append(dst, `"model":`...), model), ',')
	}
	if one {
		dst = append(dst, `"embedding":`...)
	} else {
		dst = append(dst, `"embeddings":[`...)
	}
	for i := range v.List {
		if one && i > 0 {
			break
		}
		if !one {
			dst = comma(dst)
		}
		if in := &v.List[i]; in.Floats != nil {
			dst = append(dst, in.Floats...)
		} else {
			dst = appendFloats(dst, in.Base64)
		}
	}
	switch {
	case !one:
		dst = append(dst, ']')
	case len(v.List) == 0:
		dst = append(dst, `[]`...)
	}
	if own {
		dst = appendExtras(dst, &v.Tree, v.More, false)
	} else if v.Usage.Known && !one {
		dst = scan.AppendInt(append(dst, `,"prompt_eval_count":`...), v.Usage.In)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendFloats decodes text, little-endian float32 in base64, and appends its numbers.
func appendFloats(dst []byte, text core.Text) []byte {
	dst = append(dst, '[')
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
				dst = strconv.AppendFloat(comma(dst), float64(f), 'g', -1, 32)
			}
		}
	}
	return append(dst, ']')
}
