package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// completion is the face of the legacy text completions. A prompt becomes a turn of the user. Features
// that conversations do not have (several prompts, tokens for text, a suffix, the prompt repeated, the
// best of several answers) are kept for the same face: see core.Chat.Needs.
//
// Source: https://platform.openai.com/docs/api-reference/completions
var completion = &core.ChatCodec{
	Framing:       core.FramingSSE,
	ParseRequest:  parseCompletion,
	AppendRequest: appendCompletion,
	ParseReply:    parseCompletionReply,
	Sound:         soundReply,
	AppendReply:   appendCompletionReply,
	ParseEvent:    parseChunk,
	AppendEvent:   appendCompletionChunk,
}

func parseCompletion(c *core.Chat, raw []byte) *core.Fault {
	c.From, c.Op = &dialect, core.OpCompletion
	var room [keyRoom]byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		name := plainKey(key, &room)
		var f *core.Fault
		switch string(name) {
		case "prompt":
			parsePrompt(c, key, value)
		case "suffix", "echo", "best_of", "logprobs":
			c.Keep(&c.More, key, value)
			if !asksNothing(string(name), value) {
				c.Needs = key
			}
		default:
			f = parseField(c, key, name, value)
		}
		if f != nil {
			return f
		}
	}
	if len(c.Turns) == 0 {
		return body.Invalid("prompt", "cannot read the request: it has no prompt", `set "prompt" to a string`)
	}
	return nil
}

// asksNothing reports whether a member has a value without an effect.
func asksNothing(name string, value []byte) bool {
	switch string(value) {
	case "null", "false", `""`:
		return true
	case "0", "1":
		return name == "best_of"
	}
	return false
}

// parsePrompt reads a string, or an array with one. Other prompts are kept for the same face.
func parsePrompt(c *core.Chat, key, value []byte) {
	text := quoted(value)
	if value[0] == '[' {
		c.Keep(&c.More, key, value)
		w := scan.Elements(value)
		_, first, _ := w.Next()
		if text = quoted(first); text != nil {
			if _, _, more := w.Next(); more {
				text = nil
			}
		}
	}
	if text == nil {
		c.Needs = key
	}
	i := c.Begin(core.User)
	c.Add(core.Part{Kind: core.PartText, Text: text})
	c.End(i)
}

// keeps reports whether the member name is among the extras of c.
func keeps(c *core.Chat, name string) bool {
	for n := c.More; n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); string(e.Key) == name {
			return true
		}
	}
	return false
}

// appendCompletion writes requests of the same face; no others are translated to it. It expects one turn
// of text.
func appendCompletion(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if len(c.Turns) != 1 || len(c.Parts) != 1 || c.Parts[0].Kind != core.PartText {
		return dst, body.Invalid("messages", "cannot send a conversation to "+string(s.Model)+": text completions take one prompt", "choose a model for conversations")
	}
	o := chatOut{c: c, t: &c.Tree, s: s, family: c.From == &dialect}
	o.own = o.family && c.Op == core.OpCompletion
	o.dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	if !o.own || !keeps(c, "prompt") {
		o.dst = appendTextMember(o.dst, "prompt", c.Parts[0].Text)
	}
	c.Shape |= chatOldLimit
	o.own = true
	o.numbers()
	o.words()
	o.options()
	if o.family && c.Op == core.OpCompletion {
		o.extras()
	}
	return body.Edit(append(o.dst, '}'), at, s.Face), nil
}

func parseCompletionReply(r *core.Completion, raw []byte) error {
	err := parseReply(r, raw)
	r.Op = core.OpCompletion
	return err
}

func appendCompletionReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	if r.From == &dialect && r.Op == core.OpCompletion && !textual(r) {
		return appendReply(dst, r, x) // Mistral answers fill-in-the-middle with a chat completion
	}
	own := r.From == &dialect && textual(r)
	at := len(dst) + 1
	dst = appendReplyHead(dst, r, x, own)
	if !own || r.Shape&replyText != 0 {
		dst = append(dst, `,"object":"text_completion"`...)
	}
	dst = uncomma(append(dst, `,"choices":[`...), at)
	for i := range r.Choices {
		c := &r.Choices[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if !own || c.Shape&choseNoIndex == 0 {
			dst = append(scan.AppendInt(append(dst, `"index":`...), c.Index), ',')
		}
		dst = append(appendText(append(dst, `"text":"`...), r.Parts[c.From:c.To]), '"')
		switch {
		case !own:
			dst = append(append(append(dst, `,"logprobs":null,"finish_reason":"`...), oldFinish(c.Finish)...), '"')
		case c.Native != nil:
			dst = appendTextMember(dst, "finish_reason", c.Native)
		}
		if own {
			dst = appendExtras(dst, &r.Tree, c.More, "")
		}
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	if r.Usage.Known && !(own && r.Shape&replyUsage != 0) {
		dst = appendUsage(append(dst, `,"usage":`...), &r.Usage)
	}
	if own {
		dst = appendExtras(dst, &r.Tree, r.More, "")
	}
	return appendTail(dst, x)
}

// textual reports whether the choices of a reply of this family have a text instead of a message.
func textual(r *core.Completion) bool {
	return r.From == &dialect && len(r.Choices) > 0 && r.Choices[0].Shape&choseText != 0
}

// oldFinish returns a finish reason of text completions, which have none for calls.
func oldFinish(f core.Finish) string {
	if f == core.FinishCalls {
		return "stop"
	}
	return finishWord(f)
}

// appendCompletionChunk is the AppendEvent of text completions, which write only the text of an answer.
func appendCompletionChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if x.W.Done {
		return dst
	}
	if !x.W.Began {
		beginChunks(x, "cmpl-", "text_completion")
	}
	switch e.Kind {
	case core.EventPing, core.EventFault, core.EventEnd:
		return appendChunk(dst, x, e)
	case core.EventDelta:
		if x.Blocks[e.Block].Kind != core.PartText || len(e.Text) == 0 {
			return dst
		}
		dst = beginText(dst, x, e.Choice)
		dst = scan.AppendQuoted(dst, e.Text)
		return endChunk(append(dst, `,"logprobs":null,"finish_reason":null}]`...), x)
	case core.EventFinish:
		dst = append(beginText(dst, x, e.Choice), `"","logprobs":null,"finish_reason":"`...)
		dst = append(append(dst, oldFinish(e.Finish)...), `"}]`...)
		if x.Extra != nil {
			dst = x.Extra(append(dst, ','))
		}
		return endChunk(dst, x)
	}
	return dst
}

func beginText(dst []byte, x *core.Crossing, choice int32) []byte {
	dst = append(append(dst, x.W.Buf...), `{"index":`...)
	return append(scan.AppendInt(dst, int64(choice)), `,"text":`...)
}
