package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// The use of the writer's Side: Next is the next index of content, Seq that of calls, Flags that of citations; Open
// says that the open call has arguments; Finish and Native are written at the end. Block.Out is the index for the
// client, -1 for a block that is not written.

// appendEvent is the codec's AppendEvent.
func appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if x.W.Done || e.Choice > 0 {
		return dst // answers of Cohere have one choice
	}
	switch e.Kind {
	case core.EventStart:
		dst = append(appendID(append(dst, "event: message-start\ndata: {\"id\":\""...), nil, x), `","type":"message-start",`...)
		return append(dst, `"delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`+"\n\n"...)
	case core.EventOpen:
		return writeOpen(dst, x, &x.Blocks[e.Block])
	case core.EventDelta:
		return writeDelta(dst, x, &x.Blocks[e.Block], e)
	case core.EventSign:
		return writeSign(dst, x, &x.Blocks[e.Block])
	case core.EventCite:
		if e.Cite.Blank() && x.From != &self {
			return dst
		}
		return writeCite(dst, x, &x.Blocks[e.Block], e.Cite)
	case core.EventClose:
		return writeClose(dst, x, &x.Blocks[e.Block])
	case core.EventFinish:
		x.W.Finish, x.W.Native = e.Finish, append(x.W.Native[:0], e.Native...)
	case core.EventPing:
		return append(dst, ": ping\n\n"...)
	case core.EventFault:
		x.W.Done = true
		at := len(x.W.Buf)
		x.W.Buf = appendID(x.W.Buf, nil, x)
		return appendStreamFault(dst, e.Fault, x.W.Buf[at:])
	case core.EventEnd:
		return writeEnd(dst, x)
	case core.EventOther:
		if x.From == &self {
			dst = append(append(dst, "event: "...), e.Name...)
			return append(body.AppendLine(append(dst, "\ndata: "...), e.Raw), "\n\n"...)
		}
	}
	return dst
}

// head begins a frame: event, type and index.
func head(dst []byte, kind string, index int32) []byte {
	dst = append(append(dst, "event: "...), kind...)
	dst = append(append(append(dst, "\ndata: {\"type\":\""...), kind...), `","index":`...)
	return scan.AppendInt(dst, int64(index))
}

// isPlan reports whether b was a tool_plan of Cohere's.
func isPlan(x *core.Crossing, b *core.Block) bool {
	return b.Kind == core.PartThought && b.Key == planKey && x.From == &self
}

func writeOpen(dst []byte, x *core.Crossing, b *core.Block) []byte {
	switch b.Kind {
	case core.PartCall:
		b.Out = int32(x.W.Seq)
		x.W.Seq++
		x.W.Open = false
		dst = append(head(dst, "tool-call-start", b.Out), `,"delta":{"message":{"tool_calls":{"id":"`...)
		if len(b.ID) > 0 {
			dst = append(dst, b.ID...)
		} else {
			dst = scan.AppendInt(append(dst, "call_"...), int64(b.Out))
		}
		dst = scan.AppendQuoted(append(dst, `","type":"function","function":{"name":`...), b.Name)
		return append(dst, `,"arguments":""}}}}}`+"\n\n"...)
	case core.PartText, core.PartRefusal, core.PartThought, core.PartVeiled:
		if isPlan(x, b) {
			return dst
		}
		if b.Kind != core.PartVeiled || x.From == &self { // otherwise it says nothing before its signature
			return startContent(dst, x, b)
		}
	}
	b.Out = -1
	return dst
}

func startContent(dst []byte, x *core.Crossing, b *core.Block) []byte {
	b.Out = x.W.Next
	x.W.Next++
	dst = append(head(dst, "content-start", b.Out), `,"delta":{"message":{"content":{"type":`...)
	switch b.Kind {
	case core.PartThought:
		dst = append(dst, `"thinking","thinking":""`...)
	case core.PartVeiled:
		dst = append(dst, `"thinking","thinking":"","redacted":true`...)
	default:
		dst = append(dst, `"text","text":""`...)
	}
	return append(dst, "}}}}\n\n"...)
}

