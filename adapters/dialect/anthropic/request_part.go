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
			return // refused upstream
		}
		w.comma()
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

// id appends the id of a call: a client of this family made one that is fit.
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

// sends reports whether the target can read the signature of p.
func (w *writer) sends(p *core.Part) bool {
	if len(p.Sign) == 0 {
		return w.lenient && p.Kind == core.PartThought
	}
	return p.Vendor == w.vendor
}

// thought appends what the model thought, byte for byte. What the target has not signed it
// would refuse, so that is not sent.
func (w *writer) thought(p *core.Part) bool {
	if !w.sends(p) {
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
		w.b = append(w.b, `,"signature":`...)
		w.b = scan.AppendQuoted(w.b, p.Sign)
	}
	return true
}

// other appends what only this family knows. Of another's, what the model said is left
// out; what the user said cannot be.
func (w *writer) other(p *core.Part) {
	switch {
	case p.Kind == core.PartOther && w.own:
		w.comma()
		w.b = append(w.b, p.Raw...)
	case p.Kind == core.PartOther && w.want == theModel && !w.inner:
		w.c.Drop(string(p.Type))
	case p.Kind == core.PartOther:
		w.fault = w.lacks("messages", "has no "+string(p.Type), "take it out of the conversation")
	case w.want == theModel && !w.inner: // what the model once spoke: its words are at hand
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

// appendInputMember appends the member input, as it stood when own.
func appendInputMember(dst []byte, p *core.Part, own bool) []byte {
	if own && p.Shape&partBare != 0 {
		return dst
	}
	dst = append(dst, `,"input":`...)
	if own && !p.Wraps && p.Args != nil {
		return append(dst, p.Args...)
	}
	return appendInput(dst, p)
}

// appendInput appends the arguments of p as the object this format wants. Empty ones are
// {}. What is no object, or was cut and is no JSON, stands in one: {"arguments":…}, as it
// came.
func appendInput(dst []byte, p *core.Part) []byte {
	at := len(dst)
	if p.Wraps {
		dst = scan.AppendUnescaped(dst, p.Args)
	} else {
		dst = append(dst, p.Args...)
	}
	got := trim(dst[at:])
	switch {
	case len(got) == 0 || string(got) == "null":
		return append(dst[:at], `{}`...)
	case got[0] == '{' && (!p.Wraps || scan.Valid(got) == nil):
		return dst
	case !p.Wraps || scan.Valid(got) == nil:
		dst = append(dst[:at], `{"arguments":`...)
		if p.Wraps {
			dst = scan.AppendUnescaped(dst, p.Args)
		} else {
			dst = append(dst, p.Args...)
		}
		return append(dst, '}')
	}
	dst = append(dst[:at], `{"arguments":`...)
	return append(scan.AppendQuoted(dst, p.Args), '}')
}

func appendCites(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	dst = append(dst, `,"citations":[`...)
	for n := p.Cites; n != 0; {
		var c core.Cite
		c, n = t.Cited(n)
		dst = appendCite(dst, &c, own)
		if n != 0 {
			dst = append(dst, ',')
		}
	}
	return append(dst, ']')
}

// trim cuts white space off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && space(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blank reports whether a text has nothing but white space.
func blank(t core.Text) bool {
	for i := 0; i < len(t); i++ {
		if t[i] == '\\' && i+1 < len(t) && (t[i+1] == 'n' || t[i+1] == 't' || t[i+1] == 'r') {
			i++
		} else if t[i] != ' ' {
			return false
		}
	}
	return true
}
