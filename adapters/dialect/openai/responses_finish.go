package openai

import (
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// close ends a block, with events that repeat its text and its item.
func (t *teller) close(b *core.Block) {
	switch b.Kind {
	case core.PartText, core.PartRefusal:
		if b.Out > 0 {
			t.closeText(b)
		}
	case core.PartCall:
		t.closeCall(b)
	case core.PartThought:
		t.closeThought(b)
	case core.PartVeiled:
		if len(b.Sign) > 0 {
			t.veiled(b)
		}
	case core.PartImage:
		t.image(b)
	}
}

// closeText ends a text or a refusal. Its message stays open for further ones.
func (t *teller) closeText(b *core.Block) {
	key := "text"
	if b.Kind == core.PartRefusal {
		key = "refusal"
		t.event("refusal.done")
	} else {
		t.event("output_text.done")
	}
	t.content(b)
	t.dst = appendField(t.dst, key, b.Said)
	if b.Kind == core.PartText {
		t.raw(`,"logprobs":[`)
		t.dst = append(append(t.dst, t.w.Stop...), ']')
	}
	t.done()

	if len(t.w.Aux) > 0 {
		t.w.Aux = append(t.w.Aux, ',')
	}
	at := len(t.w.Aux)
	if b.Kind == core.PartRefusal {
		t.w.Aux = append(appendField(append(t.w.Aux, `{"type":"refusal"`...), "refusal", b.Said), '}')
	} else {
		t.w.Aux = appendField(append(t.w.Aux, `{"type":"output_text"`...), "text", b.Said)
		t.w.Aux = append(append(t.w.Aux, `,"annotations":[`...), b.Aux...)
		t.w.Aux = append(append(t.w.Aux, `],"logprobs":[`...), t.w.Stop...)
		t.w.Aux = append(t.w.Aux, "]}"...)
	}
	t.event("content_part.done")
	t.content(b)
	t.raw(`,"part":`)
	t.dst = append(t.dst, t.w.Aux[at:]...)
	t.done()
	t.w.Flags, b.Out = t.w.Flags&0xffff+1, 0
	t.sign(b) // one that came late
}

// closeMessage ends the open message, if there is one.
func (t *teller) closeMessage(status string) {
	if !t.w.Open {
		return
	}
	t.endTexts()
	t.w.Open = false
	at := t.keep("msg_", t.w.Block)
	t.w.Buf = append(append(append(t.w.Buf, `,"type":"message","status":"`...), status...), `","role":"assistant","content":[`...)
	t.w.Buf = append(append(t.w.Buf, t.w.Aux...), "]}"...)
	t.itemDone(t.w.Block, t.w.Buf[at:])
}

// closeCall ends a call. One without arguments gets {}.
func (t *teller) closeCall(b *core.Block) {
	if len(b.Said) == 0 {
		t.delta(b, &core.Event{Kind: core.EventDelta, Text: core.Text("{}")})
	}
	t.event("function_call_arguments.done")
	t.item("fc_", b.Out)
	t.dst = appendField(t.dst, "name", b.Name)
	t.dst = appendField(t.dst, "arguments", b.Said)
	t.done()
	at := t.keep("fc_", b.Out)
	t.w.Buf = append(t.w.Buf, `,"type":"function_call","status":"completed","arguments":`...)
	t.w.Buf = scan.AppendQuoted(t.w.Buf, b.Said)
	t.w.Buf = appendBlockID(append(t.w.Buf, `,"call_id":"`...), b, t.x.Request)
	t.w.Buf = append(appendField(append(t.w.Buf, '"'), "name", b.Name), '}')
	t.itemDone(b.Out, t.w.Buf[at:])
	t.sign(b) // one that came late
}

// closeThought ends a thought with its signature.
func (t *teller) closeThought(b *core.Block) {
	t.event("reasoning_summary_text.done")
	t.item("rs_", b.Out)
	t.dst = appendField(append(t.dst, `,"summary_index":0`...), "text", b.Said)
	t.done()
	t.event("reasoning_summary_part.done")
	t.item("rs_", b.Out)
	t.dst = scan.AppendQuoted(append(t.dst, `,"summary_index":0,"part":{"type":"summary_text","text":`...), b.Said)
	t.raw("}")
	t.done()
	at := t.keep("rs_", b.Out)
	t.w.Buf = append(t.w.Buf, `,"type":"reasoning","summary":[`...)
	t.w.Buf = appendThought(t.w.Buf, b.Said, b.Vendor, b.Sign)
	t.itemDone(b.Out, t.w.Buf[at:])
}

// image writes an image of the model as a result of the image generation tool.
func (t *teller) image(b *core.Block) {
	t.closeMessage("completed")
	b.Out = t.next()
	t.added("ig_", b.Out)
	t.raw(`,"type":"image_generation_call","status":"in_progress","result":null}`)
	t.done()
	at := t.keep("ig_", b.Out)
	t.w.Buf = append(t.w.Buf, `,"type":"image_generation_call","status":"completed"`...)
	t.w.Buf = append(appendField(t.w.Buf, "result", b.Said), '}')
	t.itemDone(b.Out, t.w.Buf[at:])
}

// end writes the complete response.
func (t *teller) end() {
	if t.w.Finish == core.FinishUnsaid {
		t.w.Finish = core.FinishStop
	}
	h := t.header()
	status := h.status()
	if status == "completed" {
		t.closeMessage(status)
	} else {
		t.closeMessage("incomplete")
	}
	h.usage = &t.x.Usage
	t.event(status)
	t.response(&h, status)
	t.w.Done = true
}

// response appends the response with all items and ends the frame.
func (t *teller) response(h *header, status string) {
	t.dst = h.head(append(t.dst, `,"response":`...), status)
	t.dst = h.tail(append(t.dst, t.w.Buf...))
	if t.x.Extra != nil {
		t.dst = t.x.Extra(append(t.dst, ','))
	}
	t.raw("}")
	t.done()
}

// fail ends the stream with the error event, which SDKs raise, and with the failed response, which other
// clients wait for.
func (t *teller) fail(f *core.Fault) {
	t.raw("event: error\ndata: {\"type\":\"error\",\"sequence_number\":")
	t.dst = scan.AppendInt(t.dst, t.w.Seq)
	t.w.Seq++
	t.dst = scan.AppendString(append(t.dst, `,"error":{"type":`...), kindOf(f))
	t.dst = appendFailure(append(t.dst, ','), f)
	t.dst = strconv.AppendBool(append(t.dst, `,"param":null,"retryable":`...), f.Retryable())
	t.raw("}")
	t.done()
	t.closeMessage("incomplete")
	h := t.header()
	h.fault = f
	t.event("failed")
	t.response(&h, "failed")
	t.w.Done = true
}

// other passes on an event that only this family has, such as those of hosted tools, with the numbers of this
// stream.
func (t *teller) other(e *core.Event) {
	if t.x.From != &dialect || t.x.FromOp != core.OpResponses || len(e.Raw) == 0 || e.Raw[0] != '{' {
		return
	}
	t.start()
	item := []byte(nil)
	switch string(e.Name) {
	case "response.output_item.added":
		t.closeMessage("completed")
		t.w.Native = scan.AppendInt(t.w.Native[:0], int64(t.next()))
	case "response.output_item.done":
		item = member(e.Raw, "item")
	}
	t.dst = append(append(append(t.dst, "event: "...), e.Name...), "\ndata: {"...)
	at := len(t.dst)
	w := scan.Members(e.Raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		t.dst = append(scan.AppendQuoted(append(t.dst, ','), key), ':')
		switch string(key) {
		case "sequence_number":
			t.dst = scan.AppendInt(t.dst, t.w.Seq)
			t.w.Seq++
		case "output_index":
			t.dst = append(t.dst, t.place()...)
		default:
			t.dst = appendLine(t.dst, value)
		}
	}
	if len(t.dst) > at {
		t.dst = append(t.dst[:at], t.dst[at+1:]...)
	}
	t.done()
	if len(item) > 0 {
		if len(t.w.Buf) > 0 {
			t.w.Buf = append(t.w.Buf, ',')
		}
		t.w.Buf = appendLine(t.w.Buf, item)
	}
}

// place returns the index of the item that other began last, or else the next index.
func (t *teller) place() []byte {
	if len(t.w.Native) == 0 {
		t.w.Native = scan.AppendInt(t.w.Native, int64(t.next()))
	}
	return t.w.Native
}
