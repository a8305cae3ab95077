package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// messages appends messages. Answers of tools come first in their turn, each a message
// of its own: Cohere wants them right behind the calls.
func (a *asked) messages(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	dst = append(dst, `,"messages":[`...)
	mark := len(dst)
	pending := -1 // the first of the turns whose answers hold pictures that are not sent yet
	for i := range c.Turns {
		t := &c.Turns[i]
		if t.Name != nil && !a.own {
			c.Drop("name")
		}
		var f *core.Fault
		if dst, f = a.answers(dst, mark, t); f != nil {
			return dst, f
		}
		if t.Role == core.ToolRole {
			if pending < 0 {
				pending = i
			}
			if i+1 < len(c.Turns) && c.Turns[i+1].Role == core.ToolRole {
				continue
			}
			dst = a.pictures(dst, mark, c.Turns[pending:i+1])
			pending = -1
			continue
		}
		switch t.Role {
		case core.Assistant:
			dst, f = a.assistant(dst, mark, t)
		default:
			dst, f = a.speaker(dst, mark, t)
		}
		if f != nil {
			return dst, f
		}
	}
	return append(dst, ']'), nil
}

// next begins another element of the array that starts at mark.
func next(dst []byte, mark int) []byte {
	if len(dst) > mark {
		dst = append(dst, ',')
	}
	return dst
}

// answers appends the answers of tools in a turn.
func (a *asked) answers(dst []byte, mark int, t *core.Turn) ([]byte, *core.Fault) {
	c := a.c
	for i := int(t.From); i < int(t.To); i += 1 + int(c.Parts[i].Inner) {
		p := &c.Parts[i]
		if p.Kind != core.PartResult {
			continue
		}
		dst = append(next(dst, mark), `{"role":"tool"`...)
		switch {
		case p.ID != nil:
			dst = scan.AppendQuoted(append(dst, `,"tool_call_id":`...), p.ID)
		case !a.own:
			dst = append(dst, `,"tool_call_id":"call_`...)
			dst = append(scan.AppendInt(dst, int64(a.results)), '"')
			a.results++
		}
		var f *core.Fault
		if dst, f = a.answer(dst, p, c.Inside(i)); f != nil {
			return dst, f
		}
		if a.own {
			dst = appendExtras(dst, &c.Tree, t.More)
		}
		dst = append(dst, '}')
	}
	return dst, nil
}

// answer appends the content of one: a string where it is nothing but text.
func (a *asked) answer(dst []byte, p *core.Part, inner []core.Part) ([]byte, *core.Fault) {
	texts, others := 0, 0
	for i := range inner {
		switch inner[i].Kind {
		case core.PartText:
			texts++
		case core.PartImage:
			if f := unshown(&inner[i]); f != nil && !a.own {
				return dst, f
			}
		default:
			others++
		}
	}
	if a.own && len(inner) == 0 {
		return dst, nil // null, [] or none: an extra of the turn
	}
	if a.own && p.Shape&partString != 0 || !a.own && others == 0 && texts < 2 {
		dst = append(dst, `,"content":"`...)
		dst = failure(dst, p)
		for i := range inner {
			dst = append(dst, inner[i].Text...)
		}
		return append(dst, '"'), nil
	}
	dst = append(dst, `,"content":[`...)
	mark := len(dst)
	if p.Fails {
		dst = append(failure(append(dst, `{"type":"text","text":"`...), p), `"}`...)
	}
	for i := 0; i < len(inner); i += 1 + int(inner[i].Inner) {
		var f *core.Fault
		switch q := &inner[i]; {
		case q.Kind == core.PartImage && !a.own: // see pictures
		case q.Kind == core.PartFile:
			dst = append(next(dst, mark), `{"type":"document","document":`...)
			if dst, f = a.document(dst, q); f != nil {
				return dst, f
			}
			dst = append(dst, '}')
		default:
			if dst, f = a.part(dst, mark, q); f != nil {
				return dst, f
			}
		}
	}
	return append(dst, ']'), nil
}

// failure says that a tool failed, for which Cohere has no mark.
func failure(dst []byte, p *core.Part) []byte {
	if p.Fails {
		dst = append(dst, "The tool failed: "...)
	}
	return dst
}

// pictures appends what tools answered in pictures as a message of the user: that of
// a tool holds none.
func (a *asked) pictures(dst []byte, mark int, turns []core.Turn) []byte {
	if a.own {
		return dst
	}
	at := len(dst)
	dst = append(next(dst, mark), `{"role":"user","content":[`...)
	list := len(dst)
	for i := range turns {
		dst = a.shown(dst, list, &turns[i])
	}
	if len(dst) == list {
		return dst[:at]
	}
	return append(dst, `]}`...)
}

// shown appends the pictures inside the answers of tools in t to the array at mark.
func (a *asked) shown(dst []byte, mark int, t *core.Turn) []byte {
	parts := a.c.Parts[t.From:t.To]
	for i := 0; i < len(parts); i++ {
		if parts[i].Kind != core.PartResult {
			continue
		}
		for n := int(parts[i].Inner); n > 0; n-- {
			if i++; parts[i].Kind == core.PartImage && parts[i].File == nil {
				dst = image(next(dst, mark), &parts[i])
			}
		}
	}
	return dst
}

