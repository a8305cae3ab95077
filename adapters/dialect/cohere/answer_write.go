package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// answers appends the results of tools in a turn.
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

// answer appends the content of a result: a string if it is only text.
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
		case q.Kind == core.PartImage && !a.own: // written by pictures
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

// failure appends a text that says that a tool failed, as Cohere has no field for that.
func failure(dst []byte, p *core.Part) []byte {
	if p.Fails {
		dst = append(dst, "The tool failed: "...)
	}
	return dst
}

// pictures appends the images in results of tools as a message of the user, because a tool's message cannot
// have any.
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

// shown appends the images in the results of tools in t to the array at mark.
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
