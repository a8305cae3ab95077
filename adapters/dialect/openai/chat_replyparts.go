package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendSaid is the sayer of chat completions.
func appendSaid(dst []byte, t *core.Tree, parts []core.Part) []byte {
	text, refused := false, false
	for i := range parts {
		text = text || parts[i].Kind == core.PartText
		refused = refused || parts[i].Kind == core.PartRefusal
	}
	if text {
		dst = append(appendText(append(dst, `,"content":"`...), parts), '"')
	} else {
		dst = append(dst, `,"content":null`...)
	}
	if refused {
		dst = append(dst, `,"refusal":"`...)
		for i := range parts {
			if parts[i].Kind == core.PartRefusal {
				dst = append(dst, parts[i].Text...)
			}
		}
		dst = append(dst, '"')
	} else {
		dst = append(dst, `,"refusal":null`...)
	}
	return appendBeside(appendThoughts(dst, parts), t, parts)
}

// appendBeside appends the members of a message other than text and thinking.
func appendBeside(dst []byte, t *core.Tree, parts []core.Part) []byte {
	dst = appendCites(dst, t, parts)
	dst = appendMedia(dst, parts)
	dst = appendSignText(dst, parts)
	n := int64(0)
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartCall {
			dst = appendCall(dst, p, n)
			n++
		}
	}
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// appendCall appends the n-th entry of tool_calls, and before the first one the beginning of the list.
func appendCall(dst []byte, p *core.Part, n int64) []byte {
	if n == 0 {
		dst = append(dst, `,"tool_calls":[`...)
	} else {
		dst = append(dst, ',')
	}
	dst = append(dst, `{"id":`...)
	if len(p.ID) > 0 {
		dst = scan.AppendQuoted(dst, p.ID)
	} else {
		dst = append(scan.AppendInt(append(dst, `"call_`...), n), '"')
	}
	dst = append(dst, `,"type":"function","function":`...)
	dst = appendFunction(dst, p, false)
	if p.Sign != nil {
		dst = appendGoogleSign(dst, p.Vendor, p.Sign)
	}
	return append(dst, '}')
}

// appendSignText appends the signature of a text part, as Gemini's texts sometimes have, in the member that
// Gemini itself uses in this format.
func appendSignText(dst []byte, parts []core.Part) []byte {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText && p.Sign != nil {
			return appendGoogleSign(dst, p.Vendor, p.Sign)
		}
	}
	return dst
}

// appendThoughts appends thoughts as text, and with signatures that a vendor needs in later requests.
func appendThoughts(dst []byte, parts []core.Part) []byte {
	text, signed := false, false
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartThought && p.Kind != core.PartVeiled {
			continue
		}
		signed = signed || p.Sign != nil
		if p.Kind == core.PartThought && len(p.Text) > 0 {
			if !text {
				dst = append(dst, `,"reasoning_content":"`...)
				text = true
			}
			dst = append(dst, p.Text...)
		}
	}
	if text {
		dst = append(dst, '"')
	}
	if !signed {
		return dst
	}
	dst = append(dst, `,"reasoning_details":[`...)
	from, n := len(dst), int64(0)
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartThought || p.Kind == core.PartVeiled && p.Sign != nil {
			dst = appendDetail(append(dst, ','), p, p.Sign, n)
			n++
		}
	}
	return append(uncomma(dst, from), ']')
}

// appendMedia appends an audio answer, and images in OpenRouter's form.
func appendMedia(dst []byte, parts []core.Part) []byte {
	images := 0
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == core.PartAudio && (p.Data != nil || p.ID != nil):
			dst = append(dst, `,"audio":{"id":`...)
			dst = appendHeard(scan.AppendQuoted(dst, p.ID), p)
			dst = append(dst, '}')
		case p.Kind == core.PartImage && (p.Data != nil || p.URL != nil):
			images++
		}
	}
	if images == 0 {
		return dst
	}
	dst = append(dst, `,"images":[`...)
	from := len(dst)
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartImage && (p.Data != nil || p.URL != nil) {
			dst = appendImage(append(dst, ','), p)
		}
	}
	return append(uncomma(dst, from), ']')
}

func appendImage(dst []byte, p *core.Part) []byte {
	dst = append(dst, `{"type":"image_url","image_url":{"url":"`...)
	if p.Data == nil {
		dst = append(dst, p.URL...)
	} else {
		dst = append(dst, "data:"...)
		if len(p.Media) > 0 {
			dst = append(dst, p.Media...)
		} else {
			dst = append(dst, "image/png"...)
		}
		dst = append(append(dst, ";base64,"...), p.Data...)
	}
	return append(dst, `"}}`...)
}

// appendCites appends annotations for the citations that have a URL. Positions, which refer to a part, are
// converted to positions in the joined text.
func appendCites(dst []byte, t *core.Tree, parts []core.Part) []byte {
	if !cited(parts) { // nearly always, and then no characters are counted
		return dst
	}
	open, before := false, int64(0)
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartText {
			continue
		}
		for at := p.Cites; at != 0; {
			var c core.Cite
			if c, at = t.Cited(at); c.URL == nil {
				continue
			}
			if open {
				dst = append(dst, ',')
			} else {
				dst = append(dst, `,"annotations":[`...)
				open = true
			}
			dst = appendCite(dst, &c, before)
		}
		before += characters(p.Text)
	}
	if open {
		dst = append(dst, ']')
	}
	return dst
}

func cited(parts []core.Part) bool {
	for i := range parts {
		if parts[i].Cites != 0 {
			return true
		}
	}
	return false
}

// appendCite appends one annotation, for text that follows that many characters.
func appendCite(dst []byte, c *core.Cite, before int64) []byte {
	dst = append(dst, `{"type":"url_citation","url_citation":{"start_index":`...)
	dst = scan.AppendInt(dst, max(c.Start, 0)+before)
	dst = scan.AppendInt(append(dst, `,"end_index":`...), max(c.End, c.Start, 0)+before)
	dst = append(dst, `,"url":`...)
	dst = scan.AppendQuoted(dst, c.URL)
	dst = append(dst, `,"title":`...)
	dst = scan.AppendQuoted(dst, c.Title)
	if c.Quote != nil {
		dst = appendTextMember(dst, "content", c.Quote)
	}
	return append(dst, `}}`...)
}

// characters counts the characters of text after decoding its escapes.
func characters(text core.Text) (n int64) {
	for i := 0; i < len(text); n++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == 'u':
			if isHigh(text[i:]) && len(text) > i+7 && text[i+6] == '\\' && text[i+7] == 'u' {
				i += 6 // the other half of a pair
			}
			i += 6
		case c == '\\':
			i += 2
		case c < 0x80:
			i++
		default:
			for i++; i < len(text) && text[i]&0xc0 == 0x80; i++ {
			}
		}
	}
	return n
}

// isHigh reports whether an escape \\uXXXX is the first half of a surrogate pair.
func isHigh(b []byte) bool {
	return len(b) > 3 && b[2]|0x20 == 'd' && (b[3] == '8' || b[3] == '9' || b[3]|0x20 == 'a' || b[3]|0x20 == 'b')
}
