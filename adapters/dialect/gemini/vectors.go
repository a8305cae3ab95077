package gemini

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// parseVectors reads the vectors of a reply of any of the three.
func parseVectors(v *core.Vectors, doc []byte) error {
	if err := scan.Valid(doc); err != nil {
		return err
	}
	v.From = &api
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "embedding":
			addVector(v, value)
		case "embeddings", "predictions":
			list := scan.Elements(value)
			for {
				_, one, ok := list.Next()
				if !ok {
					break
				}
				addVector(v, one)
			}
		case "usageMetadata":
			readTokens(value, &v.Usage)
			v.Keep(&v.More, key, value)
		default:
			v.Keep(&v.More, key, value)
		}
	}
	if len(v.List) == 0 {
		return errors.New("cannot read the vectors: the reply has none")
	}
	if !v.Usage.Known {
		readUsage(doc, &v.Usage)
	}
	return nil
}

// addVector reads a ContentEmbedding, or a prediction that contains one.
func addVector(v *core.Vectors, raw []byte) {
	var out core.Vector
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "values":
			out.Floats = value
		case "embeddings":
			addVector(v, value)
			return
		default:
			v.Keep(&out.More, key, value)
		}
	}
	v.List = append(v.List, out)
}

// predictedTokens adds up the tokens of the inputs in predictions of Vertex AI.
func predictedTokens(list []byte, u *core.Usage) {
	w := scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			return
		}
		m := scan.Members(one)
		_, embedding, _ := m.Next()
		m = scan.Members(embedding)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			if string(key) != "statistics" {
				continue
			}
			d := scan.Members(value)
			for {
				key, value, ok := d.Next()
				if !ok {
					break
				}
				n := int64(0)
				if string(key) == "token_count" && count(number(value), &n) {
					u.In, u.Known = u.In+n, true
				}
			}
		}
	}
}

// appendVectors writes the reply for the kind of request that e was.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	shape := uint32(embedBatch)
	if e != nil && e.From == &api {
		shape = embedShape(e)
	}
	dst = append(dst, '{')
	switch {
	case shape == embedOne && len(v.List) == 1:
		dst = appendVector(append(dst, `"embedding":`...), v, 0)
	case shape == embedPredict:
		dst = append(dst, `"predictions":[`...)
		for i := range v.List {
			dst = append(appendVector(append(sep(dst), `{"embeddings":`...), v, i), '}')
		}
		dst = append(dst, ']')
	default:
		dst = append(dst, `"embeddings":[`...)
		for i := range v.List {
			dst = appendVector(sep(dst), v, i)
		}
		dst = append(dst, ']')
	}
	if v.From == &api {
		for n := v.More; n != 0; {
			var m core.Extra
			m, n = v.Extra(n)
			dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
		}
	} else if v.Usage.Known && shape != embedPredict {
		dst = scan.AppendInt(append(field(dst, "usageMetadata"), `{"promptTokenCount":`...), v.Usage.In)
		dst = append(dst, '}')
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(sep(dst))
	}
	return append(dst, '}')
}

func appendVector(dst []byte, v *core.Vectors, i int) []byte {
	one := &v.List[i]
	dst = append(dst, '{')
	if v.From == &api {
		for n := one.More; n != 0; {
			var m core.Extra
			m, n = v.Extra(n)
			dst = append(append(scan.AppendQuoted(sep(dst), m.Key), ':'), m.Value...)
		}
	}
	dst = field(dst, "values")
	if one.Floats != nil {
		dst = append(dst, one.Floats...)
	} else {
		dst = appendFloats(dst, one.Base64)
	}
	return append(dst, '}')
}
