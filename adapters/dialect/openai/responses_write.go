package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// instructions appends the instructions: those that a request of this face had, or otherwise the system turns
// at the beginning, if they are text.
func (w *writer) instructions(dst []byte) []byte {
	end := len(w.Turns)
	if !w.own {
		end-- // the API refuses an empty input
	}
	for ; w.lead < end; w.lead++ {
		t := &w.Turns[w.lead]
		if w.own && t.Shape&turnInstructions == 0 || t.Role != core.System && t.Role != core.Developer || t.From == t.To || !w.plain(t) {
			break
		}
		if w.lead == 0 {
			dst = append(dst, `,"instructions":"`...)
		} else {
			dst = append(dst[:len(dst)-1], `\n\n`...)
		}
		for i := t.From; i < t.To; i++ {
			if i > t.From {
				dst = append(dst, `\n\n`...)
			}
			dst = append(dst, w.Parts[i].Text...)
		}
		dst = append(dst, '"')
		if w.own {
			w.lead++
			break
		}
	}
	return dst
}

// plain reports whether all parts of a turn are texts.
func (w *writer) plain(t *core.Turn) bool {
	for _, p := range w.Parts[t.From:t.To] {
		if p.Kind != core.PartText {
			return false
		}
	}
	return true
}

// input appends the value of input.
func (w *writer) input(dst []byte) ([]byte, *core.Fault) {
	turns := w.Turns[w.lead:]
	if w.own && w.Shape&askIsString != 0 && len(turns) == 1 && turns[0].To == turns[0].From+1 {
		return scan.AppendQuoted(dst, w.Parts[turns[0].From].Text), nil
	}
	dst = append(dst, '[')
	at := len(dst)
	for i := range turns {
		var f *core.Fault
		if dst, f = w.turn(dst, &turns[i]); f != nil {
			return dst, f
		}
	}
	if len(dst) > at {
		dst = dst[:len(dst)-1] // every item ends in a comma
	}
	return append(dst, ']'), nil
}

// turn appends the items of a turn, each followed by a comma.
func (w *writer) turn(dst []byte, t *core.Turn) ([]byte, *core.Fault) {
	if t.Name != nil {
		w.Drop("messages.name")
	}
	if t.From == t.To && w.own {
		dst = w.head(dst, t, nil)
		if t.Shape&turnNoContent == 0 {
			dst = append(dst, `,"content":[]`...)
		}
		return append(dst, "},"...), nil
	}
	for i := int(t.From); i < int(t.To); i += 1 + int(w.Parts[i].Inner) {
		var f *core.Fault
		p := &w.Parts[i]
		switch p.Kind {
		case core.PartCall:
			dst = w.call(dst, p)
		case core.PartResult:
			dst, f = w.result(dst, i)
		case core.PartThought, core.PartVeiled:
			dst = w.thought(dst, t, i)
		case core.PartOther:
			if w.own && p.Shape&partAlone != 0 {
				dst = append(append(dst, p.Raw...), ',')
				break
			}
			fallthrough
		default:
			if !w.own && w.empty(t, i) {
				break // some end a stream with it; a message must not separate a call from its result
			}
			dst, i, f = w.message(dst, t, i)
		}
		if f != nil {
			return dst, f
		}
	}
	return dst, nil
}

// empty reports whether the part at i is an empty text among other parts.
func (w *writer) empty(t *core.Turn, i int) bool {
	return w.Parts[i].Kind == core.PartText && len(w.Parts[i].Text) == 0 && t.To-t.From > 1
}

// joins reports whether a part belongs to the same message as the part before it.
func (w *writer) joins(p *core.Part) bool {
	switch p.Kind {
	case core.PartCall, core.PartResult, core.PartThought, core.PartVeiled:
		return false
	}
	return !w.own || p.Shape&(partAlone|partBegins) == 0
}

