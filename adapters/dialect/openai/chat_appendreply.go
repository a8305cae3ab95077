package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendReply is the AppendReply of chat completions.
func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own, at := r.From == &dialect && r.Op == core.OpChat, len(dst)+1
	dst = appendReplyHead(dst, r, x, own)
	if !own || r.Shape&replyObject != 0 {
		dst = append(dst, `,"object":"chat.completion"`...)
	} else if r.Shape&replyText != 0 {
		dst = append(dst, `,"object":"text_completion"`...)
	}
	dst = uncomma(append(dst, `,"choices":[`...), at)
	for i := range r.Choices {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendAlternative(dst, r, &r.Choices[i], own)
	}
	dst = append(dst, ']')
	if r.Usage.Known && !(own && r.Shape&replyUsage != 0) {
		dst = appendUsage(append(dst, `,"usage":`...), &r.Usage)
	}
	if r.Tier != nil && r.From == &dialect {
		dst = appendTextMember(dst, "service_tier", r.Tier)
	}
	if own {
		dst = appendExtras(dst, &r.Tree, r.More, "")
	}
	return appendTail(dst, x)
}

// appendTail ends a reply, with what its clients bear besides.
func appendTail(dst []byte, x *core.Crossing) []byte {
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendReplyHead begins a reply with its id, the time and the model. Its own family's gets
// no more than it has.
func appendReplyHead(dst []byte, r *core.Completion, x *core.Crossing, own bool) []byte {
	at := len(dst) + 1
	dst = append(dst, '{')
	switch {
	case r.ID != nil:
		dst = appendTextMember(dst, "id", r.ID)
	case !own:
		dst = append(dst, `,"id":"`...)
		dst = append(appendID(dst, x, "chatcmpl-"), '"')
	}
	created := r.Created
	if created == 0 && !own && x != nil {
		if created = x.Created; created == 0 {
			created = x.Wall
		}
	}
	if created != 0 || !own {
		dst = scan.AppendInt(append(dst, `,"created":`...), created)
	}
	model := r.Model
	if x != nil && len(x.Model) > 0 {
		model = x.Model
	}
	if model != nil || !own {
		dst = appendTextMember(dst, "model", model)
	}
	return uncomma(dst, at)
}

// appendID appends the inside of an answer's id: the upstream's, else one made of the
// request's behind prefix.
func appendID(dst []byte, x *core.Crossing, prefix string) []byte {
	const digits = "0123456789abcdef"
	if x != nil && len(x.ID) > 0 {
		return append(dst, x.ID...)
	}
	dst = append(dst, prefix...)
	if x == nil {
		return append(dst, '0')
	}
	for _, b := range x.Request {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

func appendAlternative(dst []byte, r *core.Completion, c *core.Choice, own bool) []byte {
	at := len(dst) + 1
	dst = append(dst, '{')
	if !own || c.Shape&choseNoIndex == 0 {
		dst = uncomma(scan.AppendInt(append(dst, `,"index":`...), c.Index), at)
	}
	parts := r.Parts[c.From:c.To]
	switch {
	case !own:
		dst = append(dst, `,"message":{"role":"assistant"`...)
		dst = append(appendSaid(dst, &r.Tree, parts), '}')
		dst = appendProbs(append(dst, `,"logprobs":`...), c.Logprobs)
	case c.Shape&choseText != 0:
		dst = append(dst, `,"text":"`...)
		dst = append(appendText(dst, parts), '"')
	case c.Shape&choseBare == 0:
		name := "message"
		if c.Shape&choseDelta != 0 {
			name = "delta"
		}
		dst = append(append(append(dst, ',', '"'), name...), `":`...)
		dst = appendOwnSaid(dst, r, c)
	}
	switch {
	case own && c.Native != nil:
		dst = appendTextMember(dst, "finish_reason", c.Native)
	case !own:
		dst = append(append(append(dst, `,"finish_reason":"`...), finishWord(c.Finish)...), '"')
		dst = appendOutcome(dst, c.Finish, c.Native, c.Stopped)
	}
	if own {
		dst = appendExtras(dst, &r.Tree, c.More, "")
	}
	return append(uncomma(dst, at), '}')
}

// appendOutcome appends what a finish reason cannot say: the stop sequence, in vLLM's member,
// and the provider's own word where OpenAI has none like it, in OpenRouter's.
func appendOutcome(dst []byte, f core.Finish, native, stopped core.Text) []byte {
	if len(stopped) > 0 {
		dst = appendTextMember(dst, "stop_reason", stopped)
	}
	if len(native) > 0 && (f == core.FinishPaused || f == core.FinishFailed || f == core.FinishUnsaid) {
		dst = appendTextMember(dst, "native_finish_reason", native)
	}
	return dst
}

// appendProbs appends logprobs, whose list is raw; null if there are none.
func appendProbs(dst, list []byte) []byte {
	if list == nil {
		return append(dst, "null"...)
	}
	return append(append(append(dst, `{"content":`...), list...), `,"refusal":null}`...)
}

// appendText appends all the text among parts as the inside of one string.
func appendText(dst []byte, parts []core.Part) []byte {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText {
			dst = append(dst, p.Text...)
		}
	}
	return dst
}

// appendOwnSaid appends a message as its own family wrote it.
func appendOwnSaid(dst []byte, r *core.Completion, c *core.Choice) []byte {
	o := chatOut{own: true, family: true, dst: dst, t: &r.Tree}
	at := len(dst) + 1
	o.dst = append(o.dst, '{')
	if c.Shape&saidNoRole == 0 {
		o.dst = append(o.dst, `"role":"assistant"`...)
	}
	t := core.Turn{From: c.From, To: c.To, Shape: c.Shape, More: c.Message}
	o.answered(&t)
	return append(uncomma(o.dst, at), '}')
}

// appendSaid appends the members of a message behind its role.
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
	dst = appendCites(dst, t, parts)
	dst = appendThoughts(dst, parts)
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

// appendCall appends the n-th entry of tool_calls, the first with what begins the list.
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

// appendSignText appends the signature of a text part, which Gemini's has at times, where
// Gemini itself puts it in this format.
func appendSignText(dst []byte, parts []core.Part) []byte {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText && p.Sign != nil {
			return appendGoogleSign(dst, p.Vendor, p.Sign)
		}
	}
	return dst
}

// appendThoughts appends what was thought: as text, and with the signatures that somebody
// will want to see again.
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

// appendMedia appends an audio answer, and images as OpenRouter gives them.
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

// appendCites appends annotations for those citations that have a URL. Their places are
// counted in the part they are about; here its text is one with those before.
func appendCites(dst []byte, t *core.Tree, parts []core.Part) []byte {
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

// appendCite appends one annotation, about text that has before characters in front.
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

// characters counts the characters that text says.
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

// appendUsage appends usage. Parts that nobody reported are not there.
func appendUsage(dst []byte, u *core.Usage) []byte {
	dst = scan.AppendInt(append(dst, `{"prompt_tokens":`...), u.In)
	dst = scan.AppendInt(append(dst, `,"completion_tokens":`...), u.Out)
	dst = scan.AppendInt(append(dst, `,"total_tokens":`...), u.In+u.Out)
	dst = scan.AppendInt(append(dst, `,"prompt_tokens_details":{"cached_tokens":`...), u.CachedIn)
	if u.WrittenIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cache_write_tokens":`...), u.WrittenIn)
	}
	dst = scan.AppendInt(append(dst, `,"audio_tokens":`...), u.AudioIn)
	dst = scan.AppendInt(append(dst, `},"completion_tokens_details":{"reasoning_tokens":`...), u.Reasoning)
	dst = scan.AppendInt(append(dst, `,"audio_tokens":`...), u.AudioOut)
	return append(dst, `}}`...)
}
