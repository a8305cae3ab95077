package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseContent reads the content of a message into parts. ok is false if it is neither a string nor an
// array.
func parseContent(t *core.Tree, raw []byte, shape *uint16) (ok bool) {
	switch raw[0] {
	case '"':
		*shape |= saidText
		if text := quoted(raw); len(text) > 0 {
			t.Add(core.Part{Kind: core.PartText, Text: text})
		}
		return true
	case '[':
		*shape |= saidList
		w := scan.Elements(raw)
		for {
			_, value, more := w.Next()
			if len(value) > 0 {
				parsePart(t, value)
			}
			if !more {
				return true
			}
		}
	}
	return false
}

// parsePart reads one element of a content array. An unknown one is kept for the same family.
func parsePart(t *core.Tree, raw []byte) {
	if raw[0] == '"' {
		t.Add(core.Part{Kind: core.PartText, Text: quoted(raw), Shape: partBare})
		return
	}
	p := core.Part{Raw: raw}
	var kind, member, value []byte
	w := scan.Members(raw)
	for {
		key, v, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "type":
			kind = v
			continue
		case "text", "image_url", "input_audio", "file", "refusal", "thinking", "video_url", "document_url":
			if value == nil && !scan.IsNull(v) {
				member, value = key, v
				continue
			}
		case "cache_control":
			p.Cache = cacheMark(v)
		case "document_name":
			p.Name = quoted(v)
		case "signature": // of Mistral's thinking
			if p.Vendor, p.Sign = readSign(quoted(v)); p.Sign != nil {
				p.Shape |= partSignedBy
			}
		}
		t.Keep(&p.More, key, v)
	}
	p.Type = quoted(kind)
	if kind == nil {
		p.Shape |= partNoType
	} else if string(p.Type) != string(member) {
		value = nil
	}
	if value == nil || !fillPart(t, &p, string(member), value) {
		p.Kind, p.Shape = core.PartOther, partRaw
		t.Add(p)
		return
	}
	p.Type = nil
	if p.Shape&partRaw == 0 {
		p.Raw = nil
	}
	t.Add(p)
}

// cacheMark reads Anthropic's cache_control, which OpenRouter and others accept too.
func cacheMark(raw []byte) core.Text {
	if !opens(raw) {
		return nil
	}
	mark := core.Text{}
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return mark
		}
		if string(key) == "ttl" && len(quoted(value)) > 0 {
			mark = quoted(value)
		}
	}
}

// fillPart reads the member called kind. ok is false if it is malformed.
func fillPart(t *core.Tree, p *core.Part, kind string, value []byte) (ok bool) {
	switch kind {
	case "text":
		p.Text = quoted(value)
		return p.Text != nil
	case "refusal":
		p.Kind, p.Text = core.PartRefusal, quoted(value)
		return p.Text != nil
	case "thinking":
		return fillThinking(t, p, value)
	case "image_url":
		p.Kind = core.PartImage
		return fillURL(t, p, value)
	case "video_url":
		p.Kind = core.PartVideo
		return fillURL(t, p, value)
	case "document_url":
		p.Kind = core.PartFile
		return fillURL(t, p, value)
	case "input_audio":
		p.Kind = core.PartAudio
		return fillAudio(t, p, value)
	}
	p.Kind = core.PartFile
	return fillFile(t, p, value)
}

// fillURL reads {url, detail}, or a bare URL, as Mistral has it.
func fillURL(t *core.Tree, p *core.Part, value []byte) (ok bool) {
	if value[0] == '"' {
		p.Shape |= partRaw
		return fillSource(t, p, quoted(value))
	}
	w := scan.Members(value)
	for {
		key, v, more := w.Next()
		if !more {
			return ok
		}
		switch {
		case string(key) == "url" && quoted(v) != nil:
			ok = fillSource(t, p, quoted(v))
		case string(key) == "detail" && quoted(v) != nil:
			p.Hint = quoted(v)
		default:
			p.Shape |= partRaw
		}
	}
}

// fillSource sets where a part's bytes are. ok is false if url is neither a URL nor base64.
func fillSource(t *core.Tree, p *core.Part, url core.Text) (ok bool) {
	if p.Media, p.Data, ok = splitData(t, url); ok {
		return true
	}
	if isURL(url) {
		p.URL = url
		return true
	}
	return false
}

// fillAudio reads {data, format}. Media types are those of RFC 2361 and RFC 3003, and for any other format
// audio/ and its name.
func fillAudio(t *core.Tree, p *core.Part, value []byte) bool {
	if !opens(value) {
		return false
	}
	w := scan.Members(value)
	for {
		key, v, more := w.Next()
		if !more {
			return p.Data != nil
		}
		switch {
		case string(key) == "data" && quoted(v) != nil:
			p.Data = quoted(v)
		case string(key) == "format" && quoted(v) != nil:
			switch f := quoted(v); string(f) {
			case "wav":
				p.Media = t.Took(append(t.Room(), "audio/wav"...))
			case "mp3":
				p.Media = t.Took(append(t.Room(), "audio/mpeg"...))
			default:
				p.Shape |= partRaw
				p.Media = t.Took(append(append(t.Room(), "audio/"...), f...))
			}
		default:
			p.Shape |= partRaw
		}
	}
}

// fillFile reads {file_id} or {filename, file_data}, where the data is a data URL, or with OpenRouter any
// URL.
func fillFile(t *core.Tree, p *core.Part, value []byte) bool {
	if !opens(value) {
		return false
	}
	w := scan.Members(value)
	for {
		key, v, more := w.Next()
		if !more {
			return p.File != nil || p.Data != nil || p.URL != nil
		}
		text := quoted(v)
		switch {
		case string(key) == "file_id" && text != nil:
			p.File = text
		case string(key) == "filename" && text != nil:
			p.Name = text
		case string(key) == "file_data" && text != nil:
			if !fillSource(t, p, text) {
				p.Data = text
				p.Shape |= partRaw
			}
			if p.URL != nil {
				p.Shape |= partRaw
			}
		default:
			p.Shape |= partRaw
		}
	}
}

// fillThinking reads Mistral's thinking: an array of text chunks.
func fillThinking(t *core.Tree, p *core.Part, value []byte) bool {
	p.Kind = core.PartThought
	if value[0] == '"' {
		p.Text, p.Shape = quoted(value), p.Shape|partRaw
		return true
	}
	chunks := 0
	w := scan.Elements(value)
	for {
		_, v, more := w.Next()
		if len(v) > 0 {
			text, exact := thinkingChunk(v)
			if chunks++; chunks == 1 {
				p.Text = text
			} else {
				p.Text = t.Took(append(append(t.Room(), p.Text...), text...))
			}
			if !exact || chunks > 1 {
				p.Shape |= partRaw
			}
		}
		if !more {
			break
		}
	}
	if chunks == 0 {
		p.Shape |= partRaw
	}
	return value[0] == '['
}

// thinkingChunk reads {type: text, text}. exact is false if it has other members.
func thinkingChunk(raw []byte) (text core.Text, exact bool) {
	exact = true
	w := scan.Members(raw)
	for {
		key, v, more := w.Next()
		if !more {
			return text, exact && text != nil
		}
		switch string(key) {
		case "text":
			text = quoted(v)
		case "type":
			exact = exact && string(v) == `"text"`
		default:
			exact = false
		}
	}
}
