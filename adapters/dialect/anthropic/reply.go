package anthropic

import (
	"errors"
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/scan"
)

// parseReply reads a complete message.
func (f family) parseReply(r *core.Completion, raw []byte) error {
	if err := scan.Valid(raw); err != nil {
		return fmt.Errorf("cannot read the message: %w", err)
	}
	r.From, r.Op = f.api, core.OpChat
	r.Shape = replyNoSequence | replyNoReason
	i := r.Begin(0)
	choice := &r.Choices[i]
	filled := false
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		inside, text := scan.Inside(value)
		switch {
		case string(key) == "content" && opens(value, '['):
			if err := blocks(&r.Tree, value); err != nil {
				return err
			}
			filled = true
		case string(key) == "id" && text:
			r.ID = inside
		case string(key) == "model" && text:
			r.Model = inside
		case string(key) == "stop_reason":
			r.Shape &^= replyNoReason
			choice.Native, choice.Finish = inside, finishOf(inside)
		case string(key) == "stop_sequence":
			r.Shape &^= replyNoSequence
			choice.Stopped = inside
		case string(key) == "usage" && opens(value, '{'):
			tokens(value, &r.Usage)
			r.Keep(&r.More, key, value)
			if tier, ok := scan.Inside(find(value, "service_tier")); ok {
				r.Tier = tier
			}
		case string(key) == "type" && string(value) == `"error"`, string(key) == "error" && opens(value, '{'):
			return faultOf(raw)
		case string(key) == "type", string(key) == "role":
		default:
			r.Keep(&r.More, key, value)
		}
	}
	if !filled {
		return errors.New("cannot read the message: it has no content")
	}
	r.End(i)
	return nil
}

// blocks reads the content of a message.
func blocks(t *core.Tree, raw []byte) error {
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		if _, more := w.Key(); !more {
			return nil
		}
		rest, ok := block(t, w.Tail())
		if !ok {
			return fmt.Errorf("cannot read content block %d of the message: it has no type", n)
		}
		w.Resume(rest)
	}
}

// finishOf returns the meaning of a stop_reason.
func finishOf(reason core.Text) core.Finish {
	switch string(reason) {
	case "":
		return core.FinishUnsaid
	case "stop_sequence":
		return core.FinishStopped
	case "max_tokens", "model_context_window_exceeded":
		return core.FinishLength
	case "tool_use":
		return core.FinishCalls
	case "refusal":
		return core.FinishFiltered
	case "pause_turn":
		return core.FinishPaused
	}
	return core.FinishStop
}

// reasonOf returns the stop_reason for f. calls says that there are calls of tools, and declined that the text
// is a refusal: clients of this format expect to see both here.
func reasonOf(f core.Finish, calls, declined bool) string {
	switch f {
	case core.FinishLength:
		return "max_tokens"
	case core.FinishFiltered:
		return "refusal"
	case core.FinishPaused:
		return "pause_turn"
	case core.FinishCalls:
		return "tool_use"
	case core.FinishStopped: // not all providers name the stop sequence
		return "stop_sequence"
	}
	switch {
	case calls:
		return "tool_use"
	case declined:
		return "refusal"
	}
	return "end_turn"
}

// appendReply appends r as a message. Of several choices it has the first.
func (f family) appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own := r.From == f.api
	dst = append(dst, `{"id":"`...)
	dst = appendMessageID(dst, r.ID, x)
	dst = append(dst, `","type":"message","role":"assistant","model":`...)
	model := r.Model
	if x != nil && len(x.Model) > 0 {
		model = x.Model
	}
	dst = scan.AppendQuoted(dst, model)
	dst = append(dst, `,"content":[`...)
	var c core.Choice
	if len(r.Choices) > 0 {
		c = r.Choices[0]
		first := len(dst)
		for i := int(c.From); i < int(c.To); i += 1 + int(r.Parts[i].Inner) {
			at := len(dst)
			if at > first {
				dst = append(dst, ',')
			}
			behind := len(dst)
			dst = appendPart(dst, &r.Tree, i, own)
			if len(dst) == behind {
				dst = dst[:at]
			}
		}
	}
	dst = append(dst, ']')
	dst = appendStop(dst, r, &c, own)
	if !own {
		dst = append(dst, `,"usage":`...)
		dst = appendUsage(dst, &r.Usage)
	} else {
		dst = appendExtras(dst, &r.Tree, r.More, "")
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendStop appends why the model stopped.
func appendStop(dst []byte, r *core.Completion, c *core.Choice, own bool) []byte {
	if !own || r.Shape&replyNoReason == 0 {
		dst = append(dst, `,"stop_reason":`...)
		switch {
		case own:
			dst = appendTextOrNull(dst, c.Native)
		default:
			dst = append(append(append(dst, '"'), reasonOf(c.Finish, has(r, c, core.PartCall), has(r, c, core.PartRefusal))...), '"')
		}
	}
	if !own || r.Shape&replyNoSequence == 0 {
		dst = append(dst, `,"stop_sequence":`...)
		dst = appendTextOrNull(dst, c.Stopped)
	}
	return dst
}

// has reports whether c has a part of that kind.
func has(r *core.Completion, c *core.Choice, kind core.PartKind) bool {
	return slices.ContainsFunc(r.Parts[c.From:c.To], func(p core.Part) bool { return p.Kind == kind })
}

// appendMessageID appends the id of an answer: the provider's, or else one made from the request's.
func appendMessageID(dst []byte, id []byte, x *core.Crossing) []byte {
	if len(id) == 0 && x != nil {
		id = x.ID
	}
	if len(id) > 0 {
		return append(dst, id...)
	}
	dst = append(dst, "msg_"...)
	if x == nil {
		return append(dst, '0')
	}
	return appendHex(dst, &x.Request)
}
