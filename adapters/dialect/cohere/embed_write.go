package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// appendEmbed is the codec's AppendRequest. Cohere requires the purpose of the vectors; the default is that of
// other formats, documents to be searched.
func appendEmbed(dst []byte, e *core.Embed, s *core.Send) ([]byte, *core.Fault) {
	own, at := e.From == &self, len(dst)
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst, images, f := inputs(dst, e, own)
	if f != nil {
		return dst, f
	}
	dst = purposeOf(dst, e, own, images)
	dst = types(dst, e, own)
	if e.Size != nil {
		dst = append(append(dst, `,"output_dimension":`...), e.Size...)
	}
	switch {
	case e.Cut == core.No:
		dst = append(dst, `,"truncate":"NONE"`...)
	case e.Cut == core.Yes && own && e.Shape&embedStart != 0:
		dst = append(dst, `,"truncate":"START"`...)
	case e.Cut == core.Yes:
		dst = append(dst, `,"truncate":"END"`...)
	}
	if own {
		dst = appendExtras(dst, &e.Tree, e.More)
	} else {
		dropEmbed(e)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

func dropEmbed(e *core.Embed) {
	if e.Title != nil {
		e.Dropped = append(e.Dropped, "title")
	}
	if e.User != nil {
		e.Dropped = append(e.Dropped, "user")
	}
	for more := e.More; more != 0; {
		var x core.Extra
		x, more = e.Extra(more)
		e.Dropped = append(e.Dropped, string(x.Key))
	}
}

// inputs appends texts, images or, if they are mixed, inputs.
func inputs(dst []byte, e *core.Embed, own bool) (out []byte, images bool, f *core.Fault) {
	texts := 0
	for i := range e.Inputs {
		in := &e.Inputs[i]
		switch {
		case in.Text != nil:
			texts++
		case in.Tokens != nil:
			return dst, false, body.Invalid("input", "cannot send tokens to Cohere: it embeds texts and images", "send the text itself")
		case in.Image != nil:
			images = true
		}
	}
	switch {
	case own && e.Shape&embedRawInputs != 0:
		return dst, images, nil
	case images && (texts > 0 || own && e.Shape&embedInputs != 0) || own && e.Shape&embedInputs != 0:
		return mixed(dst, e), images, nil
	case images:
		dst = append(dst, `,"images":[`...)
	case own && e.Shape&embedImages != 0:
		return append(dst, `,"images":[]`...), images, nil
	case own && e.Shape&embedTexts == 0:
		return dst, images, nil
	default:
		dst = append(dst, `,"texts":[`...)
	}
	mark := len(dst)
	for i := range e.Inputs {
		in := &e.Inputs[i]
		if dst = next(dst, mark); in.Text != nil {
			dst = scan.AppendQuoted(dst, in.Text)
		} else {
			dst = scan.AppendQuoted(dst, in.Image)
		}
	}
	return append(dst, ']'), images, nil
}

func mixed(dst []byte, e *core.Embed) []byte {
	dst = append(dst, `,"inputs":[`...)
	mark := len(dst)
	for i := range e.Inputs {
		in := &e.Inputs[i]
		dst = append(next(dst, mark), `{"content":[{"type":`...)
		if in.Text != nil {
			dst = append(scan.AppendQuoted(append(dst, `"text","text":`...), in.Text), `}]}`...)
		} else {
			dst = append(scan.AppendQuoted(append(dst, `"image_url","image_url":{"url":`...), in.Image), `}}]}`...)
		}
	}
	return append(dst, ']')
}

// purposeOf appends input_type.
func purposeOf(dst []byte, e *core.Embed, own, images bool) []byte {
	if e.Kind == nil && own {
		return dst
	}
	dst = append(dst, `,"input_type":"`...)
	for _, p := range purposes {
		if string(e.Kind) == p[1] {
			return append(append(dst, p[0]...), '"')
		}
	}
	switch {
	case e.Kind != nil:
		dst = append(dst, e.Kind...)
	case images:
		dst = append(dst, "image"...)
	default:
		dst = append(dst, "search_document"...)
	}
	return append(dst, '"')
}

// types appends embedding_types. If another format wants base64, floats are requested, because Cohere's base64 is
// not documented.
func types(dst []byte, e *core.Embed, own bool) []byte {
	switch {
	case own && e.Shape&embedBase64 != 0:
		return append(dst, `,"embedding_types":["base64"]`...)
	case own && e.Shape&embedNoTypes != 0:
		return append(dst, `,"embedding_types":[]`...)
	case len(e.Types) == 0 && own:
		return dst
	case len(e.Types) == 0:
		return append(dst, `,"embedding_types":["float"]`...)
	}
	dst = append(dst, `,"embedding_types":[`...)
	mark := len(dst)
	for _, t := range e.Types {
		dst = scan.AppendQuoted(next(dst, mark), t)
	}
	return append(dst, ']')
}
