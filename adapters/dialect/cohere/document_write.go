package cohere

import (
	"encoding/base64"

	"asbru/core"
	"asbru/core/scan"
)

// documents appends the documents of the request, and for other formats the text files in its messages.
func (a *asked) documents(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	if a.own && c.Shape&chatNoDocuments != 0 {
		return append(dst, `,"documents":[]`...), nil
	}
	at := len(dst)
	dst = append(dst, `,"documents":[`...)
	mark := len(dst)
	for i := range c.Turns {
		t := &c.Turns[i]
		if a.own && t.Shape&turnDocuments == 0 {
			continue
		}
		for j := int(t.From); j < int(t.To); j += 1 + int(c.Parts[j].Inner) {
			p := &c.Parts[j]
			if p.Kind != core.PartFile || !a.own && p.Text == nil && p.Data == nil {
				continue
			}
			var f *core.Fault
			if dst, f = a.document(next(dst, mark), p); f != nil {
				return dst, f
			}
		}
	}
	if len(dst) == mark {
		return dst[:at], nil
	}
	return append(dst, ']'), nil
}

// document appends {id, data: {title, text}}.
func (a *asked) document(dst []byte, p *core.Part) ([]byte, *core.Fault) {
	if a.own && p.Shape&partDocument != 0 {
		return append(dst, p.Raw...), nil
	}
	dst = append(dst, '{')
	if p.ID != nil {
		dst = append(scan.AppendQuoted(append(dst, `"id":`...), p.ID), ',')
	}
	dst = append(dst, `"data":{`...)
	if p.Name != nil {
		dst = append(scan.AppendQuoted(append(dst, `"title":`...), p.Name), ',')
	}
	dst = append(dst, `"text":"`...)
	switch {
	case p.Text != nil:
		dst = append(dst, p.Text...)
	case p.Data != nil && plainText(p.Media):
		var ok bool
		if dst, ok = a.decoded(dst, p.Data); !ok {
			return dst, noMedia(p)
		}
	default:
		return dst, noMedia(p)
	}
	return append(dst, `"}}`...), nil
}

// plainText reports whether files of type media are plain text.
func plainText(media core.Text) bool {
	return len(media) > 5 && string(media[:5]) == "text/" || string(media) == "application/json"
}

// decoded decodes the base64 data and appends it as text. It returns false if that is not possible.
func (a *asked) decoded(dst []byte, data core.Text) ([]byte, bool) {
	t := &a.c.Tree
	encoded := t.Took(scan.AppendUnescaped(t.Room(), data)) // decodes \/
	out, err := base64.StdEncoding.AppendDecode(t.Room(), encoded)
	if err != nil {
		return dst, false
	}
	return scan.AppendEscaped(dst, t.Took(out)), true
}
