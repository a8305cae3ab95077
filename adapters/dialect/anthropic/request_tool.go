package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// tools appends the tools that the model may call. If another family allows only some by a list of names, only
// those are written.
func (w *writer) tools() {
	c := w.c
	n := 0
	for i := range c.Tools {
		t := &c.Tools[i]
		if t.Shape&toolTop != 0 && t.Type != nil && w.own || !w.own && len(c.Allowed) > 0 && !named(c.Allowed, t.Name) {
			continue
		}
		if n == 0 {
			w.b = append(w.b, `,"tools":[`...)
		} else {
			w.b = append(w.b, ',')
		}
		n++
		if t.Type != nil {
			w.b = append(w.b, t.Raw...)
		} else {
			w.tool(t)
		}
	}
	if n > 0 {
		w.b = append(w.b, ']')
	}
	if !w.own {
		return
	}
	if n == 0 && c.Shape&chatNoTools != 0 {
		w.b = append(w.b, `,"tools":[]`...)
	}
	for i := range c.Tools {
		if t := &c.Tools[i]; t.Shape&toolTop != 0 && t.Type != nil {
			w.b = scan.AppendQuoted(append(w.b, ','), t.Type)
			w.b = append(append(w.b, ':'), t.Raw...)
		}
	}
}

func named(list []core.Text, name core.Text) bool {
	for _, n := range list {
		if string(n) == string(name) {
			return true
		}
	}
	return false
}

// tool appends one function.
func (w *writer) tool(t *core.Tool) {
	strict := t.Strict
	if !w.own {
		if strict != core.Yes || !w.row.strict || w.quirk(core.QuirkNoToolStrict) {
			if strict == core.Yes {
				w.c.Drop("strict")
			}
			strict = core.Unsaid
		}
	}
	w.b = append(w.b, '{')
	if w.own && t.Shape&toolCustom != 0 {
		w.b = append(w.b, `"type":"custom",`...)
	}
	w.b = append(w.b, `"name":`...)
	w.b = scan.AppendQuoted(w.b, t.Name)
	if t.Note != nil {
		w.b = append(w.b, `,"description":`...)
		w.b = scan.AppendQuoted(w.b, t.Note)
	}
	w.schema(t, strict)
	switch strict {
	case core.Yes:
		w.b = append(w.b, `,"strict":true`...)
	case core.No:
		w.b = append(w.b, `,"strict":false`...)
	}
	if t.Cache != nil && (!w.own || t.Shape&toolRawCache == 0) {
		if w.atop > 0 {
			w.atop--
		} else {
			w.b = appendMark(w.b, t.Cache)
		}
	}
	w.extras(t.More, "")
	w.b = append(w.b, '}')
}

// schema appends input_schema, which must have type object.
func (w *writer) schema(t *core.Tool, strict core.Tri) {
	if w.own {
		if t.Schema != nil {
			w.b = append(append(w.b, `,"input_schema":`...), t.Schema...)
		}
		return
	}
	w.b = append(w.b, `,"input_schema":`...)
	typed, some := false, false
	members := scan.Members(t.Schema)
	for {
		key, _, more := members.Next()
		if !more {
			break
		}
		typed = typed || string(key) == "type"
		some = true
	}
	switch {
	case !some:
		w.b = append(w.b, `{"type":"object","properties":{}}`...)
	case strict == core.Yes:
		w.b = body.AppendFit(w.b, t.Schema, w.c, core.LostOfTool)
	case typed:
		w.b = append(w.b, t.Schema...)
	default:
		w.b = append(w.b, `{"type":"object",`...)
		w.b = append(w.b, trim(t.Schema)[1:]...)
	}
}

// toolChoice appends whether tools must be called. It is refused without tools.
func (w *writer) toolChoice() {
	c := w.c
	if w.own && c.Shape&chatRawChoice != 0 || !w.own && len(c.Tools) == 0 {
		return
	}
	choice := c.Choice
	if choice == core.ChooseUnsaid {
		if c.Parallel != core.No {
			return
		}
		choice = core.ChooseAuto
	}
	w.b = append(w.b, `,"tool_choice":{"type":"`...)
	switch choice {
	case core.ChooseAny:
		w.b = append(w.b, `any"`...)
	case core.ChooseNamed:
		w.b = append(w.b, `tool"`...)
	case core.ChooseNone:
		w.b = append(w.b, `none"`...)
	default:
		w.b = append(w.b, `auto"`...)
	}
	if c.ChoiceName != nil && (w.own || choice == core.ChooseNamed) {
		w.b = append(w.b, `,"name":`...)
		w.b = scan.AppendQuoted(w.b, c.ChoiceName)
	}
	switch {
	case c.Parallel == core.No && (w.own || choice != core.ChooseNone):
		w.b = append(w.b, `,"disable_parallel_tool_use":true`...)
	case c.Parallel == core.Yes && w.own:
		w.b = append(w.b, `,"disable_parallel_tool_use":false`...)
	}
	w.b = append(w.b, '}')
}
