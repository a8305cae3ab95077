package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// The use of the writer's Side: Next is the index of the next call; Finish and Native are written at the end.
// Block.Said holds the arguments of a call, which Ollama sends in one line.

// appendEvent is the codec's AppendEvent, for both operations: a line for each delta. There is none for a ping, because
// clients take every line for a part of the answer.
func appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if x.W.Done || e.Choice > 0 {
		return dst // answers of Ollama have one choice
	}
	switch e.Kind {
	case core.EventOpen:
		x.Blocks[e.Block].Said = x.Blocks[e.Block].Said[:0]
	case core.EventDelta:
		return writeDelta(dst, x, &x.Blocks[e.Block], e)
	case core.EventSign:
		return writeSign(dst, x, &x.Blocks[e.Block])
	case core.EventClose:
		return writeClose(dst, x, &x.Blocks[e.Block])
	case core.EventFinish:
		x.W.Finish, x.W.Native = e.Finish, append(x.W.Native[:0], e.Native...)
	case core.EventFault:
		x.W.Done = true
		const digits = "0123456789abcdef"
		x.W.Buf = x.W.Buf[:0]
		for _, b := range x.Request {
			x.W.Buf = append(x.W.Buf, digits[b>>4], digits[b&15])
		}
		return appendStreamFault(dst, e.Fault, x.W.Buf)
	case core.EventEnd:
		return writeEnd(dst, x)
	}
	return dst
}

// head begins a line, up to the text.
func head(dst []byte, x *core.Crossing) []byte {
	dst = scan.AppendQuoted(append(dst, `{"model":`...), x.Model)
	dst = append(dst, `,"created_at":"`...)
	switch {
	case x.From == &self && len(x.R.Native) > 0:
		dst = append(dst, x.R.Native...)
	case x.Created > 0:
		dst = appendTime(dst, x.Created)
	default:
		dst = appendTime(dst, x.Wall)
	}
	if x.ToOp == core.OpCompletion {
		return append(dst, `","response":"`...)
	}
	return append(dst, `","message":{"role":"assistant","content":"`...)
}

// tail ends the line that head began.
func tail(dst []byte, x *core.Crossing) []byte {
	if x.ToOp != core.OpCompletion {
		dst = append(dst, '}')
	}
	return append(dst, `,"done":false}`+"\n"...)
}

func writeDelta(dst []byte, x *core.Crossing, b *core.Block, e *core.Event) []byte {
	if b.Kind == core.PartCall {
		if len(b.Said)+len(e.Text) <= maxHeld {
			b.Said = append(b.Said, e.Text...)
		}
		return dst
	}
	if len(e.Text) == 0 && e.Probs == nil {
		return dst
	}
	switch b.Kind {
	case core.PartThought:
		dst = append(head(dst, x), `","thinking":`...)
		return tail(scan.AppendQuoted(dst, e.Text), x)
	case core.PartText, core.PartRefusal:
		dst = append(append(head(dst, x), e.Text...), '"')
		if e.Probs == nil {
			return tail(dst, x)
		}
		if x.ToOp != core.OpCompletion {
			dst = append(dst, '}')
		}
		dst = body.AppendLine(append(dst, `,"logprobs":`...), e.Probs)
		return append(dst, `,"done":false}`+"\n"...)
	}
	return dst
}

// writeSign writes a signature, except for that of a call, which is written with the call.
func writeSign(dst []byte, x *core.Crossing, b *core.Block) []byte {
	if len(b.Sign) == 0 || x.ToOp == core.OpCompletion {
		return dst
	}
	switch b.Kind {
	case core.PartThought:
		dst = append(head(dst, x), `","thinking":""`...)
		return tail(appendSign(dst, "signature", b.Vendor, b.Sign), x)
	case core.PartVeiled:
		dst = append(head(dst, x), '"')
		return tail(appendSign(dst, "veiled", b.Vendor, b.Sign), x)
	}
	return dst
}

func writeClose(dst []byte, x *core.Crossing, b *core.Block) []byte {
	if b.Kind != core.PartCall || x.ToOp == core.OpCompletion {
		return dst
	}
	dst = append(head(dst, x), `","tool_calls":[{`...)
	if len(b.ID) > 0 {
		dst = append(scan.AppendQuoted(append(dst, `"id":`...), b.ID), ',')
	}
	dst = scan.AppendInt(append(dst, `"function":{"index":`...), int64(x.W.Next))
	x.W.Next++
	dst = scan.AppendQuoted(append(dst, `,"name":`...), b.Name)
	dst = append(dst, `,"arguments":`...)
	at := len(dst)
	dst = append(appendArgs(dst, b.Said, true), '}')
	flatten(dst[at:])
	if len(b.Sign) > 0 {
		dst = appendSign(dst, "signature", b.Vendor, b.Sign)
	}
	return tail(append(dst, `}]`...), x)
}

func writeEnd(dst []byte, x *core.Crossing) []byte {
	x.W.Done = true
	dst = append(head(dst, x), '"')
	if x.ToOp != core.OpCompletion {
		dst = append(dst, '}')
	}
	dst = append(dst, `,"done":true,"done_reason":"`...)
	own := x.From == &self
	if own && len(x.W.Native) > 0 {
		dst = append(dst, x.W.Native...)
	} else {
		dst = append(dst, finishWord(x.W.Finish)...)
	}
	if dst = append(dst, '"'); own && len(x.R.Aux) > 0 {
		dst = body.AppendLine(dst, x.R.Aux)
	} else {
		dst = appendCounts(dst, &x.Usage)
	}
	if x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return append(dst, "}\n"...)
}

// flatten replaces the line ends in raw, which can only be between its tokens.
func flatten(raw []byte) {
	for i, c := range raw {
		if c == '\n' || c == '\r' {
			raw[i] = ' '
		}
	}
}
