package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// appendDelta appends a delta of the current block.
func appendDelta(dst []byte, x *core.Crossing, text core.Text) []byte {
	b := &x.Blocks[x.W.Block]
	var kind string
	switch b.Kind {
	case core.PartText, core.PartRefusal:
		kind = `{"type":"text_delta","text":"`
	case core.PartThought:
		kind = `{"type":"thinking_delta","thinking":"`
	case core.PartCall:
		kind = `{"type":"input_json_delta","partial_json":"`
	case core.PartImage:
		if len(b.Said)+len(text) <= maxMedia {
			b.Said = append(b.Said, text...)
		}
		return dst
	default:
		return dst
	}
	if dst = appendOpen(dst, x, nil); !x.W.Open {
		return dst
	}
	dst = append(appendDeltaHead(dst, x), kind...)
	dst = append(dst, text...)
	return append(dst, "\"}}\n\n"...)
}

// appendSignature appends the signature of the current block, which must be complete.
func appendSignature(dst []byte, x *core.Crossing) []byte {
	b := &x.Blocks[x.W.Block]
	if len(b.Sign) == 0 {
		return dst
	}
	switch b.Kind {
	case core.PartCall:
		if !x.W.Open && len(b.Aux) == 0 {
			dst = appendForeign(dst, x, b)
		}
	case core.PartVeiled:
		dst = appendOpen(dst, x, nil)
	case core.PartThought:
		dst = appendOpen(dst, x, nil)
		dst = append(appendDeltaHead(dst, x), `{"type":"signature_delta","signature":"`...)
		dst = core.AppendSign(dst, core.Anthropic, b.Vendor, b.Sign)
		dst = append(dst, "\"}}\n\n"...)
	}
	return dst
}

// appendClose ends the current block, if there is one.
func appendClose(dst []byte, x *core.Crossing) []byte {
	at := x.W.Block
	if at < 0 {
		return dst
	}
	b := &x.Blocks[at]
	switch {
	case x.W.Open:
	case b.Kind == core.PartCall || b.Kind == core.PartVeiled:
		dst = appendOpen(dst, x, nil)
	case b.Kind == core.PartImage && len(b.Said) > 0:
		p := core.Part{Kind: core.PartImage, Media: b.Media, Data: b.Said}
		dst = appendPicture(appendBlock(dst, x), &p)
		dst = append(dst, "}\n\n"...)
		x.W.Open = true
	}
	x.W.Block = -1
	if x.W.Open {
		dst = appendStopped(dst, x)
	}
	return dst
}

// appendEnd appends message_delta and message_stop.
func appendEnd(dst []byte, x *core.Crossing, own bool) []byte {
	if x.W.Done {
		return dst
	}
	x.W.Done = true
	dst = appendClose(appendStart(dst, x), x)
	dst = append(dst, "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"...)
	switch {
	case own && len(x.W.Native) > 0:
		dst = scan.AppendQuoted(dst, x.W.Native)
	case own && x.W.Finish == core.FinishUnsaid:
		dst = append(dst, "null"...)
	default:
		dst = append(append(append(dst, '"'), reasonOf(x.W.Finish, x.W.Flags&streamCalls != 0, x.W.Flags&streamDeclined != 0)...), '"')
	}
	dst = append(dst, `,"stop_sequence":`...)
	if len(x.W.Stop) > 0 {
		dst = scan.AppendQuoted(dst, x.W.Stop)
	} else {
		dst = append(dst, "null"...)
	}
	dst = append(dst, `},"usage":`...)
	dst = appendUsage(dst, &x.Usage)
	return append(dst, "}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"...)
}

// appendOther repeats an event that only this family has.
func appendOther(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if string(e.Name) == "content_block_delta" {
		if e.Block != x.W.Block || !x.W.Open {
			return dst
		}
		dst = body.AppendLine(appendDeltaHead(dst, x), e.Raw)
		return append(dst, "}\n\n"...)
	}
	if len(e.Name) == 0 || len(e.Raw) == 0 {
		return dst
	}
	dst = append(append(append(dst, "event: "...), e.Name...), "\ndata: "...)
	return append(body.AppendLine(dst, e.Raw), "\n\n"...)
}

// appendHex appends id in hexadecimal digits.
func appendHex(dst []byte, id *[16]byte) []byte {
	for _, c := range id {
		dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
	return dst
}
