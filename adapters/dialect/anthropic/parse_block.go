package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// A source is where an image or a document comes from.
type source struct {
	kind, media, data, url, file []byte
	key, raw                     []byte
	odd                          bool // it has an unknown member
}

// A blockReader holds the members of a content block until its type is known, which may come after them.
type blockReader struct {
	kind   []byte
	src    source
	keys   [maxMembers][]byte
	values [maxMembers][]byte
	n      int
	full   bool // there were more
}

// block adds the content block at the start of raw to t, and returns the bytes after it. An unknown or
// incomplete block becomes a PartOther with all of its bytes. ok is false if raw is not an object with a
// type; t must then be discarded.
func block(t *core.Tree, raw []byte) (rest []byte, ok bool) {
	if !opens(raw, '{') {
		return nil, false
	}
	var b blockReader
	w := scan.Members(raw)
	for {
		key, more := w.Key()
		if !more {
			break
		}
		if string(key) == "source" && opens(w.Tail(), '{') {
			b.src.key = key
			w.Resume(b.src.read(w.Tail()))
			continue
		}
		value, _ := w.Value()
		if value == nil {
			break
		}
		if string(key) == "type" {
			b.kind, _ = scan.Inside(value)
		} else if b.n < maxMembers {
			b.keys[b.n], b.values[b.n] = key, value
			b.n++
		} else {
			b.full = true
		}
	}
	rest = w.Rest()
	if rest == nil || len(b.kind) == 0 {
		return nil, false
	}
	at := t.Add(core.Part{})
	extras := int32(0)
	whole := raw[:len(raw)-len(rest)]
	if b.full || !b.part(t, at, &extras) {
		t.Parts = t.Parts[:at+1]
		t.Parts[at] = core.Part{Kind: core.PartOther, Type: b.kind, Raw: whole}
		return rest, true
	}
	p := &t.Parts[at]
	p.More = extras
	if p.Kind == core.PartImage || p.Kind == core.PartFile || p.Kind == core.PartResult || p.Shape&partSearch != 0 {
		p.Raw = whole // Claude never answers with these; those of another provider are repeated
	}
	return rest, true
}

// read reads the object at the start of raw and returns the bytes after it.
func (s *source) read(raw []byte) (rest []byte) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		inside, ok := scan.Inside(value)
		switch string(key) {
		case "type":
			s.kind = inside
		case "media_type":
			s.media = inside
		case "data":
			s.data = inside
		case "url":
			s.url = inside
		case "file_id":
			s.file = inside
		default:
			ok = false
		}
		s.odd = s.odd || !ok
	}
	if rest = w.Rest(); rest != nil {
		s.raw = raw[:len(raw)-len(rest)]
	}
	return rest
}

// part fills the part at index at from the block. It returns false for an unknown type.
func (b *blockReader) part(t *core.Tree, at int, extras *int32) bool {
	var p core.Part
	switch string(b.kind) {
	case "text":
		if !b.text(t, &p, extras) {
			return false
		}
	case "image", "document":
		p.Kind = core.PartImage
		if b.kind[0] == 'd' {
			p.Kind = core.PartFile
		}
		if !b.media(t, &p, extras) {
			return false
		}
		t.Parts[at] = p
		return true
	case "tool_use":
		if !b.call(t, &p, extras) {
			return false
		}
	case "tool_result":
		return b.src.raw == nil && b.result(t, at, extras)
	case "search_result":
		if b.src.raw != nil || !b.found(t, &p, extras) {
			return false
		}
	case "thinking":
		if !b.thought(t, &p, extras) {
			return false
		}
	case "redacted_thinking":
		if !b.veiled(t, &p, extras) {
			return false
		}
	default:
		return false
	}
	if b.src.raw != nil {
		t.Keep(extras, b.src.key, b.src.raw)
	}
	t.Parts[at] = p
	return true
}

// media reads a block with a source.
func (b *blockReader) media(t *core.Tree, p *core.Part, extras *int32) bool {
	s := &b.src
	switch string(s.kind) {
	case "base64":
		p.Media, p.Data = s.media, s.data
	case "url":
		p.URL = s.url
	case "file":
		p.File = s.file
	case "text":
		p.Media, p.Text = s.media, s.data
	}
	if p.Data == nil && p.URL == nil && p.File == nil && (p.Text == nil || p.Kind == core.PartImage) {
		return false
	}
	if s.odd {
		p.Shape |= partRawSource
		t.Keep(extras, s.key, s.raw)
	}
	for i := range b.n {
		key, value := b.keys[i], b.values[i]
		switch {
		case string(key) == "title" && p.Kind == core.PartFile && scan.IsString(value):
			p.Name, _ = scan.Inside(value)
		case string(key) == "cache_control" && opens(value, '{'):
			mark(t, p, extras, key, value)
		default:
			t.Keep(extras, key, value)
		}
	}
	return true
}

// mark reads a cache mark of a part.
func mark(t *core.Tree, p *core.Part, extras *int32, key, value []byte) {
	var full bool
	if p.Cache, full = cacheMark(value); !full {
		p.Shape |= partRawCache
		t.Keep(extras, key, value)
	}
}

// cacheMark reads {"type":"ephemeral","ttl":"5m"}; full is false if it has other members.
func cacheMark(value []byte) (ttl core.Text, full bool) {
	ttl, full = core.Text{}, true
	w := scan.Members(value)
	for {
		key, one, more := w.Next()
		if !more {
			return ttl, full
		}
		switch {
		case string(key) == "ttl" && scan.IsString(one):
			ttl, _ = scan.Inside(one)
			full = full && len(ttl) > 0
		case string(key) == "type" && string(one) == `"ephemeral"`:
		default:
			full = false
		}
	}
}
