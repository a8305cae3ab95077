package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Bits of the writer's flags.
const (
	streamCalls    uint32 = 1 << iota // there was a call of a tool
	streamDeclined                    // the text is a refusal
)

// appendEvent is the codec's AppendEvent. Of several choices it writes the first. A block of another family is
// started only once it has content, because clients would return an empty one with the next request, which
// would be refused.
func (f family) appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if e.Choice != 0 || x.W.Done {
		return dst
	}
	own := x.From == f.api
	switch e.Kind {
	case core.EventStart:
		dst = appendStart(dst, x)
	case core.EventOpen:
		dst = appendStart(appendClose(dst, x), x)
		x.W.Block = e.Block
		if own {
			dst = appendOpen(dst, x, e.Raw)
		}
	case core.EventDelta:
		if e.Block == x.W.Block && x.W.Block >= 0 && len(e.Text) > 0 {
			dst = appendDelta(dst, x, e.Text)
		}
	case core.EventSign:
		if e.Block == x.W.Block && x.W.Block >= 0 {
			dst = appendSignature(dst, x)
		}
	case core.EventCite:
		if e.Block == x.W.Block && x.W.Block >= 0 && e.Cite != nil && (own || !e.Cite.Blank()) {
			if dst = appendOpen(dst, x, nil); x.W.Open && x.Blocks[x.W.Block].Kind == core.PartText {
				dst = appendDeltaHead(dst, x)
				dst = appendCite(append(dst, `{"type":"citations_delta","citation":`...), e.Cite, own)
				dst = append(dst, "}}\n\n"...)
			}
		}
	case core.EventClose:
		if e.Block == x.W.Block {
			dst = appendClose(dst, x)
		}
	case core.EventFinish:
		dst = appendClose(dst, x)
		x.W.Finish = e.Finish
		x.W.Native, x.W.Stop = append(x.W.Native[:0], e.Native...), append(x.W.Stop[:0], e.Stop...)
	case core.EventPing:
		if x.W.Began {
			dst = append(dst, "event: ping\ndata: {\"type\":\"ping\"}\n\n"...)
		}
	case core.EventFault:
		x.W.Done = true // no message_stop after it: that would say that the answer is whole
		var id [2 * len(x.Request)]byte
		dst = appendStreamFault(dst, e.Fault, appendHex(id[:0], &x.Request))
	case core.EventEnd:
		dst = appendEnd(dst, x, own)
	case core.EventOther:
		if own {
			dst = appendOther(dst, x, e)
		}
	}
	return dst
}

// appendStart appends message_start, once, with the usage known by then. Other families report it at the end.
func appendStart(dst []byte, x *core.Crossing) []byte {
	if x.W.Began {
		return dst
	}
	x.W.Began = true
	dst = append(dst, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\""...)
	dst = appendMessageID(dst, nil, x)
	dst = append(dst, `","type":"message","role":"assistant","model":`...)
	dst = scan.AppendQuoted(dst, x.Model)
	dst = append(dst, `,"content":[],"stop_reason":null,"stop_sequence":null,"usage":`...)
	dst = appendUsage(dst, &x.Usage)
	return append(dst, "}}\n\n"...)
}

// appendBlock begins content_block_start for the block at index x.W.Next.
func appendBlock(dst []byte, x *core.Crossing) []byte {
	dst = append(dst, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"...)
	dst = scan.AppendInt(dst, int64(x.W.Next))
	return append(dst, `,"content_block":`...)
}

// appendDeltaHead begins content_block_delta for the open block.
func appendDeltaHead(dst []byte, x *core.Crossing) []byte {
	dst = append(dst, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"...)
	dst = scan.AppendInt(dst, int64(x.W.Next))
	return append(dst, `,"delta":`...)
}

// appendStopped ends the open block.
func appendStopped(dst []byte, x *core.Crossing) []byte {
	dst = append(dst, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"...)
	dst = scan.AppendInt(dst, int64(x.W.Next))
	x.W.Next++
	x.W.Open = false
	return append(dst, "}\n\n"...)
}

// appendOpen starts the current block unless it has been started. For a block of this family raw is its start.
func appendOpen(dst []byte, x *core.Crossing, raw []byte) []byte {
	if x.W.Open {
		return dst
	}
	b := &x.Blocks[x.W.Block]
	if len(b.Sign) > 0 && len(b.Aux) == 0 && (b.Kind == core.PartCall || b.Kind == core.PartText) {
		dst = appendForeign(dst, x, b)
	}
	head := len(dst)
	dst = appendBlock(dst, x)
	switch {
	case raw != nil && (b.Kind == core.PartCall || b.Kind == core.PartOther):
		dst = body.AppendLine(dst, raw)
	case b.Kind == core.PartText || b.Kind == core.PartRefusal:
		dst = append(dst, `{"type":"text","text":""}`...)
	case b.Kind == core.PartThought:
		dst = append(dst, `{"type":"thinking","thinking":"","signature":""}`...)
	case b.Kind == core.PartCall:
		dst = append(dst, `{"type":"tool_use","id":`...)
		dst = scan.AppendQuoted(dst, b.ID)
		dst = append(dst, `,"name":`...)
		dst = append(scan.AppendQuoted(dst, b.Name), `,"input":{}}`...)
	case b.Kind == core.PartVeiled && len(b.Sign) > 0:
		dst = append(dst, `{"type":"redacted_thinking","data":"`...)
		dst = append(core.AppendSign(dst, core.Anthropic, b.Vendor, b.Sign), `"}`...)
	default:
		return dst[:head]
	}
	switch b.Kind {
	case core.PartCall:
		x.W.Flags |= streamCalls
	case core.PartRefusal:
		x.W.Flags |= streamDeclined
	}
	x.W.Open, b.Out = true, x.W.Next
	return append(dst, "}\n\n"...)
}

// appendForeign appends the signature of a call or a text as a block of its own, as
// appendPart does.
func appendForeign(dst []byte, x *core.Crossing, b *core.Block) []byte {
	b.Aux = append(b.Aux, 1)
	dst = append(appendBlock(dst, x), `{"type":"thinking","thinking":"","signature":""}`...)
	dst = append(dst, "}\n\n"...)
	dst = append(appendDeltaHead(dst, x), `{"type":"signature_delta","signature":"`...)
	dst = core.AppendSign(dst, core.Anthropic, b.Vendor, b.Sign)
	return appendStopped(append(dst, "\"}}\n\n"...), x)
}
