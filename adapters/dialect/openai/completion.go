package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// completion is the face of the legacy text completions: a prompt is what a user says.
// It refuses what a conversation has nothing like: several prompts, tokens for text,
// a suffix, the prompt repeated, the best of several answers.
//
// Source: https://platform.openai.com/docs/api-reference/completions
var completion = &core.ChatCodec{
	Framing:       core.FramingSSE,
	ParseRequest:  parseCompletion,
	AppendRequest: appendCompletion,
	ParseReply:    parseReply,
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
			f = parsePrompt(c, value)
		case "suffix", "echo", "best_of", "logprobs":
			if f = refuseOld(string(name), value); f == nil {
				c.Keep(&c.More, key, value)
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

// refuseOld lets those values pass that ask for nothing.
func refuseOld(name string, value []byte) *core.Fault {
	switch string(value) {
	case "null", "false", `""`:
		return nil
	case "0", "1":
		if name == "best_of" {
			return nil
		}
	}
	return body.Invalid(name, "cannot carry out "+name+" here: this model answers conversations, which have nothing like it", "leave "+name+" out, or choose a model that completes text")
}

// parsePrompt reads a string, or an array of one.
func parsePrompt(c *core.Chat, value []byte) *core.Fault {
	text := quoted(value)
	if value[0] == '[' {
		w := scan.Elements(value)
		_, first, _ := w.Next()
		if text = quoted(first); text != nil {
			if _, _, more := w.Next(); more {
				text = nil
			}
		}
	}
	if text == nil {
		return body.Invalid("prompt", "cannot carry out this prompt here: this model takes one prompt, as text", "send one string, and several prompts as several requests")
	}
	i := c.Begin(core.User)
	c.Add(core.Part{Kind: core.PartText, Text: text})
	c.End(i)
	return nil
}

// appendCompletion is for the round trip alone: no request is translated into one of
// these. It takes one turn of text.
func appendCompletion(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if len(c.Turns) != 1 || len(c.Parts) != 1 || c.Parts[0].Kind != core.PartText {
		return dst, body.Invalid("messages", "cannot send a conversation to "+string(s.Model)+": text completions take one prompt", "choose a model for conversations")
	}
	o := chatOut{c: c, t: &c.Tree, s: s, family: c.From == &dialect}
	o.own = o.family && c.Op == core.OpCompletion
	o.dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	o.dst = appendTextMember(o.dst, "prompt", c.Parts[0].Text)
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

func appendCompletionReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own := r.From == &dialect && r.Shape&replyText != 0
	at := len(dst) + 1
	dst = appendReplyHead(dst, r, x, own)
	dst = uncomma(append(dst, `,"object":"text_completion","choices":[`...), at)
	for i := range r.Choices {
		c := &r.Choices[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = scan.AppendInt(append(dst, `{"index":`...), c.Index)
		dst = append(appendText(append(dst, `,"text":"`...), r.Parts[c.From:c.To]), '"')
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

// oldFinish is a finish reason of text completions, which know no calls.
func oldFinish(f core.Finish) string {
	if f == core.FinishCalls {
		return "stop"
	}
	return finishWord(f)
}

// appendCompletionChunk is the AppendEvent of text completions: of an answer only its text
// is told.
func appendCompletionChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
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
