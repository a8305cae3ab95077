package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseVectors reads Titan's {embedding, inputTextTokenCount} or Cohere's {id, embeddings},
// which are arrays, or arrays by number type.
func parseVectors(v *core.Vectors, raw []byte) error {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "embedding":
			v.List = append(v.List, core.Vector{Floats: value})
		case "inputTextTokenCount":
			count(value, &v.Usage.In, &v.Usage)
		case "id":
			v.ID = inside(value)
			v.Shape = shapeCohere
		case "embeddings":
			v.Shape = shapeCohere
			if opens(value, '{') {
				value = get(value, "float")
			}
			list := scan.Elements(value)
			for {
				_, one, more := list.Next()
				if !more {
					break
				}
				v.List = append(v.List, core.Vector{Floats: one})
			}
		default:
			v.Keep(&v.More, key, value)
		}
	}
	for i := range v.List {
		if !opens(v.List[i].Floats, '[') {
			return errVectors
		}
	}
	if w.Rest() == nil || len(v.List) == 0 {
		return errVectors
	}
	return nil
}

// appendVectors writes the reply in the format of the request.
func appendVectors(dst []byte, v *core.Vectors, e *core.Embed, x *core.Crossing) []byte {
	own := ours(v.From)
	if e != nil && e.Shape == shapeCohere || e == nil && v.Shape == shapeCohere {
		dst = append(dst, '{')
		if v.ID != nil {
			dst = append(scan.AppendQuoted(append(dst, `"id":`...), v.ID), ',')
		}
		dst = append(dst, `"embeddings":`...)
		typed := e != nil && len(e.Types) > 0
		if typed {
			dst = append(dst, `{"float":`...)
		}
		dst = append(dst, '[')
		for i := range v.List {
			dst = append(append(dst, v.List[i].Floats...), ',')
		}
		dst = append(trimComma(dst), ']')
		if typed {
			dst = append(dst, '}')
		}
		if !own {
			dst = append(dst, `,"response_type":"embeddings_`...)
			if typed {
				dst = append(dst, "by_type\""...)
			} else {
				dst = append(dst, "floats\""...)
			}
		}
	} else {
		dst = append(dst, `{"embedding":`...)
		if len(v.List) > 0 {
			dst = append(dst, v.List[0].Floats...)
		} else {
			dst = append(dst, "[]"...)
		}
		dst = scan.AppendInt(append(dst, `,"inputTextTokenCount":`...), v.Usage.In)
	}
	if own {
		dst = appendChain(dst, &v.Tree, v.More)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}
