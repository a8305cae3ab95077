package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// sentRole is the bit in Crossing.W.Aux of a choice whose role was sent.
const sentRole = 1

// appendChunk is the AppendEvent of chat completions. The beginning of all chunks is made once and kept in
// x.W.Buf. A finish is held back until another choice or the stream ends. Clients must get one finish for
// each choice, but some providers continue after theirs and send another; and its extra_fields state the
// cost, which depends on the usage that follows. x.W.Open: the finish of choice x.W.Block is held back.
func appendChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	switch e.Kind {
	case core.EventStart:
		beginChunks(x, "chatcmpl-", "chat.completion.chunk")
		return role(dst, x, 0)
	case core.EventPing:
		return append(dst, ": ping\n\n"...)
	case core.EventFault:
		x.W.Done = true // no terminator after it
		var id [32]byte
		return appendStreamFault(dst, e.Fault, hexID(id[:0], x))
	case core.EventEnd:
		return endChunks(dst, x)
	case core.EventUsage, core.EventClose, core.EventOther:
		if e.Kind == core.EventClose {
			return closeChunk(dst, x, e)
		}
		return dst
	}
	dst = role(dst, x, e.Choice)
	switch e.Kind {
	case core.EventOpen:
		return openChunk(dst, x, e)
	case core.EventDelta:
		return deltaChunk(dst, x, e)
	case core.EventSign:
		return signChunk(dst, x, e)
	case core.EventCite:
		if e.Cite == nil || e.Cite.URL == nil {
			return dst
		}
		dst = append(beginDelta(dst, x, e.Choice), `"annotations":[`...)
		return endDelta(append(appendCite(dst, e.Cite, 0), ']'), x, nil)
	case core.EventFinish:
		return holdFinish(dst, x, e)
	}
	return dst
}

// holdFinish holds a finish back, and sends that of another choice if one is held back.
func holdFinish(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if x.W.Block != e.Choice {
		dst = heldFinish(dst, x)
	}
	x.W.Open, x.W.Block, x.W.Finish = true, e.Choice, e.Finish
	x.W.Native, x.W.Stop = append(x.W.Native[:0], e.Native...), append(x.W.Stop[:0], e.Stop...)
	return dst
}

// heldFinish sends the finish that is held back, if any.
func heldFinish(dst []byte, x *core.Crossing) []byte {
	if !x.W.Open {
		return dst
	}
	x.W.Open = false
	return finishChunk(dst, x, &core.Event{Kind: core.EventFinish, Choice: x.W.Block, Finish: x.W.Finish, Native: x.W.Native, Stop: x.W.Stop})
}

// beginChunks makes the common beginning of all chunks.
func beginChunks(x *core.Crossing, prefix, object string) {
	b := append(x.W.Buf[:0], `data: {"id":"`...)
	b = appendID(b, x, prefix)
	b = append(append(append(b, `","object":"`...), object...), `","created":`...)
	created := x.Created
	if created == 0 {
		created = x.Wall
	}
	b = append(scan.AppendInt(b, created), `,"model":`...)
	x.W.Buf = append(scan.AppendQuoted(b, x.Model), `,"choices":[`...)
	x.W.Began = true
}

