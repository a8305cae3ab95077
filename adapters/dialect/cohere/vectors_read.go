package cohere

import (
	"errors"

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
		switch string(key) {
		case "id":
			if v.ID = inside(value); v.ID != nil {
				continue
			}
		case "embeddings":
			found = true
			embeddings(v, key, value)
			continue
		case "meta":
			tokens(value, &v.Usage)
		}
		v.Keep(&v.More, key, value)
	}
	if w.Rest() == nil {
		return errNoObject
	}
	if !found {
		return errNoVectors
	}
	return nil
}

// embeddings reads {float: [[…]], …}, or [[…]] of version 1. Of several types the neutral form holds floats, or else
// the first.
func embeddings(v *core.Vectors, key, raw []byte) {
	if raw[0] == '[' {
		v.Shape |= vectorsBare
		vectors(v, raw, false)
		return
	}
	chosen, list, n, odd := len(typeNames), []byte(nil), 0, false
	w := scan.Members(raw)
	for {
		name, value, ok := w.Next()
		if !ok {
			break
		}
		n++
		i := typeIndex(name)
		odd = odd || i < 0 || value[0] != '['
		if i >= 0 && value[0] == '[' && i < chosen {
			chosen, list = i, value
		}
	}
	if n != 1 || odd {
		v.Keep(&v.More, key, raw)
		v.Shape |= vectorsRaw
	}
	if list != nil {
		v.Shape |= vectorsType * uint32(chosen+1)
		vectors(v, list, chosen == base64Type)
	}
}

func typeIndex(name []byte) int {
	for i, t := range typeNames {
		if string(name) == t {
			return i
		}
	}
	return -1
}

func vectors(v *core.Vectors, raw []byte, base64 bool) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		if base64 {
			v.List = append(v.List, core.Vector{Base64: inside(value)})
		} else {
			v.List = append(v.List, core.Vector{Floats: value})
		}
	}
}
