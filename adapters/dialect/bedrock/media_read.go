package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// media reads {format, source} of an image, a document, a video or audio; a document has a name and other
// members as well.
func (r *reader) media(kind core.PartKind, value []byte) bool {
	p := core.Part{Kind: kind}
	known := true
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "format":
			p.Media = mediaOf(kind, inside(v))
			known = known && p.Media != nil
		case "name":
			p.Name = inside(v)
		case "source":
			known = r.source(&p, v) && known
		default:
			r.t.Keep(&p.More, key, v)
		}
	}
	if p.Shape&shapeRaw != 0 {
		p.Raw = value
	}
	r.t.Add(p)
	return known && w.Rest() != nil
}

// source reads the source of p: one of bytes, s3Location, text, content.
func (r *reader) source(p *core.Part, value []byte) bool {
	w := scan.Members(value)
	key, v, _ := w.Next()
	if _, _, more := w.Next(); more {
		return false
	}
	switch string(key) {
	case "bytes":
		p.Data = inside(v)
		return p.Data != nil
	case "text":
		p.Text = inside(v)
		return p.Text != nil
	case "s3Location":
		at := scan.Members(v)
		k, uri, _ := at.Next()
		_, _, more := at.Next()
		p.URL = inside(uri)
		return string(k) == "uri" && !more && p.URL != nil
	case "content":
		p.Text = r.joined(v, `\n\n`)
		p.Shape |= shapeRaw
		return true
	}
	return false
}

// joined returns the texts of an array of {text} blocks, joined by between.
func (r *reader) joined(list []byte, between string) core.Text {
	room := r.t.Room()
	at := len(room)
	w := scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			return r.t.Took(room)
		}
		if t := member(one, "text"); t != nil {
			if len(room) > at {
				room = append(room, between...)
			}
			room = append(room, t...)
		}
	}
}