func hexID(dst []byte, x *core.Crossing) []byte {
	const digits = "0123456789abcdef"
	for _, b := range x.Request {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// beginDelta begins a chunk, up to the first member of its delta.
func beginDelta(dst []byte, x *core.Crossing, choice int32) []byte {
	if !x.W.Began { // there was no EventStart
		beginChunks(x, "chatcmpl-", "chat.completion.chunk")
	}
	dst = append(append(dst, x.W.Buf...), `{"index":`...)
	return append(scan.AppendInt(dst, int64(choice)), `,"delta":{`...)
}

// endDelta ends a chunk without a finish.
func endDelta(dst []byte, x *core.Crossing, probs []byte) []byte {
	dst = appendProbs(append(dst, `},"logprobs":`...), probs)
	return endChunk(append(dst, `,"finish_reason":null}]`...), x)
}

// endChunk ends a chunk after its choices.
func endChunk(dst []byte, x *core.Crossing) []byte {
	if x.Wants {
		dst = append(dst, `,"usage":null`...)
	}
	return append(dst, "}\n\n"...)
}

// sent returns the bits about what was sent of a choice.
func sent(x *core.Crossing, choice int32) *byte {
	for len(x.W.Aux) <= int(choice) {
		x.W.Aux = append(x.W.Aux, 0)
	}
	return &x.W.Aux[choice]
}

// role sends a choice's first chunk, once.
func role(dst []byte, x *core.Crossing, choice int32) []byte {
	s := sent(x, choice)
	if *s&sentRole != 0 {
		return dst
	}
	*s |= sentRole
	dst = append(beginDelta(dst, x, choice), `"role":"assistant","content":"","refusal":null`...)
	return endDelta(dst, x, nil)
}

// openChunk announces a call. Other kinds of blocks are not announced.
func openChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	if b.Out = 0; b.Kind != core.PartCall {
		return dst
	}
	b.Out = callNumber(x, e)
	dst = append(beginCall(dst, x, e), `,"id":"`...)
	dst = append(appendIDOf(dst, x, e.Block), `","type":"function","function":{"name":`...)
	dst = append(scan.AppendQuoted(dst, b.Name), `,"arguments":""}}]`...)
	return endDelta(dst, x, nil)
}

// callNumber returns the index of the call that e is about. Calls are numbered separately.
func callNumber(x *core.Crossing, e *core.Event) (n int32) {
	for i := range x.Blocks[:e.Block] {
		if other := &x.Blocks[i]; other.Kind == core.PartCall && other.Choice == e.Choice {
			n++
		}
	}
	return n
}

// appendIDOf appends the id of the call in block i.
func appendIDOf(dst []byte, x *core.Crossing, i int32) []byte {
	if id := x.Blocks[i].ID; len(id) > 0 {
		return append(dst, id...)
	}
	return appendCallID(dst, x, int64(i))
}

// beginCall begins a chunk with more of a call.
func beginCall(dst []byte, x *core.Crossing, e *core.Event) []byte {
	dst = append(beginDelta(dst, x, e.Choice), `"tool_calls":[{"index":`...)
	return scan.AppendInt(dst, int64(x.Blocks[e.Block].Out))
}

func deltaChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	if len(e.Text) == 0 && e.Probs == nil {
		return dst
	}
	name := `"content":`
	switch b.Kind {
	case core.PartCall:
		b.Said = append(b.Said[:0], '{') // records that it has arguments
		dst = append(beginCall(dst, x, e), `,"function":{"arguments":`...)
		return endDelta(append(scan.AppendQuoted(dst, e.Text), "}}]"...), x, nil)
	case core.PartThought:
		if len(b.Said)+len(e.Text) <= maxSaid {
			b.Said = append(b.Said, e.Text...)
		}
		name = `"reasoning_content":`
	case core.PartRefusal:
		name = `"refusal":`
	case core.PartAudio:
		dst = append(beginDelta(dst, x, e.Choice), `"audio":{"id":`...)
		dst = append(scan.AppendQuoted(dst, b.ID), `,"data":`...)
		return endDelta(append(scan.AppendQuoted(dst, e.Text), '}'), x, nil)
	case core.PartImage:
		if len(b.Said)+len(e.Text) <= maxHeld {
			b.Said = append(b.Said, e.Text...)
		}
		return dst
	case core.PartText:
	default:
		return dst
	}
	dst = append(beginDelta(dst, x, e.Choice), name...)
	return endDelta(scan.AppendQuoted(dst, e.Text), x, e.Probs)
}

// signChunk sends a signature, which the client must send back. That of a thought is sent together with its
// text, so that both are in one entry.
func signChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	switch b.Kind {
	case core.PartCall:
		dst = beginCall(dst, x, e)
		dst = append(dst, `,"function":{"arguments":""}`...) // clients read it without checking that it exists
		dst = appendGoogleSign(dst, b.Vendor, b.Sign)
		return endDelta(append(dst, '}', ']'), x, nil)
	case core.PartText:
		dst = beginDelta(dst, x, e.Choice)
		at := len(dst)
		return endDelta(uncomma(appendGoogleSign(dst, b.Vendor, b.Sign), at), x, nil)
	case core.PartThought, core.PartVeiled:
		p := core.Part{Kind: b.Kind, Text: b.Said, Sign: b.Sign, Vendor: b.Vendor}
		dst = append(beginDelta(dst, x, e.Choice), `"reasoning_details":[`...)
		dst = appendDetail(dst, &p, p.Sign, int64(x.W.Next))
		x.W.Next++
		return endDelta(append(dst, ']'), x, nil)
	}
	return dst
}

// closeChunk sends what cannot be sent in pieces: an image, and {} for a call without arguments.
func closeChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	b := &x.Blocks[e.Block]
	switch {
	case b.Kind == core.PartImage && len(b.Said) > 0:
		p := core.Part{Media: b.Media, Data: b.Said}
		dst = append(beginDelta(dst, x, e.Choice), `"images":[`...)
		return endDelta(append(appendImage(dst, &p), ']'), x, nil)
	case b.Kind == core.PartCall && len(b.Said) == 0:
		dst = append(beginCall(dst, x, e), `,"function":{"arguments":"{}"}}]`...)
		return endDelta(dst, x, nil)
	}
	return dst
}

func finishChunk(dst []byte, x *core.Crossing, e *core.Event) []byte {
	dst = append(beginDelta(dst, x, e.Choice), `},"logprobs":null,"finish_reason":"`...)
	dst = append(append(dst, finishWord(e.Finish)...), '"')
	dst = append(appendOutcome(dst, e.Finish, e.Native, e.Stop), '}', ']')
	if x.Extra != nil {
		dst = x.Extra(append(dst, ','))
	}
	return endChunk(dst, x)
}

// endChunks sends the held back finish, the usage if the client wants it, and the terminator.
func endChunks(dst []byte, x *core.Crossing) []byte {
	if x.W.Done {
		return dst
	}
	x.W.Done = true
	dst = heldFinish(dst, x)
	if x.Wants && x.Usage.Known {
		if !x.W.Began {
			beginChunks(x, "chatcmpl-", "chat.completion.chunk")
		}
		dst = append(append(dst, x.W.Buf...), `],"usage":`...)
		dst = append(appendUsage(dst, &x.Usage), "}\n\n"...)
	}
	return append(dst, "data: [DONE]\n\n"...)
}
