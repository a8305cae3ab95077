package cohere

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var (
	errNoObject  = errors.New("the body is not one JSON object")
	errNoMessage = errors.New("the body holds no message")
	errMessage   = errors.New("the message cannot be read")
)

// parseReply is the codec's ParseReply. What the neutral form does not hold exactly (usage with billed units, the
// citations, ids of tokens) is kept for the same format.
func parseReply(r *core.Completion, b []byte) error {
	r.From, r.Op = &self, core.OpChat
	var message, probs, finish []byte
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "message":
			message = value
			continue
		case "id":
			if r.ID = inside(value); r.ID != nil {
				continue
			}
		case "finish_reason":
			if finish = inside(value); finish != nil {
				continue
			}
		case "usage":
			tokens(value, &r.Usage)
		case "logprobs":
			probs = value
		}
		r.Keep(&r.More, key, value)
	}
	if w.Rest() == nil {
		return errNoObject
	}
	if len(message) == 0 || message[0] != '{' {
		return errNoMessage
	}
	i := r.Begin(0)
	ch := &r.Choices[i]
	ch.Finish, ch.Native = finishOf(finish), finish
	if len(probs) > 0 && probs[0] == '[' {
		ch.Logprobs = r.Took(appendProbs(r.Room(), probs))
	}
	if !replyMessage(r, ch, message) {
		return errMessage
	}
	r.End(i)
	return nil
}

// replyMessage reads the message of a reply.
func replyMessage(r *core.Completion, ch *core.Choice, raw []byte) bool {
	var content, plan, calls, cites []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "role" && string(value) == `"assistant"`:
			continue
		case string(key) == "content" && value[0] != 'n':
			content = value
			continue
		case string(key) == "tool_plan" && scan.IsString(value):
			plan = value
			continue
		case string(key) == "tool_calls" && value[0] != 'n':
			calls = value
			continue
		case string(key) == "citations":
			cites = value
		}
		r.Keep(&ch.Message, key, value)
	}
	if w.Rest() == nil {
		return false
	}
	if plan != nil {
		r.Add(core.Part{Kind: core.PartThought, Text: inside(plan), Vendor: core.Cohere, Shape: partPlan})
	}
	first := len(r.Parts)
	switch {
	case content == nil:
	case content[0] == '"':
		r.Add(core.Part{Text: inside(content)})
		ch.Shape |= turnString
	case !parseContent(&r.Tree, content):
		return false
	case len(r.Parts) == first:
		body.Keep(&r.Tree, &ch.Message, "content", content)
	}
	last := len(r.Parts)
	if calls != nil {
		n, ok := parseCalls(&r.Tree, calls)
		if !ok {
			return false
		}
		if n == 0 {
			body.Keep(&r.Tree, &ch.Message, "tool_calls", calls)
		}
	}
	citations(&r.Tree, first, last, cites)
	return true
}

// citations attaches the citations to the parts of text between first and last.
func citations(t *core.Tree, first, last int, raw []byte) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		c, content, sources := readCite(value)
		at := -1
		for i := first; i < last; i++ {
			if t.Parts[i].Kind == core.PartText && (at < 0 || int64(i-first) <= content) {
				at = i
			}
		}
		if at < 0 {
			return
		}
		cites := &t.Parts[at].Cites
		t.Cite(cites, c)
		for c.Raw = nil; ; {
			_, source, more := sources.Next()
			if !more {
				break
			}
			readSource(&c, source)
			t.Cite(cites, c)
		}
	}
}