func writeDelta(dst []byte, x *core.Crossing, b *core.Block, e *core.Event) []byte {
	switch {
	case b.Out < 0:
		return dst
	case b.Kind == core.PartCall:
		if len(e.Text) == 0 {
			return dst
		}
		x.W.Open = true
		return callArgs(dst, b, e.Text)
	case isPlan(x, b):
		dst = append(dst, "event: tool-plan-delta\ndata: {\"type\":\"tool-plan-delta\",\"delta\":{\"message\":{\"tool_plan\":"...)
		return append(scan.AppendQuoted(dst, e.Text), "}}}\n\n"...)
	case len(e.Text) == 0 && e.Probs == nil:
		return dst
	}
	dst = append(head(dst, "content-delta", b.Out), `,"delta":{"message":{"content":{`...)
	if b.Kind == core.PartThought || b.Kind == core.PartVeiled {
		dst = append(dst, `"thinking":`...)
	} else {
		dst = append(dst, `"text":`...)
	}
	dst = append(scan.AppendQuoted(dst, e.Text), "}}}"...)
	if e.Probs != nil {
		dst = deltaProbs(dst, e.Probs)
	}
	return append(dst, "}\n\n"...)
}

// deltaProbs appends logprobs. An event can have those of one piece, so several are joined, in their order.
func deltaProbs(dst, raw []byte) []byte {
	dst = append(dst, `,"logprobs":{"token_ids":[],"text":"`...)
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		dst = append(dst, inside(member(value, "token"))...)
	}
	dst = append(dst, `","logprobs":[`...)
	mark := len(dst)
	w = scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return append(dst, "]}"...)
		}
		if prob := member(value, "logprob"); prob != nil {
			dst = append(next(dst, mark), prob...)
		}
	}
}

func callArgs(dst []byte, b *core.Block, text core.Text) []byte {
	dst = append(head(dst, "tool-call-delta", b.Out), `,"delta":{"message":{"tool_calls":{"function":{"arguments":`...)
	return append(scan.AppendQuoted(dst, text), "}}}}}\n\n"...)
}

// writeSign writes a signature, in a piece without other content.
func writeSign(dst []byte, x *core.Crossing, b *core.Block) []byte {
	if b.Out < 0 && b.Kind == core.PartVeiled && len(b.Sign) > 0 {
		dst = startContent(dst, x, b)
	}
	if b.Out < 0 || len(b.Sign) == 0 || isPlan(x, b) {
		return dst
	}
	switch b.Kind {
	case core.PartCall:
		dst = append(head(dst, "tool-call-delta", b.Out), `,"delta":{"message":{"tool_calls":{"function":{"arguments":""}`...)
	case core.PartThought, core.PartVeiled:
		dst = append(head(dst, "content-delta", b.Out), `,"delta":{"message":{"content":{"thinking":""`...)
	default:
		dst = append(head(dst, "content-delta", b.Out), `,"delta":{"message":{"content":{"text":""`...)
	}
	return append(appendSignature(dst, b.Vendor, b.Sign), "}}}}\n\n"...)
}

func writeCite(dst []byte, x *core.Crossing, b *core.Block, c *core.Cite) []byte {
	own := x.From == &self
	if c == nil || b.Out < 0 || own && c.Raw == nil {
		return dst
	}
	n := int32(x.W.Flags)
	x.W.Flags++
	dst = append(head(dst, "citation-start", n), `,"delta":{"message":{"citations":`...)
	if own {
		dst = body.AppendLine(dst, c.Raw)
	} else {
		dst = appendCite(dst, c, nil, int64(b.Out))
	}
	dst = append(dst, "}}}\n\n"...)
	return append(head(dst, "citation-end", n), "}\n\n"...)
}

func writeClose(dst []byte, x *core.Crossing, b *core.Block) []byte {
	switch {
	case b.Out < 0 || isPlan(x, b):
		return dst
	case b.Kind == core.PartCall:
		if !x.W.Open && x.From != &self {
			dst = callArgs(dst, b, core.Text("{}"))
		}
		return append(head(dst, "tool-call-end", b.Out), "}\n\n"...)
	}
	return append(head(dst, "content-end", b.Out), "}\n\n"...)
}

func writeEnd(dst []byte, x *core.Crossing) []byte {
	x.W.Done = true
	dst = append(dst, "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":"...)
	own := x.From == &self
	if own && len(x.W.Native) > 0 {
		dst = scan.AppendQuoted(dst, x.W.Native)
	} else {
		dst = append(append(append(dst, '"'), finishWord(x.W.Finish, x.W.Seq > 0)...), '"')
	}
	dst = append(dst, `,"usage":`...)
	if own && len(x.R.Aux) > 0 {
		dst = body.AppendLine(dst, x.R.Aux)
	} else {
		dst = appendUsage(dst, &x.Usage)
	}
	dst = append(dst, "}"...)
	if x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, "}\n\ndata: [DONE]\n\n"...)
}
