package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendReply is the codec's AppendReply. It writes only the first choice, as Cohere has one.
func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own := r.From == &self
	dst = append(dst, '{')
	if r.ID != nil || !own {
		dst = append(appendID(append(dst, `"id":"`...), r.ID, x), `","`...)
	} else {
		dst = append(dst, '"')
	}
	dst = append(dst, `message":{"role":"assistant"`...)
	var ch core.Choice
	if len(r.Choices) > 0 {
		ch = r.Choices[0]
	}
	parts := r.Parts[ch.From:ch.To]
	dst = replyContent(dst, r, &ch, own)
	dst = replyPlan(dst, parts, own)
	dst = replyCalls(dst, r, parts, own)
	if own {
		dst = appendExtras(dst, &r.Tree, ch.Message)
	} else {
		dst = replyCites(dst, r, parts)
	}
	dst = append(dst, '}')
	switch {
	case own && ch.Native != nil:
		dst = scan.AppendQuoted(append(dst, `,"finish_reason":`...), ch.Native)
	case !own:
		dst = append(dst, `,"finish_reason":"`...)
		dst = append(append(dst, finishWord(ch.Finish, calls(parts))...), '"')
	}
	if own {
		dst = appendExtras(dst, &r.Tree, r.More)
	} else {
		dst = appendUsage(append(dst, `,"usage":`...), &r.Usage)
		if ch.Logprobs != nil {
			dst = append(appendOwnProbs(append(dst, `,"logprobs":[`...), ch.Logprobs), ']')
		}
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendID appends the id of an answer, or else that of the exchange, as a UUID, which is Cohere's form.
func appendID(dst []byte, id core.Text, x *core.Crossing) []byte {
	if len(id) == 0 && x != nil {
		id = x.ID
	}
	if len(id) > 0 || x == nil {
		return append(dst, id...)
	}
	const digits = "0123456789abcdef"
	for i, b := range x.Request {
		switch i {
		case 4, 6, 8, 10:
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// said reports whether a part of a reply belongs in its content.
func said(p *core.Part, own bool) bool {
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		return true
	case core.PartThought, core.PartVeiled:
		return own && p.Shape&partPlan == 0 || !own && !p.Mute()
	case core.PartAudio:
		return p.Text != nil
	case core.PartOther:
		return own
	}
	return false
}

// replyContent appends content.
func replyContent(dst []byte, r *core.Completion, ch *core.Choice, own bool) []byte {
	parts := r.Parts[ch.From:ch.To]
	at := len(dst)
	dst = append(dst, `,"content":[`...)
	mark := len(dst)
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		p := &parts[i]
		if !said(p, own) {
			continue
		}
		if own && ch.Shape&turnString != 0 {
			return scan.AppendQuoted(append(dst[:at], `,"content":`...), p.Text)
		}
		dst = replyPart(next(dst, mark), r, p, own)
	}
	if len(dst) == mark && (own || calls(parts)) {
		return dst[:at] // null, [] or none: an extra of the message
	}
	return append(dst, ']')
}

// replyPart appends one element of content, with its signature, also another vendor's, because clients send elements
// back as they got them.
func replyPart(dst []byte, r *core.Completion, p *core.Part, own bool) []byte {
	if own && (p.Kind == core.PartOther || p.Shape&partDocument != 0) {
		return append(dst, p.Raw...)
	}
	switch p.Kind {
	case core.PartThought, core.PartVeiled:
		dst = scan.AppendQuoted(append(dst, `{"type":"thinking","thinking":`...), p.Text)
		if p.Kind == core.PartVeiled {
			dst = append(dst, `,"redacted":true`...)
		}
	default:
		dst = scan.AppendQuoted(append(dst, `{"type":"text","text":`...), p.Text)
	}
	dst = appendSignature(dst, p.Vendor, p.Sign)
	if own {
		dst = appendExtras(dst, &r.Tree, p.More)
	}
	return append(dst, '}')
}

// appendSignature appends a comma and the member with a signature.
func appendSignature(dst []byte, v core.Vendor, sign core.Text) []byte {
	if len(sign) == 0 {
		return dst
	}
	dst = append(dst, `,"signature":"`...)
	return append(core.AppendSign(dst, core.Cohere, v, sign), '"')
}

func replyPlan(dst []byte, parts []core.Part, own bool) []byte {
	for i := range parts {
		if p := &parts[i]; own && p.Kind == core.PartThought && p.Shape&partPlan != 0 {
			return scan.AppendQuoted(append(dst, `,"tool_plan":`...), p.Text)
		}
	}
	return dst
}

func replyCalls(dst []byte, r *core.Completion, parts []core.Part, own bool) []byte {
	n := 0
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartCall {
			continue
		}
		if n++; n == 1 {
			dst = append(dst, `,"tool_calls":[`...)
		} else {
			dst = append(dst, ',')
		}
		if p.ID == nil && !own {
			dst = append(scan.AppendInt(append(dst, `{"id":"call_`...), int64(n-1)), '"')
		} else {
			dst = callHead(dst, p)
		}
		dst = callBody(dst, p, own)
		dst = appendSignature(dst, p.Vendor, p.Sign)
		if own {
			dst = appendExtras(dst, &r.Tree, p.More)
		}
		dst = append(dst, '}')
	}
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// replyCites appends the citations of all parts in the content.
func replyCites(dst []byte, r *core.Completion, parts []core.Part) []byte {
	at := len(dst)
	dst = append(dst, `,"citations":[`...)
	mark := len(dst)
	content := int64(0)
	for i := 0; i < len(parts); i += 1 + int(parts[i].Inner) {
		p := &parts[i]
		if !said(p, false) {
			continue
		}
		for n := p.Cites; n != 0; {
			var c core.Cite
			if c, n = r.Cited(n); c.Blank() {
				continue
			}
			dst = appendCite(next(dst, mark), &c, p.Text, content)
		}
		content++
	}
	if len(dst) == mark {
		return dst[:at]
	}
	return append(dst, ']')
}
