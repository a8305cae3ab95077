package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// The use of x.W: Began: response.created was sent. Open: a message is open, whose item is Block and whose
// content so far is in Aux. Next: the next output_index. Seq: the next sequence_number. Finish: why the
// answer ended. Stop: logprobs of the open text. Buf: the complete items, for the last event. Flags:
// content_index of the open text, and from bit 16 on the number of its annotations.
// In a block, Out is its item (for a text, plus one while it is open and otherwise 0), Said its text so far,
// and Aux its annotations.

// A teller writes the frames for one event.
type teller struct {
	x   *core.Crossing
	w   *core.Side
	dst []byte
}

// appendResponsesEvent is the face's AppendEvent.
func appendResponsesEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	t := teller{x: x, w: &x.W, dst: dst}
	if t.w.Done {
		return dst
	}
	switch e.Kind {
	case core.EventStart:
		t.start()
	case core.EventOpen:
		t.start()
		t.open(&x.Blocks[e.Block])
	case core.EventDelta:
		t.delta(&x.Blocks[e.Block], e)
	case core.EventCite:
		t.cite(&x.Blocks[e.Block], e.Cite)
	case core.EventClose:
		t.close(&x.Blocks[e.Block])
	case core.EventFinish:
		if e.Choice == 0 {
			t.w.Finish = e.Finish
		}
	case core.EventPing:
		if t.w.Began {
			t.dst = append(t.dst, ": ping\n\n"...)
		}
	case core.EventOther:
		t.other(e)
	case core.EventFault:
		t.start()
		t.fail(e.Fault)
	case core.EventEnd:
		t.start()
		t.end()
	}
	return t.dst
}

// event begins a frame with the members that every event has.
func (t *teller) event(kind string) {
	t.dst = append(append(append(t.dst, "event: response."...), kind...), "\ndata: {\"type\":\"response."...)
	t.dst = append(append(t.dst, kind...), `","sequence_number":`...)
	t.dst = scan.AppendInt(t.dst, t.w.Seq)
	t.w.Seq++
}

// done ends a frame.
func (t *teller) done() { t.dst = append(t.dst, "}\n\n"...) }

func (t *teller) raw(s string) { t.dst = append(t.dst, s...) }

// number appends ,"key":n.
func (t *teller) number(key string, n int32) {
	t.dst = append(append(append(t.dst, ',', '"'), key...), '"', ':')
	t.dst = scan.AppendInt(t.dst, int64(n))
}

// item appends the id and the index of an item.
func (t *teller) item(prefix string, out int32) {
	t.dst = append(appendItemID(append(t.dst, `,"item_id":"`...), prefix, t.x.Request, out), '"')
	t.number("output_index", out)
}

// appendLine appends raw JSON on one line, because a line break would end the frame.
func appendLine(dst, raw []byte) []byte {
	at := len(dst)
	dst = append(dst, raw...)
	for i := at; i < len(dst); i++ {
		if dst[i] == '\n' || dst[i] == '\r' {
			dst[i] = ' '
		}
	}
	return dst
}

// header returns the header of the response so far.
func (t *teller) header() header {
	h := header{request: t.x.Request, finish: t.w.Finish}
	h.fill(t.x)
	return h
}

// start writes the beginning of the response, once.
func (t *teller) start() {
	if t.w.Began {
		return
	}
	t.w.Began = true
	h := t.header()
	for _, kind := range [...]string{"created", "in_progress"} {
		t.event(kind)
		t.dst = h.tail(h.head(append(t.dst, `,"response":`...), "in_progress"))
		t.raw("}")
		t.done()
	}
}

// added begins the event for a new item. The caller appends the rest of the item and ends the event.
func (t *teller) added(prefix string, out int32) {
	t.event("output_item.added")
	t.number("output_index", out)
	t.dst = append(appendItemID(append(t.dst, `,"item":{"id":"`...), prefix, t.x.Request, out), '"')
}

// next returns the index for a new item.
func (t *teller) next() int32 {
	t.w.Next++
	return t.w.Next - 1
}

// itemDone ends an item with the complete object, which is repeated in the last event.
func (t *teller) itemDone(out int32, object []byte) {
	t.event("output_item.done")
	t.number("output_index", out)
	t.raw(`,"item":`)
	t.dst = append(t.dst, object...)
	t.done()
}

// keep begins an item in the list of complete ones and returns its offset.
func (t *teller) keep(prefix string, out int32) int {
	if len(t.w.Buf) > 0 {
		t.w.Buf = append(t.w.Buf, ',')
	}
	at := len(t.w.Buf)
	t.w.Buf = append(appendItemID(append(t.w.Buf, `{"id":"`...), prefix, t.x.Request, out), '"')
	return at
}

// open begins a block. Kinds that cannot be streamed here are written when they end.
func (t *teller) open(b *core.Block) {
	if !isText(b) {
		t.closeMessage("completed")
	}
	switch b.Kind {
	case core.PartText, core.PartRefusal:
		t.sign(b)
		t.openText(b)
	case core.PartCall:
		t.sign(b)
		b.Out = t.next()
		t.added("fc_", b.Out)
		t.raw(`,"type":"function_call","status":"in_progress","arguments":"","call_id":"`)
		t.dst = appendBlockID(t.dst, b, t.x.Request)
		t.dst = appendField(append(t.dst, '"'), "name", b.Name)
		t.raw("}")
		t.done()
	case core.PartThought:
		b.Out = t.next()
		t.added("rs_", b.Out)
		t.raw(`,"type":"reasoning","summary":[]}`)
		t.done()
		t.event("reasoning_summary_part.added")
		t.item("rs_", b.Out)
		t.raw(`,"summary_index":0,"part":{"type":"summary_text","text":""}`)
		t.done()
	}
}

