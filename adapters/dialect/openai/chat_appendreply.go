package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendReply is the AppendReply of chat completions.
func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	return appendReplyAs(dst, r, x, r.From == &dialect && r.Op != core.OpResponses, appendSaid)
}

// A sayer appends the members of a message after its role.
type sayer func(dst []byte, t *core.Tree, parts []core.Part) []byte

// appendReplyAs appends a reply. One of the same family is written as it came, others with messages
// written by say.
func appendReplyAs(dst []byte, r *core.Completion, x *core.Crossing, own bool, say sayer) []byte {
	at := len(dst) + 1
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
		dst = appendAlternative(dst, r, &r.Choices[i], own, say)
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

// appendTail ends a reply, with the additional members that its clients accept.
func appendTail(dst []byte, x *core.Crossing) []byte {
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendReplyHead begins a reply with its id, the time and the model. For one of the same family nothing
// is made up.
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

// appendID appends the inside of an answer's id: the upstream's, or else prefix and the request's id.
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

func appendAlternative(dst []byte, r *core.Completion, c *core.Choice, own bool, say sayer) []byte {
	at := len(dst) + 1
	dst = append(dst, '{')
	if !own || c.Shape&choseNoIndex == 0 {
		dst = uncomma(scan.AppendInt(append(dst, `,"index":`...), c.Index), at)
	}
	parts := r.Parts[c.From:c.To]
	switch {
	case !own:
		dst = append(dst, `,"message":{"role":"assistant"`...)
		dst = append(say(dst, &r.Tree, parts), '}')
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

// appendOutcome appends what a finish reason cannot express: the stop sequence, in vLLM's member, and the
// provider's own reason if OpenAI has no such one, in OpenRouter's.
func appendOutcome(dst []byte, f core.Finish, native, stopped core.Text) []byte {
	if len(stopped) > 0 {
		dst = appendTextMember(dst, "stop_reason", stopped)
	}
	if len(native) > 0 && (f == core.FinishPaused || f == core.FinishFailed || f == core.FinishUnsaid) {
		dst = appendTextMember(dst, "native_finish_reason", native)
	}
	return dst
}

// appendProbs appends logprobs with the raw list; null if there are none.
func appendProbs(dst, list []byte) []byte {
	if list == nil {
		return append(dst, "null"...)
	}
	return append(append(append(dst, `{"content":`...), list...), `,"refusal":null}`...)
}

// appendText appends the texts among parts, joined, as the inside of one string.
func appendText(dst []byte, parts []core.Part) []byte {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText {
			dst = append(dst, p.Text...)
		}
	}
	return dst
}

// appendOwnSaid appends a message of the same family as it came.
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
