package bedrock

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var errReply = errors.New("cannot read the reply: it is not what Converse answers")

func parseReply(r *core.Completion, raw []byte) error {
	at := r.Begin(0)
	found := false
	w := scan.Members(raw)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if string(key) == "output" && opens(w.Tail(), '{') {
			found = true
			w.Resume(readOutput(r, at, w.Tail()))
			continue
		}
		value, _ := w.Value()
		switch string(key) {
		case "stopReason":
			c := &r.Choices[at]
			c.Native = inside(value)
			c.Finish = finishOf(c.Native)
		case "usage":
			usage(value, &r.Usage)
			keepKnown(&r.Tree, &r.Shape, key, value)
		case "additionalModelResponseFields":
			r.Choices[at].Stopped = member(value, "stop_sequence")
			keepKnown(&r.Tree, &r.Shape, key, value)
		case "serviceTier":
			r.Tier = member(value, "type")
			keepKnown(&r.Tree, &r.Shape, key, value)
		default:
			r.Keep(&r.More, key, value)
		}
	}
	r.End(at)
	if w.Rest() == nil || !found {
		return errReply
	}
	return nil
}

// readOutput reads {message: {role, content}} and returns the bytes after it.
func readOutput(r *core.Completion, choice int, tail []byte) []byte {
	w := scan.Members(tail)
	for {
		key, ok := w.Key()
		if !ok {
			return w.Rest()
		}
		if string(key) != "message" {
			if _, ok := w.Value(); !ok {
				return nil
			}
			continue
		}
		in := reader{t: &r.Tree, assistant: true, reply: true}
		m := scan.Members(w.Tail())
		for {
			key, ok := m.Key()
			if !ok {
				break
			}
			if string(key) == "content" && opens(m.Tail(), '[') {
				m.Resume(in.content(m.Tail()))
				continue
			}
			if v, _ := m.Value(); string(key) != "role" {
				r.Keep(&r.Choices[choice].Message, key, v)
			}
		}
		w.Resume(m.Rest())
	}
}

func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	own := ours(r.From) && r.Op == core.OpChat
	dst = append(dst, `{"output":{"message":{"role":"assistant","content":[`...)
	var c core.Choice
	if len(r.Choices) > 0 {
		c = r.Choices[0]
	}
	for p := c.From; p < c.To; p += 1 + r.Parts[p].Inner {
		at := len(dst)
		if dst = appendSaid(dst, &r.Tree, &r.Parts[p], own); len(dst) > at {
			dst = append(dst, ',')
		}
	}
	dst = append(trimComma(dst), ']')
	if own {
		dst = appendChain(dst, &r.Tree, c.Message)
	}
	dst = append(dst, `}},"stopReason":`...)
	if own && c.Native != nil {
		dst = scan.AppendQuoted(dst, c.Native)
	} else {
		dst = scan.AppendString(dst, reasonOf(c.Finish))
	}
	if own {
		dst = appendChain(dst, &r.Tree, int32(r.Shape>>shapeFlags))
		dst = appendChain(dst, &r.Tree, r.More)
	} else {
		if c.Stopped != nil {
			dst = append(scan.AppendQuoted(append(dst, `,"additionalModelResponseFields":{"stop_sequence":`...), c.Stopped), '}')
		}
		dst = appendUsage(append(dst, `,"usage":`...), &r.Usage)
		dst = append(dst, `,"metrics":{"latencyMs":0}`...) // the SDKs' types require it, and the value is not known
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, '}')
}

// appendSaid appends one part of an answer. The signature of a call, for which Converse has no field, is put in
// an empty thought before it.
func appendSaid(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	if !own && p.Mute() {
		return dst
	}
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		return appendText(dst, t, p, own)
	case core.PartCall:
		if len(p.Sign) > 0 && !own {
			dst = append(dst, `{"reasoningContent":{"reasoningText":{"text":"","signature":"`...)
			dst = append(core.AppendSign(dst, core.Anthropic, p.Vendor, p.Sign), `"}}},`...)
		}
		return appendCall(dst, t, p, own)
	case core.PartThought, core.PartVeiled:
		return appendThought(dst, t, p, own)
	case core.PartOther:
		if own {
			return append(dst, p.Raw...)
		}
	case core.PartImage, core.PartFile, core.PartVideo, core.PartAudio:
		if own || p.Data != nil && formatOf(p.Kind, mediaType(p, false)) != "" {
			q := requestWriter{c: &core.Chat{Tree: *t}, own: own}
			return q.media(dst, p)
		}
	}
	return dst
}