func appendBlockID(dst []byte, b *core.Block, request [16]byte) []byte {
	if len(b.ID) > 0 {
		return append(dst, b.ID...)
	}
	return appendItemID(dst, "call_", request, b.Out)
}

// sign writes the signature of a text or a call as a thought of its own, as neither has a field for it here.
func (t *teller) sign(b *core.Block) {
	if len(b.Sign) == 0 || b.Kind == core.PartThought || b.Kind == core.PartVeiled {
		return
	}
	t.closeMessage("completed")
	t.veiled(b)
	b.Sign = b.Sign[:0] // it is written now
}

// veiled appends a reasoning item with only a signature.
func (t *teller) veiled(b *core.Block) {
	out := t.next()
	t.added("rs_", out)
	t.raw(`,"type":"reasoning","summary":[]}`)
	t.done()
	at := t.keep("rs_", out)
	t.w.Buf = append(t.w.Buf, `,"type":"reasoning","summary":[`...)
	t.w.Buf = appendThought(t.w.Buf, nil, b.Vendor, b.Sign)
	t.itemDone(out, t.w.Buf[at:])
}

// openText begins a text or a refusal, in the open message or a new one.
func (t *teller) openText(b *core.Block) {
	t.endTexts()
	if !t.w.Open {
		t.w.Open, t.w.Block, t.w.Flags, t.w.Aux = true, t.next(), 0, t.w.Aux[:0]
		t.added("msg_", t.w.Block)
		t.raw(`,"type":"message","status":"in_progress","role":"assistant","content":[]}`)
		t.done()
	}
	b.Out, b.Said, b.Aux, t.w.Stop = t.w.Block+1, b.Said[:0], b.Aux[:0], t.w.Stop[:0]
	t.event("content_part.added")
	t.content(b)
	if b.Kind == core.PartRefusal {
		t.raw(`,"part":{"type":"refusal","refusal":""}`)
	} else {
		t.raw(`,"part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}`)
	}
	t.done()
}

// content appends the index of the open text.
func (t *teller) content(b *core.Block) {
	t.item("msg_", b.Out-1)
	t.number("content_index", int32(t.w.Flags&0xffff))
}

// endTexts ends a text that is still open. It can only belong to another choice, of a provider that splits
// one answer into several.
func (t *teller) endTexts() {
	for i := range t.x.Blocks {
		if b := &t.x.Blocks[i]; isText(b) && b.Out > 0 {
			t.closeText(b)
		}
	}
}

func isText(b *core.Block) bool { return b.Kind == core.PartText || b.Kind == core.PartRefusal }

// delta adds to the open block. The text is kept, because it is repeated at the end of the block.
func (t *teller) delta(b *core.Block, e *core.Event) {
	if isText(b) && b.Out == 0 { // the rest of a text that endTexts has ended
		t.openText(b)
	}
	b.Said = append(b.Said, e.Text...)
	switch b.Kind {
	case core.PartText:
		t.event("output_text.delta")
		t.content(b)
	case core.PartRefusal:
		t.event("refusal.delta")
		t.content(b)
	case core.PartCall:
		t.event("function_call_arguments.delta")
		t.item("fc_", b.Out)
	case core.PartThought:
		t.event("reasoning_summary_text.delta")
		t.item("rs_", b.Out)
		t.number("summary_index", 0)
	default:
		return
	}
	t.dst = appendField(t.dst, "delta", e.Text)
	if b.Kind == core.PartText {
		t.raw(`,"logprobs":`)
		if len(e.Probs) > 2 {
			t.dst = appendLine(t.dst, e.Probs)
			t.w.Stop = appendElements(t.w.Stop, e.Probs)
		} else {
			t.raw("[]")
		}
	}
	t.done()
}

// appendElements appends the elements of list to those in dst.
func appendElements(dst, list []byte) []byte {
	w := scan.Elements(list)
	for {
		_, value, more := w.Next()
		if !more {
			return dst
		}
		if len(dst) > 0 {
			dst = append(dst, ',')
		}
		dst = appendLine(dst, value)
	}
}

// cite writes a citation of the open text.
func (t *teller) cite(b *core.Block, c *core.Cite) {
	own := t.x.From == &dialect && t.x.FromOp == core.OpResponses && c.Raw != nil
	if b.Kind != core.PartText || b.Out == 0 || c.URL == nil && !own {
		return
	}
	n := int32(t.w.Flags >> 16)
	t.w.Flags += 1 << 16
	if n > 0 {
		b.Aux = append(b.Aux, ',')
	}
	at := len(b.Aux)
	if own {
		b.Aux = appendLine(b.Aux, c.Raw)
	} else {
		b.Aux = appendCitation(b.Aux, c)
	}
	t.event("output_text.annotation.added")
	t.content(b)
	t.number("annotation_index", n)
	t.raw(`,"annotation":`)
	t.dst = append(t.dst, b.Aux[at:]...)
	t.done()
}
