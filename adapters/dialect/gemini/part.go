package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// members are the raw members of a Part object, nil if absent.
type members struct {
	text, thought, sign          []byte
	inline, file, call, response []byte
	other, otherKey              []byte // the first unknown one
}

// parseParts reads an array of parts, or a single one, and returns the bytes after it.
func parseParts(t *core.Tree, tail []byte, ids *maker) (rest []byte) {
	if tail[0] == '{' {
		return parsePart(t, tail, ids)
	}
	w := scan.Elements(tail)
	if tail[0] != '[' { // null, or another value without parts
		w = scan.Members(tail)
	}
	if tail[0] == 'n' && len(tail) >= 4 {
		return tail[4:]
	}
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		if len(t.Parts) >= maxParts {
			return nil
		}
		if tail := w.Tail(); len(tail) > 0 && tail[0] == '{' {
			w.Resume(parsePart(t, tail, ids))
			continue
		}
		if _, ok := w.Value(); !ok {
			return w.Rest()
		}
	}
}

// parsePart reads the part at the start of tail and returns the bytes after it.
func parsePart(t *core.Tree, tail []byte, ids *maker) (rest []byte) {
	var m members
	w := scan.Members(tail)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		m.take(key, value)
	}
	rest = w.Rest()
	raw := tail
	if rest != nil {
		raw = tail[:len(tail)-len(rest)]
	}
	addPart(t, &m, raw, ids)
	return rest
}

func (m *members) take(key, value []byte) {
	at := (*[]byte)(nil)
	switch word(key) {
	case kText:
		at = &m.text
	case kThought:
		at = &m.thought
	case kThoughtSignature:
		at = &m.sign
	case kInlineData:
		at = &m.inline
	case kFileData:
		at = &m.file
	case kFunctionCall:
		at = &m.call
	case kFunctionResponse:
		at = &m.response
	default:
		if m.otherKey == nil {
			m.otherKey, m.other = key, value
		}
		return
	}
	if !scan.IsNull(value) {
		*at = value
	}
}

// addPart adds the part m to t, with its raw object.
func addPart(t *core.Tree, m *members, raw []byte, ids *maker) {
	var p core.Part
	if sign, ok := scan.Inside(m.sign); ok && len(sign) > 0 {
		p.Vendor, p.Sign = readSign(t, sign)
	}
	t.Keep(&p.More, nil, raw)
	if m.otherKey != nil {
		keepNames(t, &p.More, raw)
	}
	switch {
	case m.call != nil:
		p.Kind = core.PartCall
		parseCall(t, &p, m.call, ids)
		t.Add(p)
	case m.response != nil:
		p.Kind = core.PartResult
		addResult(t, p, m.response)
	case m.inline != nil:
		parseBlob(&p, m.inline)
		p.Data = standard(t, p.Data)
		t.Add(p)
	case m.file != nil:
		parseFile(&p, m.file)
		t.Add(p)
	case m.otherKey != nil && m.text == nil:
		p.Kind, p.Type, p.Raw = core.PartOther, m.otherKey, raw
		t.Add(p)
	default:
		addText(t, p, m)
	}
}

// keepNames keeps the names of the members of a part that no other format has; raw, which is kept before them, has
// what they say.
func keepNames(t *core.Tree, more *int32, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if !scan.IsNull(value) && isOther(key) {
			t.Keep(more, key, nil)
		}
	}
}

// isOther reports whether members has no field for the member key of a part.
func isOther(key []byte) bool {
	switch word(key) {
	case kText, kThought, kThoughtSignature, kInlineData, kFileData, kFunctionCall, kFunctionResponse:
		return false
	}
	return true
}

// addText adds a text, a thought, or an empty text that only carries a signature.
func addText(t *core.Tree, p core.Part, m *members) {
	p.Text, _ = scan.Inside(m.text)
	sign, vendor := p.Sign, p.Vendor
	switch {
	case string(m.thought) == "true" && len(p.Text) == 0 && len(sign) > 0 && vendor != core.Google && joinThoughts(t, sign, vendor):
		return
	case string(m.thought) == "true" && m.text == nil && len(sign) > 0:
		p.Kind = core.PartVeiled
	case string(m.thought) == "true":
		p.Kind = core.PartThought
	case len(sign) > 0 && len(p.Text) == 0:
		p.Kind = core.PartThought
	case len(sign) > 0:
		// In the neutral form a text has no signature: it follows in an empty thought.
		p.Sign, p.Vendor = nil, core.NoVendor
		t.Add(p)
		t.Add(core.Part{Kind: core.PartThought, Sign: sign, Vendor: vendor, Shape: partLent})
		return
	}
	t.Add(p)
}

// joinThoughts joins the pieces of a thought at the end of t and signs them with sign, because in a stream another vendor's
// signature follows the pieces of its thought. Some SDKs leave the empty text out. It returns false if there are no pieces.
func joinThoughts(t *core.Tree, sign core.Text, vendor core.Vendor) bool {
	first := len(t.Parts)
	for first > 0 && t.Parts[first-1].Kind == core.PartThought && t.Parts[first-1].Sign == nil {
		first--
	}
	if first == len(t.Parts) {
		return false
	}
	if first < len(t.Parts)-1 {
		room := t.Room()
		for i := first; i < len(t.Parts); i++ {
			room = append(room, t.Parts[i].Text...)
		}
		t.Parts[first].Text = t.Took(room)
		t.Parts = t.Parts[:first+1]
	}
	t.Parts[first].Sign, t.Parts[first].Vendor = sign, vendor
	return true
}

// parseCall reads a functionCall. What is a piece of one is joined with the others by joinCalls.
func parseCall(t *core.Tree, p *core.Part, raw []byte, ids *maker) {
	var c functionCall
	c.read(raw)
	p.ID, p.Name, p.Args = c.id, c.name, c.args
	ids.pieces = ids.pieces || c.streamed()
	if len(p.ID) == 0 {
		p.ID = ids.make(t)
	}
}
