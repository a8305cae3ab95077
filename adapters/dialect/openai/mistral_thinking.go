package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendMistralReply is the AppendReply of Mistral's chats: what was thought, and a refusal, stand
// in the content, where Mistral's clients look for them.
func appendMistralReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	for i := range r.Parts {
		if p := &r.Parts[i]; (p.Kind == core.PartThought || p.Kind == core.PartRefusal) && len(p.Text) > 0 {
			return appendReplyAs(dst, r, x, false, appendMistralSaid)
		}
	}
	return appendReply(dst, r, x)
}

// appendMistralSaid is the sayer of a reply that has thinking or a refusal. A veiled thought has
// no place.
func appendMistralSaid(dst []byte, t *core.Tree, parts []core.Part) []byte {
	if !thinks(parts) {
		dst = append(dst, `,"content":"`...)
		for i := range parts {
			if p := &parts[i]; p.Kind == core.PartText || p.Kind == core.PartRefusal {
				dst = append(dst, p.Text...)
			}
		}
		return appendBeside(append(dst, '"'), t, parts)
	}
	dst = append(dst, `,"content":[`...)
	from := len(dst)
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == core.PartThought && (len(p.Text) > 0 || p.Sign != nil):
			dst = append(appendThinking(append(dst, ','), p.Text, p.Vendor, p.Sign), `,"closed":true}`...)
		case (p.Kind == core.PartText || p.Kind == core.PartRefusal) && len(p.Text) > 0:
			dst = append(scan.AppendQuoted(append(dst, `,{"type":"text","text":`...), p.Text), '}')
		}
	}
	return appendBeside(append(uncomma(dst, from), ']'), t, parts)
}

// thinks reports whether there are thoughts to show.
func thinks(parts []core.Part) bool {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartThought && (len(p.Text) > 0 || p.Sign != nil) {
			return true
		}
	}
	return false
}

// thinkingChunkOf sends what e says of a thought.
func thinkingChunkOf(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	text, sign := e.Text, core.Text(nil)
	switch {
	case b.Kind == core.PartVeiled:
		return dst
	case e.Kind == core.EventSign:
		text, sign = nil, b.Sign
	case e.Kind != core.EventDelta || len(text) == 0:
		return dst
	}
	dst = append(beginDelta(role(dst, x, e.Choice), x, e.Choice), `"content":[`...)
	return endDelta(append(appendThinking(dst, text, b.Vendor, sign), "}]"...), x, nil)
}

// appendThinking appends an element of the content, open for more members. A signature is given
// without text where that was sent before.
func appendThinking(dst []byte, text core.Text, v core.Vendor, sign core.Text) []byte {
	dst = append(dst, `{"type":"thinking","thinking":[`...)
	if len(text) > 0 {
		dst = append(scan.AppendQuoted(append(dst, `{"type":"text","text":`...), text), '}')
	}
	dst = append(dst, ']')
	if sign != nil {
		dst = append(dst, `,"signature":"`...)
		dst = append(core.AppendSign(dst, core.Elsewhere, v, sign), '"')
	}
	return dst
}

// gatherThinking makes one part of thinking that was sent in pieces, as it came in a stream: its
// signature, the last of them, holds for all of the text. The others are left empty. It reports
// whether there is any.
func gatherThinking(t *core.Tree, parts []core.Part) (any bool) {
	for i := 0; i < len(parts); i++ {
		head := &parts[i]
		if head.Kind != core.PartThought {
			continue
		}
		head.Shape |= partMistral
		any = true
		last := i
		for last+1 < len(parts) && parts[last].Sign == nil && goesOn(&parts[last+1]) {
			last++
		}
		if last == i {
			continue
		}
		text := t.Room()
		for j := i; j <= last; j++ {
			text = append(text, parts[j].Text...)
		}
		head.Text, head.Vendor, head.Sign = t.Took(text), parts[last].Vendor, parts[last].Sign
		for j := i + 1; j <= last; j++ {
			parts[j].Shape |= partMistral
			parts[j].Text, parts[j].Vendor, parts[j].Sign = nil, core.NoVendor, nil
		}
		i = last
	}
	return any
}

// goesOn reports whether p is more of the thinking before it: what has text and a signature is
// a thought of its own.
func goesOn(p *core.Part) bool {
	return p.Kind == core.PartThought && (p.Sign == nil || len(p.Text) == 0)
}

// mistrals reports whether what was thought was sent by a client of Mistral's.
func mistrals(parts []core.Part) bool {
	for i := range parts {
		if parts[i].Kind == core.PartThought && parts[i].Shape&partMistral != 0 {
			return true
		}
	}
	return false
}
