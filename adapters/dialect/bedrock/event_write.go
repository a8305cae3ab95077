package bedrock

import (
	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

// wroteMetadata is a bit of Side.Flags: the frame that ends the stream was written unchanged.
const wroteMetadata = 1

// appendEvent appends the frames of ConverseStream for e. Of several choices it writes only the first. There is
// one messageStop: x.W.Open says that it is held back until the end.
func appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	own := ours(x.From) && x.FromOp == core.OpChat
	if x.W.Done {
		return dst
	}
	switch e.Kind {
	case core.EventPing:
		return dst
	case core.EventFault:
		x.W.Done = true // an exception is the last message
		return appendStreamFault(dst, e.Fault, nil)
	case core.EventEnd:
		dst = appendFinish(dst, x, own)
		if x.W.Flags&wroteMetadata != 0 {
			return dst
		}
		dst, at := frame(dst, "metadata")
		dst = appendUsage(append(dst, `{"usage":`...), &x.Usage)
		return eventstream.End(append(dst, `,"metrics":{"latencyMs":0}}`...), at)
	case core.EventOther:
		return appendOther(dst, x, e, own)
	}
	if e.Choice != 0 {
		return dst
	}
	if !x.W.Began {
		x.W.Began = true
		dst = eventstream.Append(dst, eventstream.Event, "messageStart", messageStart)
	}
	switch e.Kind {
	case core.EventOpen:
		return appendOpen(dst, x, e, own)
	case core.EventDelta, core.EventSign, core.EventCite:
		return appendDelta(dst, x, e, own)
	case core.EventClose:
		return appendClose(dst, x, e)
	case core.EventFinish:
		x.W.Open, x.W.Finish = true, e.Finish
		x.W.Native, x.W.Stop = append(x.W.Native[:0], e.Native...), append(x.W.Stop[:0], e.Stop...)
	}
	return dst
}

var messageStart = []byte(`{"role":"assistant"}`)

// frame appends the head of an event and returns its offset.
func frame(dst []byte, name string) ([]byte, int) {
	return eventstream.Begin(dst, eventstream.Event, name)
}

// numbered appends the head of an event of a block, up to its next member.
func numbered(dst []byte, name string, block int32) ([]byte, int) {
	dst, at := frame(dst, name)
	return scan.AppendInt(append(dst, `{"contentBlockIndex":`...), int64(block)), at
}

// said reports whether streams of Converse have blocks of that kind.
func said(k core.PartKind) bool {
	switch k {
	case core.PartText, core.PartRefusal, core.PartThought, core.PartVeiled, core.PartCall:
		return true
	}
	return false
}

// appendOpen sets the number of the block, and writes the start of a call.
func appendOpen(dst []byte, x *core.Crossing, e *core.Event, own bool) []byte {
	b := &x.Blocks[e.Block]
	if !said(b.Kind) {
		b.Out = -1
		return dst
	}
	if b.Kind == core.PartCall && len(b.Sign) > 0 {
		dst = appendCarried(dst, x, b)
	}
	b.Out = x.W.Next
	if own {
		b.Out = int32(b.Key) // frames that are written unchanged keep their numbers
	}
	x.W.Next = b.Out + 1
	if b.Kind != core.PartCall {
		return dst
	}
	dst, at := numbered(dst, "contentBlockStart", b.Out)
	dst = append(dst, `,"start":{"toolUse":{"toolUseId":`...)
	dst = scan.AppendQuoted(dst, b.ID)
	dst = scan.AppendQuoted(append(dst, `,"name":`...), b.Name)
	return eventstream.End(append(dst, "}}}"...), at)
}

