package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// messages appends messages. Results of tools come first in their turn, each as a message of its own, as Cohere
// requires them directly after the calls.
func (a *asked) messages(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	dst = append(dst, `,"messages":[`...)
	mark := len(dst)
	pending := -1 // the first of the turns with images in results that are not written yet
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

// next appends a comma unless the array that starts at mark is empty.
func next(dst []byte, mark int) []byte {
	if len(dst) > mark {
		dst = append(dst, ',')
	}
	return dst
}

// speaker appends a turn of the user or the system, without the results of tools.
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
		if !a.filed(t) {
			return dst[:at], nil
		}
		dst = append(dst, `,"content":"."`...) // its files are among the documents, and Cohere takes no request without a message
	}
	if a.own {
		dst = appendExtras(dst, &a.c.Tree, t.More)
	}
	return append(dst, '}'), nil
}

// filed reports whether a turn of the user holds files.
func (a *asked) filed(t *core.Turn) bool {
	for i := t.From; i < t.To; i += 1 + a.c.Parts[i].Inner {
		if a.c.Parts[i].Kind == core.PartFile && t.Role == core.User {
			return true
		}
	}
	return false
}

// content appends the content of a turn: a string if it is one text, nothing if it is empty.
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

// spoken reports whether a part of t belongs in its content.
func (a *asked) spoken(p *core.Part, t *core.Turn) bool {
	switch p.Kind {
	case core.PartCall, core.PartResult:
		return false
	case core.PartFile:
		return a.own || p.Text == nil && p.Data == nil // otherwise it is among the documents
	case core.PartThought:
		return !a.planned(p, t) && (a.own || len(p.Text) > 0 && t.Role == core.Assistant)
	case core.PartVeiled:
		return a.own && p.Vendor == core.Cohere
	case core.PartOther:
		return a.own
	}
	return true
}
