package cohere

import (
	"bytes"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseContent adds the parts of a content array to t. It returns false if raw is not one.
func parseContent(t *core.Tree, raw []byte) bool {
	if raw[0] != '[' {
		return false
	}
	w := scan.Elements(raw)
	for {
		if _, ok := w.Key(); !ok {
			return true
		}
		rest, ok := parsePart(t, w.Tail())
		if !ok {
			return false
		}
		w.Resume(rest)
	}
}

// An element is one object of a content array being read.
type element struct {
	kind, text, thinking, image, document, signature []byte
	redacted                                         bool
}

// parsePart adds the object of a content array at the start of raw to t and returns the bytes after it. One of an
// unknown kind, or with more than the neutral form holds, is kept whole.
func parsePart(t *core.Tree, raw []byte) (rest []byte, ok bool) {
	var e element
	p := &t.Parts[t.Add(core.Part{})]
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case scan.IsNull(value):
			t.Keep(&p.More, key, value)
		case string(key) == "type":
			e.kind = value
		case string(key) == "text":
			e.text = value
		case string(key) == "thinking":
			e.thinking = value
		case string(key) == "image_url":
			e.image = value
		case string(key) == "document":
			e.document = value
		case string(key) == "signature" && scan.IsString(value):
			e.signature = inside(value)
		case string(key) == "redacted" && string(value) == "true":
			e.redacted = true
		default:
			t.Keep(&p.More, key, value)
		}
	}
	kind, ok := scan.Inside(e.kind)
	if rest = w.Rest(); !ok || rest == nil {
		return nil, false
	}
	if raw = raw[:len(raw)-len(rest)]; !e.fill(t, p, raw) {
		*p = core.Part{Kind: core.PartOther, Type: kind, Raw: raw}
	}
	return rest, true
}

// fill fills p from the element. It reports whether p can hold all of it.
func (e *element) fill(t *core.Tree, p *core.Part, raw []byte) (ok bool) {
	others := 0
	for _, v := range [...][]byte{e.text, e.thinking, e.image, e.document} {
		if v != nil {
			others++
		}
	}
	if others != 1 || e.redacted && e.thinking == nil {
		return false
	}
	if len(e.signature) > 0 {
		p.Vendor, p.Sign = core.ReadSign(e.signature, core.Cohere)
	}
	switch string(e.kind) {
	case `"text"`:
		p.Text, ok = scan.Inside(e.text)
	case `"thinking"`:
		if p.Kind = core.PartThought; e.redacted {
			p.Kind = core.PartVeiled
		}
		if p.Sign == nil {
			p.Vendor = core.Cohere
		}
		p.Text, ok = scan.Inside(e.thinking)
	case `"image_url"`:
		p.Kind = core.PartImage
		ok = e.signature == nil && readImage(t, p, e.image) && (p.Data != nil || p.URL != nil)
	case `"document"`:
		if ok = e.document != nil; ok {
			p.Shape, p.Raw = partDocument, raw
			readDocument(t, p, e.document)
			if len(p.Name) > 0 {
				p.Text = t.Took(append(append(append(t.Room(), p.Name...), `:\n`...), p.Text...))
			}
			p.ID, p.Name = nil, nil
		}
	}
	return ok
}

// readImage reads image_url {url, detail}.
func readImage(t *core.Tree, p *core.Part, raw []byte) bool {
	known := true
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "url":
			url := inside(value)
			if p.Media, p.Data = splitData(t, url); p.Data == nil {
				p.URL = url
			}
		case "detail":
			p.Hint = inside(value)
			known = known && p.Hint != nil
		default:
			known = false
		}
	}
	if !known {
		body.Keep(t, &p.More, "image_url", raw)
		p.Shape |= partRawImage
	}
	return !bytes.HasPrefix(p.URL, []byte("data:"))
}

// splitData splits a data URL in base64 (RFC 2397); data is nil for any other URL.
func splitData(t *core.Tree, url core.Text) (media, data core.Text) {
	rest, ok := bytes.CutPrefix(url, []byte("data:"))
	if !ok {
		return nil, nil
	}
	comma := bytes.IndexByte(rest, ',')
	if comma < 0 {
		return nil, nil
	}
	media, ok = bytes.CutSuffix(rest[:comma], []byte(";base64"))
	if !ok {
		return nil, nil
	}
	if bytes.IndexByte(media, '\\') >= 0 { // PHP escapes the slash
		media = t.Took(scan.AppendUnescaped(t.Room(), media))
	}
	return media, rest[comma+1:]
}

// readDocument reads a document for the model: a string, or {id, data} whose data is a string or an object. An
// object with only a title and a text becomes these; of any other, the text is its JSON.
func readDocument(t *core.Tree, p *core.Part, raw []byte) {
	if len(raw) == 0 {
		p.Text = core.Text{}
		return
	}
	if text, ok := scan.Inside(raw); ok {
		p.Text = text
		return
	}
	p.ID = inside(member(raw, "id"))
	data := member(raw, "data")
	if data == nil {
		data = raw
	}
	if text, ok := scan.Inside(data); ok {
		p.Text = text
		return
	}
	var text, title core.Text
	whole := data[0] != '{'
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "title" && scan.IsString(value):
			title = inside(value)
		case text == nil && isBody(key) && scan.IsString(value):
			text = inside(value)
		default:
			whole = true
		}
	}
	if whole || text == nil {
		p.Text = t.Took(scan.AppendEscaped(t.Room(), data))
		return
	}
	p.Text, p.Name = text, title
}

// isBody reports whether key is a name for a document's text.
func isBody(key []byte) bool {
	switch string(key) {
	case "text", "content", "snippet":
		return true
	}
	return false
}