// head appends a message up to its content. first is the part that holds the shape and extras of the message,
// if the turn does not.
func (w *writer) head(dst []byte, t *core.Turn, first *core.Part) []byte {
	typed, more := false, int32(0)
	if w.own {
		typed, more = t.Shape&turnTyped != 0, t.More
		if first != nil && first.Shape&partBegins != 0 {
			typed, more = first.Shape&partTyped != 0, first.More
		}
	}
	dst = append(dst, '{')
	if typed {
		dst = append(dst, `"type":"message",`...)
	}
	dst = append(append(dst, `"role":`...), w.role(t.Role)...)
	dst, _ = appendChain(dst, &w.Tree, more)
	return dst
}

func (w *writer) role(r core.Role) string {
	switch {
	case r == core.Developer && w.quirks&core.QuirkNoDeveloper != 0:
		r = core.System
	case r == core.ToolRole:
		r = core.User
	}
	return roles[r]
}

// message appends the message that the part at i begins and returns its last part.
func (w *writer) message(dst []byte, t *core.Turn, i int) ([]byte, int, *core.Fault) {
	first := &w.Parts[i]
	dst = append(w.head(dst, t, first), `,"content":`...)
	next := i + 1 + int(first.Inner)
	alone := next >= int(t.To) || !w.joins(&w.Parts[next])
	asText := alone && first.Kind == core.PartText
	if w.own {
		asText = asText && (t.Shape&turnString != 0 || first.Shape&partString != 0)
	}
	if asText {
		dst = scan.AppendQuoted(dst, first.Text)
		return append(dst, "},"...), i, nil
	}
	dst = append(dst, '[')
	for n := i; n < int(t.To); n += 1 + int(w.Parts[n].Inner) {
		p := &w.Parts[n]
		if n > i && !w.joins(p) {
			break
		}
		if n > i {
			dst = append(dst, ',')
		}
		var f *core.Fault
		if dst, f = w.part(dst, p, t.Role); f != nil {
			return dst, n, f
		}
		i = n
	}
	return append(dst, "]},"...), i, nil
}

// thought appends a reasoning item if the part at i is signed by the target's vendor. The parts of a summary are
// thoughts of their own elsewhere, of which the last one is signed.
func (w *writer) thought(dst []byte, t *core.Turn, i int) []byte {
	p := &w.Parts[i]
	if w.own && p.Shape&partBegins != 0 && len(p.Raw) > 0 && w.reads(p) {
		return append(append(dst, p.Raw...), ',')
	}
	if w.own && p.Shape&(partBegins|partFollows) != 0 {
		return dst // the whole item was written with its first part, or not at all
	}
	if !w.signed(p) {
		if len(p.Text)+len(p.Sign) > 0 && !w.leads(t, i) {
			w.Drop(core.LostThought)
		}
		return dst
	}
	first := i
	for first > int(t.From) && w.leads(t, first-1) {
		first--
	}
	dst = append(dst, `{"type":"reasoning","summary":[`...)
	at := len(dst)
	for ; first <= i; first++ {
		if p := &w.Parts[first]; p.Kind == core.PartThought && len(p.Text) > 0 {
			if len(dst) > at {
				dst = append(dst, ',')
			}
			dst = append(scan.AppendQuoted(append(dst, `{"type":"summary_text","text":`...), p.Text), '}')
		}
	}
	return append(appendField(append(dst, ']'), "encrypted_content", p.Sign), "},"...)
}

// signed reports whether the target's vendor signed p.
func (w *writer) signed(p *core.Part) bool { return len(p.Sign) > 0 && p.Vendor == w.sign }

// leads reports whether the part at i is a part of a summary that is not its last: a thought without a signature
// right before those of which the target's vendor signed the last one.
func (w *writer) leads(t *core.Turn, i int) bool {
	for n := i; n < int(t.To) && w.Parts[n].Kind == core.PartThought && len(w.Parts[n].Text) > 0; n++ {
		if len(w.Parts[n].Sign) > 0 {
			return n > i && w.signed(&w.Parts[n])
		}
	}
	return false
}

// reads reports whether the target's vendor can read the encrypted content of the item that p begins.
func (w *writer) reads(p *core.Part) bool {
	sign, ok := scan.Inside(member(p.Raw, "encrypted_content"))
	if !ok || len(sign) == 0 {
		return true
	}
	vendor, _ := core.ReadSign(sign, core.OpenAI)
	return vendor == w.sign
}
