package cohere

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// parseContent adds the parts of a content array to t. It reports whether it is one.
func parseContent(t *core.Tree, raw []byte) bool {
	if raw[0] != '[' {
		return false
	}
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return true
		}
		p, ok := parsePart(t, value)
		if !ok {
			return false
		}
		t.Add(p)
	}
}

// parsePart reads one object of a content array.
func parsePart(t *core.Tree, raw []byte) (p core.Part, ok bool) {
	kind := member(raw, "type")
	if !scan.IsString(kind) {
		return p, false
	}
	switch string(kind) {
	case `"text"`:
		ok = readPart(t, &p, raw, "text")
	case `"thinking"`:
		p.Kind, p.Vendor = core.PartThought, core.Cohere
		ok = readPart(t, &p, raw, "thinking")
	case `"image_url"`:
		p.Kind = core.PartImage
		ok = readPart(t, &p, raw, "image_url") && (p.Data != nil || p.URL != nil)
	case `"document"`:
		p.Shape, p.Raw = partDocument, raw
		readDocument(t, &p, member(raw, "document"))
		p.ID, p.Name = nil, nil
		ok = true
	}
	if !ok {
		return core.Part{Kind: core.PartOther, Type: inside(kind), Raw: raw}, true
	}
	return p, true
}

// readPart reads the members of a part whose content is in the one called name. It
// reports whether the fields of p can hold it.
func readPart(t *core.Tree, p *core.Part, raw []byte, name string) (ok bool) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		switch {
		case !more:
			return ok
		case string(key) == "type":
		case string(key) == "signature" && scan.IsString(value):
			p.Vendor, p.Sign = core.ReadSign(inside(value), core.Cohere)
		case string(key) == "redacted" && string(value) == "true":
			p.Kind = core.PartVeiled
		case string(key) != name:
			t.Keep(&p.More, key, value)
		case p.Kind == core.PartImage:
			ok = readImage(t, p, value)
		default:
			p.Text, ok = scan.Inside(value)
		}
	}
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
		t.Keep(&p.More, []byte("image_url"), raw)
		p.Shape |= partRawImage
	}
	return !bytes.HasPrefix(p.URL, []byte("data:"))
}

// splitData takes a data URL in base64 apart (RFC 2397); data is nil when it is none.
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

// readDocument reads a document for the model to read: a string, or {id, data} whose
// data is a string or an object. An object of nothing but a title and a text becomes
// them, any other the JSON that it is.
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

// isBody reports whether a document's text goes by key.
func isBody(key []byte) bool {
	switch string(key) {
	case "text", "content", "snippet":
		return true
	}
	return false
}

// parseCalls adds the calls of tool_calls to t.
func parseCalls(t *core.Tree, raw []byte) (n int, ok bool) {
	if raw[0] != '[' {
		return 0, false
	}
	w := scan.Elements(raw)
	for ; ; n++ {
		_, value, more := w.Next()
		if !more {
			return n, true
		}
		p := core.Part{Kind: core.PartCall, Shape: partNoType}
		if !readCall(t, &p, value) {
			return n, false
		}
		t.Add(p)
	}
}

// readCall reads {id, type, function: {name, arguments}}.
func readCall(t *core.Tree, p *core.Part, raw []byte) bool {
	var function []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "id" && scan.IsString(value):
			p.ID = inside(value)
		case string(key) == "type" && string(value) == `"function"`:
			p.Shape &^= partNoType
		case string(key) == "function":
			function = value
		case string(key) == "signature" && scan.IsString(value):
			p.Vendor, p.Sign = core.ReadSign(inside(value), core.Cohere)
		default:
			t.Keep(&p.More, key, value)
		}
	}
	known := true
	p.Shape |= partNoArgs
	w = scan.Members(function)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "name" && scan.IsString(value):
			p.Name = inside(value)
		case string(key) == "arguments" && scan.IsString(value):
			p.Args, p.Wraps = inside(value), true
			p.Shape &^= partNoArgs
		case string(key) == "arguments" && value[0] == '{':
			p.Args = value
			p.Shape &^= partNoArgs
		default:
			known = false
		}
	}
	if !known {
		t.Keep(&p.More, []byte("function"), function)
		p.Shape |= partRawFunc
	}
	return p.Name != nil
}
