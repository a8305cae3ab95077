package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// part appends the part at i as a content block.
func (w *writer) part(i int) {
	p := &w.c.Parts[i]
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		if !w.own && blank(p.Text) {
			return // the provider would refuse it
		}
		w.comma()
		if w.own && p.Shape&partSearch != 0 {
			w.b = append(w.b, p.Raw...)
			return
		}
		w.b = append(w.b, `{"type":"text","text":`...)
		w.b = scan.AppendQuoted(w.b, p.Text)
		if w.own && p.Shape&partCites != 0 {
			w.b = appendCites(w.b, &w.c.Tree, p, true)
		}
	case core.PartImage, core.PartFile:
		if !w.media(p) {
			return
		}
	case core.PartCall:
		w.comma()
		w.b = append(w.b, `{"type":"tool_use","id":"`...)
		w.id(p.ID, &w.calls)
		w.b = append(w.b, `","name":`...)
		w.b = scan.AppendQuoted(w.b, p.Name)
		w.b = appendInputMember(w.b, p, w.own)
	case core.PartResult:
		w.result(i)
		p = &w.c.Parts[i]
	case core.PartThought, core.PartVeiled:
		if !w.thought(p) {
			return
		}
	default:
		w.other(p)
		return
	}
	w.mark(p)
	w.extras(p.More, "")
	w.b = append(w.b, '}')
}

// id appends the id of a call. One of this family is valid already.
func (w *writer) id(id core.Text, nth *int64) {
	if w.own {
		w.b = append(w.b, id...)
	} else {
		w.b = appendID(w.b, id, nth)
	}
}

// result appends the result at i without its closing brace.
func (w *writer) result(i int) {
	p := &w.c.Parts[i]
	inside := w.c.Inside(i)
	w.comma()
	w.b = append(w.b, `{"type":"tool_result","tool_use_id":"`...)
	w.id(p.ID, &w.solved)
	w.b = append(w.b, '"')
	plain := len(inside) == 1 && inside[0].Kind == core.PartText && (w.own && p.Shape&partString != 0 || !w.own && inside[0].Cache == nil)
	switch {
	case plain:
		w.b = append(w.b, `,"content":`...)
		w.b = scan.AppendQuoted(w.b, inside[0].Text)
	case len(inside) > 0 || w.own && p.Shape&partBare == 0:
		w.b = append(w.b, `,"content":[`...)
		inner, more := w.inner, w.more
		w.inner, w.more = true, false
		for k := i + 1; k <= i+int(p.Inner); k += 1 + int(w.c.Parts[k].Inner) {
			w.part(k)
		}
		w.inner, w.more = inner, more
		w.b = append(w.b, ']')
	}
	switch {
	case p.Fails:
		w.b = append(w.b, `,"is_error":true`...)
	case w.own && p.Shape&partFine != 0:
		w.b = append(w.b, `,"is_error":false`...)
	}
}

// sends reports whether the target accepts the thought p: one that it has signed, or any with text if it
// needs no signature.
func (w *writer) sends(p *core.Part) bool {
	if len(p.Sign) > 0 && p.Vendor == w.vendor {
		return true
	}
	return w.lenient && p.Kind == core.PartThought && (len(p.Text) > 0 || p.Vendor == core.NoVendor)
}

// thought appends a thought, byte for byte. One that the target has not signed is not sent, as it would be
// refused; a signature of another vendor is never sent.
func (w *writer) thought(p *core.Part) bool {
	if !w.sends(p) {
		w.c.Drop(core.LostThought)
		return false
	}
	w.comma()
	if p.Kind == core.PartVeiled {
		w.b = append(w.b, `{"type":"redacted_thinking","data":`...)
		w.b = scan.AppendQuoted(w.b, p.Sign)
		return true
	}
	w.b = append(w.b, `{"type":"thinking","thinking":`...)
	w.b = scan.AppendQuoted(w.b, p.Text)
	if !w.own || p.Shape&partBare == 0 {
		w.b = append(w.b, `,"signature":"`...)
		if p.Vendor == w.vendor {
			w.b = append(w.b, p.Sign...)
		}
		w.b = append(w.b, '"')
	}
	return true
}

// other appends a part that only this family has. Of another family's parts, those of the model are left out;
// those of the user are refused.
func (w *writer) other(p *core.Part) {
	switch {
	case p.Kind == core.PartOther && w.own:
		w.comma()
		w.b = append(w.b, p.Raw...)
	case p.Kind == core.PartOther && w.want == theModel && !w.inner:
		w.c.Drop(string(p.Type))
	case p.Kind == core.PartOther:
		w.fault = w.lacks("messages", "has no "+string(p.Type), "take it out of the conversation")
	case w.want == theModel && !w.inner: // audio of the model, of which the transcript is sent
		if !blank(p.Text) {
			w.comma()
			w.b = append(w.b, `{"type":"text","text":`...)
			w.b = append(scan.AppendQuoted(w.b, p.Text), '}')
		}
	case p.Kind == core.PartAudio:
		w.fault = w.lacks("messages", "takes no audio", "send a transcript")
	default:
		w.fault = w.lacks("messages", "takes no video", "send images of it")
	}
}

// mark appends the cache mark of p, unless there are too many.
func (w *writer) mark(p *core.Part) {
	if p.Cache == nil || w.own && p.Shape&partRawCache != 0 || p.Kind == core.PartThought || p.Kind == core.PartVeiled {
		return
	}
	if w.over > 0 {
		w.over--
		return
	}
	w.b = appendMark(w.b, p.Cache)
}

// appendMark appends the member cache_control; lifetimes are 5m and 1h.
func appendMark(dst []byte, ttl core.Text) []byte {
	dst = append(dst, `,"cache_control":{"type":"ephemeral"`...)
	if string(ttl) == "5m" || string(ttl) == "1h" {
		dst = append(append(append(dst, `,"ttl":"`...), ttl...), '"')
	}
	return append(dst, '}')
}
