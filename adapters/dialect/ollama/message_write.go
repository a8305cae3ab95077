package ollama

import (
	"encoding/base64"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// messages appends messages. Results of tools come first in their turn, each as a message of its own.
func (a *asked) messages(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	if a.own && c.Shape&1 != 0 {
		return dst, nil // null
	}
	dst = append(dst, `,"messages":[`...)
	for i := range c.Turns {
		t := &c.Turns[i]
		if t.Name != nil && !a.own {
			c.Drop("name")
		}
		var f *core.Fault
		if dst, f = a.answers(dst, t); f != nil {
			return dst, f
		}
		if t.Role == core.ToolRole {
			continue
		}
		if dst, f = a.message(dst, t); f != nil {
			return dst, f
		}
	}
	return append(dst, ']'), nil
}

// answers appends the results of tools in a turn.
func (a *asked) answers(dst []byte, t *core.Turn) ([]byte, *core.Fault) {
	c := a.c
	for i := int(t.From); i < int(t.To); i += 1 + int(c.Parts[i].Inner) {
		p := &c.Parts[i]
		if p.Kind != core.PartResult {
			continue
		}
		dst = append(comma(dst), `{"role":"tool"`...)
		if p.ID != nil && !(a.own && p.Shape&partMadeID != 0) {
			dst = scan.AppendQuoted(append(dst, `,"tool_call_id":`...), p.ID)
		}
		name := p.Name
		if name == nil && !a.own {
			name = a.called(p.ID, i)
		}
		if name != nil {
			if a.own && t.Shape&turnTool != 0 {
				dst = append(dst, `,"name":`...)
			} else {
				dst = append(dst, `,"tool_name":`...)
			}
			dst = scan.AppendQuoted(dst, name)
		}
		inner := core.Turn{Role: core.ToolRole, From: int32(i + 1), To: int32(i+1) + p.Inner, Shape: t.Shape}
		var f *core.Fault
		if p.Fails {
			inner.Role = failed
		}
		if dst, f = a.said(dst, &inner, `,"content":`); f != nil {
			return dst, f
		}
		if a.own {
			dst = appendExtras(dst, &c.Tree, t.More, false)
		}
		dst = append(dst, '}')
	}
	return dst, nil
}

// failed is the role with which said writes the result of a tool that failed.
const failed = core.Role(255)

// called returns the name of the tool that was called with id before the part at i.
func (a *asked) called(id core.Text, i int) core.Text {
	for i--; i >= 0; i-- {
		if p := &a.c.Parts[i]; p.Kind == core.PartCall && string(p.ID) == string(id) {
			return p.Name
		}
	}
	return nil
}

// message appends a turn without its results of tools.
func (a *asked) message(dst []byte, t *core.Turn) ([]byte, *core.Fault) {
	at := len(dst)
	dst = append(comma(dst), `{"role":"`...)
	switch t.Role {
	case core.User:
		dst = append(dst, `user"`...)
	case core.Assistant:
		dst = append(dst, `assistant"`...)
	default:
		dst = append(dst, `system"`...)
	}
	mark := len(dst)
	dst = a.thought(dst, t)
	dst, f := a.said(dst, t, `,"content":`)
	if f != nil {
		return dst, f
	}
	dst = appendCalls(dst, &a.c.Tree, a.c.Parts[t.From:t.To], a.own, false)
	if len(dst) == mark && !a.own {
		return dst[:at], nil
	}
	if a.own {
		dst = appendExtras(dst, &a.c.Tree, t.More, false)
	}
	return append(dst, '}'), nil
}

// thought appends thinking, without signatures, which servers of Ollama do not use.
func (a *asked) thought(dst []byte, t *core.Turn) []byte {
	n := 0
	for i := t.From; i < t.To; i++ {
		p := &a.c.Parts[i]
		if p.Kind != core.PartThought || len(p.Text) == 0 && !a.own {
			continue
		}
		if n++; n == 1 {
			dst = append(dst, `,"thinking":"`...)
		} else {
			dst = append(dst, `\n\n`...)
		}
		dst = append(dst, p.Text...)
	}
	switch {
	case n > 0:
		dst = append(dst, '"')
	case a.own && t.Shape&turnThought != 0:
		dst = append(dst, `,"thinking":""`...)
	}
	return dst
}

// said appends the texts of a turn as the member key, joined by line ends, and its images.
func (a *asked) said(dst []byte, t *core.Turn, key string) ([]byte, *core.Fault) {
	parts := a.c.Parts[t.From:t.To]
	at := len(dst)
	dst = append(append(dst, key...), '"')
	if t.Role == failed {
		dst = append(dst, "The tool failed: "...)
	}
	texts, shown, calls := 0, 0, 0
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		switch p := &parts[i]; p.Kind {
		case core.PartImage:
			shown++
		case core.PartCall:
			calls++
		case core.PartText, core.PartRefusal, core.PartAudio, core.PartFile, core.PartVideo:
			if texts++; texts > 1 {
				dst = append(dst, `\n`...)
			}
			var f *core.Fault
			if dst, f = a.text(dst, p); f != nil {
				return dst, f
			}
		}
	}
	dst = append(dst, '"')
	switch {
	case texts > 0 || t.Shape&turnContent != 0:
	case a.own || calls+shown == 0 && t.Role != core.ToolRole && t.Role != failed:
		dst = dst[:at]
	}
	if shown > 0 {
		return a.images(dst, parts)
	}
	if a.own && t.Shape&turnImages != 0 {
		dst = append(dst, `,"images":[]`...)
	}
	return dst, nil
}

// text appends the text of a part, for a text file after its name.
func (a *asked) text(dst []byte, p *core.Part) ([]byte, *core.Fault) {
	if p.Kind == core.PartFile && p.Name != nil {
		dst = append(append(dst, p.Name...), `:\n`...)
	}
	if p.Text != nil {
		return append(dst, p.Text...), nil
	}
	if p.Kind != core.PartFile || p.Data == nil || len(p.Media) < 5 || string(p.Media[:5]) != "text/" && string(p.Media) != "application/json" {
		return dst, noMedia(p)
	}
	t := &a.c.Tree
	encoded := t.Took(scan.AppendUnescaped(t.Room(), p.Data)) // decodes \/
	out, err := base64.StdEncoding.AppendDecode(t.Room(), encoded)
	if err != nil {
		return dst, noMedia(p)
	}
	return scan.AppendEscaped(dst, t.Took(out)), nil
}

// noMedia returns why a part cannot be sent.
func noMedia(p *core.Part) *core.Fault {
	what := "audio"
	switch p.Kind {
	case core.PartVideo:
		what = "video"
	case core.PartFile:
		what = "a file that is no plain text"
	}
	return body.Invalid("messages", "cannot send "+what+" to Ollama: it reads text and images", "send its text")
}

// images appends images, in plain base64.
func (a *asked) images(dst []byte, parts []core.Part) ([]byte, *core.Fault) {
	dst = append(dst, `,"images":[`...)
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		p := &parts[i]
		if p.Kind != core.PartImage {
			continue
		}
		if p.Data == nil {
			return dst, body.Invalid("messages", "cannot send an image to Ollama by its address or id: it takes the bytes only", "send the image as a data URL")
		}
		dst = scan.AppendQuoted(comma(dst), p.Data)
	}
	return append(dst, ']'), nil
}
