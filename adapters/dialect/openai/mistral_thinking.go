package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendMistralReply is the AppendReply of Mistral's chats. Thoughts and refusals are in the content, where
// Mistral's clients look for them.
func appendMistralReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	for i := range r.Parts {
		if p := &r.Parts[i]; (p.Kind == core.PartThought || p.Kind == core.PartRefusal) && len(p.Text) > 0 {
			return appendReplyAs(dst, r, x, false, appendMistralSaid)
		}
	}
	return appendReply(dst, r, x)
}

// appendMistralSaid is the sayer of a reply that has thinking or a refusal. Encrypted thoughts are left out.
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

// thinkingChunkOf sends the text or signature that e adds to a thought.
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

// appendThinking appends a thinking element without its closing brace. A signature comes without text if
// that was sent before.
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

// gatherThinking joins thinking that a client returns in the pieces of a stream into one part. The
// signature in the last piece is that of the whole text. The other parts are left empty. It reports
// whether there is any thinking.
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

// goesOn reports whether p continues the thinking before it. A part with both text and signature is a
// thought of its own.
func goesOn(p *core.Part) bool {
	return p.Kind == core.PartThought && (p.Sign == nil || len(p.Text) == 0)
}

// mistrals reports whether the thoughts among parts were sent by a client of Mistral.
func mistrals(parts []core.Part) bool {
	for i := range parts {
		if parts[i].Kind == core.PartThought && parts[i].Shape&partMistral != 0 {
			return true
		}
	}
	return false
}