// appendCarried appends an empty thought with the signature of a call, which has no field for it.
func appendCarried(dst []byte, x *core.Crossing, b *core.Block) []byte {
	dst, at := numbered(dst, "contentBlockDelta", x.W.Next)
	dst = append(dst, `,"delta":{"reasoningContent":{"text":""}}}`...)
	dst = eventstream.End(dst, at)
	dst, at = numbered(dst, "contentBlockDelta", x.W.Next)
	dst = append(dst, `,"delta":{"reasoningContent":{"signature":"`...)
	dst = append(core.AppendSign(dst, core.Anthropic, b.Vendor, b.Sign), `"}}}`...)
	dst = eventstream.End(dst, at)
	dst, at = numbered(dst, "contentBlockStop", x.W.Next)
	dst = eventstream.End(append(dst, '}'), at)
	x.W.Next++
	b.Sign = b.Sign[:0]
	return dst
}

func appendDelta(dst []byte, x *core.Crossing, e *core.Event, own bool) []byte {
	b := &x.Blocks[e.Block]
	if b.Out < 0 || e.Kind == core.EventSign && b.Kind != core.PartThought && b.Kind != core.PartVeiled {
		return dst // the signature of a call follows the call; see appendClose
	}
	if e.Kind == core.EventCite && !own && e.Cite.Blank() {
		return dst
	}
	dst, at := numbered(dst, "contentBlockDelta", b.Out)
	dst = append(dst, `,"delta":{`...)
	switch {
	case e.Kind == core.EventCite:
		dst = appendCite(append(dst, `"citation":`...), e.Cite, own)
	case e.Kind == core.EventSign && b.Kind == core.PartVeiled:
		dst = append(appendVeiled(append(dst, `"reasoningContent":{"redactedContent":"`...), b.Vendor, b.Sign), `"}`...)
	case e.Kind == core.EventSign:
		dst = append(core.AppendSign(append(dst, `"reasoningContent":{"signature":"`...), core.Anthropic, b.Vendor, b.Sign), `"}`...)
	case b.Kind == core.PartThought:
		dst = append(scan.AppendQuoted(append(dst, `"reasoningContent":{"text":`...), e.Text), '}')
	case b.Kind == core.PartCall:
		dst = append(scan.AppendQuoted(append(dst, `"toolUse":{"input":`...), e.Text), '}')
	default:
		dst = scan.AppendQuoted(append(dst, `"text":`...), e.Text)
	}
	return eventstream.End(append(dst, "}}"...), at)
}

func appendClose(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	if b.Out < 0 {
		return dst
	}
	dst, at := numbered(dst, "contentBlockStop", b.Out)
	dst = eventstream.End(append(dst, '}'), at)
	if b.Kind == core.PartCall && len(b.Sign) > 0 {
		dst = appendCarried(dst, x, b)
	}
	return dst
}

// appendFinish appends the messageStop that is held back, if any.
func appendFinish(dst []byte, x *core.Crossing, own bool) []byte {
	if !x.W.Open {
		return dst
	}
	x.W.Open = false
	dst, at := frame(dst, "messageStop")
	dst = append(dst, `{"stopReason":`...)
	if own && len(x.W.Native) > 0 {
		dst = scan.AppendQuoted(dst, x.W.Native)
	} else {
		dst = scan.AppendString(dst, reasonOf(x.W.Finish))
	}
	if len(x.W.Stop) > 0 {
		dst = append(scan.AppendQuoted(append(dst, `,"additionalModelResponseFields":{"stop_sequence":`...), x.W.Stop), '}')
	}
	return eventstream.End(append(dst, '}'), at)
}

// appendOther appends an event that only this family has.
func appendOther(dst []byte, x *core.Crossing, e *core.Event, own bool) []byte {
	if !own {
		return dst
	}
	switch string(e.Name) {
	case "metadata":
		x.W.Flags |= wroteMetadata
		dst = appendFinish(dst, x, own)
	case "contentBlockStop":
		dst, at := numbered(dst, "contentBlockStop", int32(x.Blocks[e.Block].Key))
		return eventstream.End(append(dst, '}'), at)
	}
	return eventstream.Append(dst, eventstream.Event, e.Name, e.Raw)
}
