package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// call appends a function_call.
func (w *writer) call(dst []byte, p *core.Part) []byte {
	dst = append(dst, `{"type":"function_call","call_id":`...)
	dst = w.id(dst, p.ID, &w.calls)
	dst = appendField(dst, "name", p.Name)
	switch {
	case w.own && p.Shape&partBareArgs != 0:
		if p.Args != nil {
			dst = appendRaw(dst, "arguments", p.Args)
		}
	default:
		dst = appendArgs(append(dst, `,"arguments":`...), p, !w.own)
	}
	if w.own {
		dst, _ = appendChain(dst, &w.Tree, p.More)
	}
	return append(dst, "},"...)
}

// appendArgs appends a call's arguments as a string that contains JSON. With fill, none are written as {}.
func appendArgs(dst []byte, p *core.Part, fill bool) []byte {
	switch {
	case len(p.Args) == 0 && fill:
		return append(dst, `"{}"`...)
	case p.Wraps:
		return scan.AppendQuoted(dst, p.Args)
	}
	return append(scan.AppendEscaped(append(dst, '"'), p.Args), '"')
}

// id appends the id of a call, or of its result. If the client's format has no ids, the first result belongs
// to the first call.
func (w *writer) id(dst []byte, id core.Text, n *int) []byte {
	if id != nil {
		return scan.AppendQuoted(dst, id)
	}
	*n++
	return append(scan.AppendInt(append(dst, `"call_`...), int64(*n)), '"')
}

// result appends a function_call_output.
func (w *writer) result(dst []byte, i int) ([]byte, *core.Fault) {
	p := &w.Parts[i]
	dst = append(dst, `{"type":"function_call_output","call_id":`...)
	dst = w.id(dst, p.ID, &w.results)
	inner := w.Inside(i)
	switch {
	case w.own && p.Shape&partRawOut != 0:
	case len(inner) == 0 && (!w.own || p.Shape&partString != 0):
		word := ""
		if p.Fails {
			word = "error" // otherwise the error would be lost
		}
		dst = scan.AppendString(append(dst, `,"output":`...), word)
	case len(inner) == 1 && inner[0].Kind == core.PartText && (!w.own || p.Shape&partString != 0):
		dst = appendField(dst, "output", inner[0].Text)
	default:
		dst = append(dst, `,"output":[`...)
		for n := 0; n < len(inner); n += 1 + int(inner[n].Inner) {
			if n > 0 {
				dst = append(dst, ',')
			}
			var f *core.Fault
			if dst, f = w.part(dst, &inner[n], core.ToolRole); f != nil {
				return dst, f
			}
		}
		dst = append(dst, ']')
	}
	if w.own {
		dst, _ = appendChain(dst, &w.Tree, p.More)
	}
	return append(dst, "},"...), nil
}

// tools appends the tools.
func (w *writer) tools(dst []byte) ([]byte, *core.Fault) {
	if len(w.Tools) == 0 {
		if w.own && w.Shape&askIsNoTools != 0 {
			dst = append(dst, `,"tools":[]`...)
		}
		return dst, nil
	}
	if w.quirks&core.QuirkNoTools != 0 {
		return dst, body.Invalid("tools", "cannot use tools: this provider takes none", "leave tools out, or name another model")
	}
	dst = append(dst, `,"tools":[`...)
	for i := range w.Tools {
		if i > 0 {
			dst = append(dst, ',')
		}
		t := &w.Tools[i]
		switch {
		case t.Type == nil:
			dst = w.tool(dst, t)
		case w.own:
			dst = append(dst, t.Raw...)
		default:
			return dst, body.Invalid("tools", "cannot use the tool "+string(t.Type)+": the Responses API knows it in another form or not at all",
				"send a function tool, or name a model that is served by the API you speak")
		}
	}
	return append(dst, ']'), nil
}

// tool appends a function. For other formats it always writes strict, which is off by default there and on
// here.
func (w *writer) tool(dst []byte, t *core.Tool) []byte {
	dst = scan.AppendQuoted(append(dst, `{"type":"function","name":`...), t.Name)
	if t.Note != nil {
		dst = appendField(dst, "description", t.Note)
	}
	switch {
	case t.Schema != nil:
		dst = appendRaw(dst, "parameters", t.Schema)
	case !w.own:
		dst = append(dst, `,"parameters":{"type":"object","properties":{}}`...)
	}
	switch {
	case w.quirks&core.QuirkNoToolStrict != 0:
	case w.own && t.Shape&toolNullStrict != 0:
		dst = append(dst, `,"strict":null`...)
	case w.own && t.Shape&toolNoStrict != 0:
	case t.Strict == core.Yes:
		dst = append(dst, `,"strict":true`...)
	default:
		dst = append(dst, `,"strict":false`...)
	}
	if w.own {
		dst, _ = appendChain(dst, &w.Tree, t.More)
	}
	return append(dst, '}')
}