// speaker appends a turn of the user or the system, without the answers of tools.
func (a *asked) speaker(dst []byte, mark int, t *core.Turn) ([]byte, *core.Fault) {
	if t.Shape&turnDocuments != 0 && a.own {
		return dst, nil
	}
	at := len(dst)
	dst = append(next(dst, mark), `{"role":"`...)
	switch {
	case t.Role == core.User:
		dst = append(dst, `user"`...)
	case t.Role == core.Developer && a.own:
		dst = append(dst, `developer"`...)
	default:
		dst = append(dst, `system"`...)
	}
	start := len(dst)
	dst, f := a.content(dst, t, t.Role == core.User)
	if f != nil {
		return dst, f
	}
	if len(dst) == start && !a.own {
		return dst[:at], nil
	}
	if a.own {
		dst = appendExtras(dst, &a.c.Tree, t.More)
	}
	return append(dst, '}'), nil
}

// content appends the content of a turn: a string if it is one text, and nothing when
// there is none.
func (a *asked) content(dst []byte, t *core.Turn, pictures bool) ([]byte, *core.Fault) {
	parts := a.c.Parts[t.From:t.To]
	at := len(dst)
	dst = append(dst, `,"content":[`...)
	mark := len(dst)
	only, n := -1, 0
	if pictures && !a.own {
		dst = a.shown(dst, mark, t)
		n = len(dst) - mark
	}
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		p := &parts[i]
		if !a.spoken(p, t) {
			continue
		}
		if only = i; p.Kind != core.PartText && p.Kind != core.PartRefusal || len(p.Sign) > 0 && a.own {
			n++
		}
		n++
		if p.Kind == core.PartImage && !pictures && !a.own {
			return dst, body.Invalid("messages", "cannot send Cohere an image that the user did not: only messages of the user may hold one",
				"move the image into a message of the user")
		}
		var f *core.Fault
		if dst, f = a.part(dst, mark, p); f != nil {
			return dst, f
		}
	}
	if n == 0 {
		return dst[:at], nil
	}
	if n == 1 && (!a.own || t.Shape&turnString != 0) {
		dst = append(dst[:at], `,"content":`...)
		return scan.AppendQuoted(dst, parts[only].Text), nil
	}
	return append(dst, ']'), nil
}

// spoken reports whether a part of t belongs into its content.
func (a *asked) spoken(p *core.Part, t *core.Turn) bool {
	switch p.Kind {
	case core.PartCall, core.PartResult:
		return false
	case core.PartFile:
		return a.own || p.Text == nil && p.Data == nil // else among the documents
	case core.PartThought:
		return !a.planned(p, t) && (a.own || len(p.Text) > 0 && t.Role == core.Assistant)
	case core.PartVeiled:
		return a.own && p.Vendor == core.Cohere
	case core.PartOther:
		return a.own
	}
	return true
}

// part appends one element of a content array.
func (a *asked) part(dst []byte, mark int, p *core.Part) ([]byte, *core.Fault) {
	switch p.Kind {
	case core.PartOther:
		if !a.own {
			return dst, nil
		}
		return append(next(dst, mark), p.Raw...), nil
	case core.PartFile, core.PartVideo:
		return dst, noMedia(p)
	case core.PartAudio:
		if p.Text == nil { // else what was said in it
			return dst, noMedia(p)
		}
	case core.PartImage:
		if f := unshown(p); f != nil {
			return dst, f
		}
	}
	dst = next(dst, mark)
	if a.own && p.Shape&partDocument != 0 {
		return append(dst, p.Raw...), nil
	}
	switch p.Kind {
	case core.PartImage:
		if !a.own || p.Shape&partRawImage == 0 {
			dst = image(dst, p)
			dst = dst[:len(dst)-1]
		} else {
			dst = append(dst, `{"type":"image_url"`...)
		}
	case core.PartThought, core.PartVeiled:
		dst = scan.AppendQuoted(append(dst, `{"type":"thinking","thinking":`...), p.Text)
		if p.Kind == core.PartVeiled {
			dst = append(dst, `,"redacted":true`...)
		}
	default:
		dst = scan.AppendQuoted(append(dst, `{"type":"text","text":`...), p.Text)
	}
	if a.own {
		if len(p.Sign) > 0 && p.Vendor == core.Cohere {
			dst = scan.AppendQuoted(append(dst, `,"signature":`...), p.Sign)
		}
		dst = appendExtras(dst, &a.c.Tree, p.More)
	}
	return append(dst, '}'), nil
}

// unshown says why an image cannot be sent, nil if it can.
func unshown(p *core.Part) *core.Fault {
	if p.URL != nil || p.Data != nil {
		return nil
	}
	return body.Invalid("messages", `cannot send the image "`+string(p.File)+`" to Cohere: its id is another provider's`,
		"send the image as a data URL")
}

// noMedia says why a part cannot be sent.
func noMedia(p *core.Part) *core.Fault {
	what := "audio"
	switch p.Kind {
	case core.PartVideo:
		what = "video"
	case core.PartFile:
		what = "a file that is no plain text"
	}
	return body.Invalid("messages", "cannot send "+what+" to Cohere: its chat models read text and images", "send its text")
}

// image appends {"type":"image_url",…}.
func image(dst []byte, p *core.Part) []byte {
	dst = append(dst, `{"type":"image_url","image_url":{"url":"`...)
	if p.Data != nil {
		dst = append(dst, "data:"...)
		if p.Media == nil {
			dst = append(dst, "image/png"...) // whoever reads it looks at the bytes
		}
		dst = append(append(append(dst, p.Media...), ";base64,"...), p.Data...)
	} else {
		dst = append(dst, p.URL...)
	}
	dst = append(dst, '"')
	switch string(p.Hint) {
	case "":
	case "original":
		dst = append(dst, `,"detail":"high"`...)
	default:
		dst = scan.AppendQuoted(append(dst, `,"detail":`...), p.Hint)
	}
	return append(dst, `}}`...)
}
