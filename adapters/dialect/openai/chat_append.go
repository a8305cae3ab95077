package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// A chatOut is a request being written.
type chatOut struct {
	dst    []byte
	c      *core.Chat // nil: the message of a reply, for which own is set
	t      *core.Tree
	s      *core.Send
	own    bool        // c was read from this face: members that other faces do not have are written too
	family bool        // c was read from this dialect
	vendor core.Vendor // the vendor whose signatures the target takes; NoVendor: signatures are written as they came
	quirks core.Quirk
	speaks bool // the turn being written is the model's
	fault  *core.Fault
}

// appendChat is the AppendRequest of chat completions.
func appendChat(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	o := chatOut{dst: dst, c: c, t: &c.Tree, s: s, family: c.From == &dialect}
	o.own = o.family && c.Op == core.OpChat
	if !o.own {
		o.vendor = core.Elsewhere
	}
	if s.Face != nil {
		o.quirks = s.Face.Quirks
		if o.vendor = s.Face.Vendor; o.vendor == core.NoVendor {
			o.vendor = core.Elsewhere
		}
	}
	if o.refuse(); o.fault != nil {
		return dst, o.fault
	}
	if !o.family {
		c.DropMarks()
	}
	o.dst = scan.AppendString(append(o.dst, `{"model":`...), s.Model)
	if o.messages(); o.fault != nil {
		return dst, o.fault
	}
	o.tools()
	o.choice()
	o.format()
	o.thinking()
	o.numbers()
	o.words()
	o.options()
	if o.fault != nil {
		return dst, o.fault
	}
	if o.own {
		o.extras()
	} else {
		c.DropExtras()
	}
	return body.Edit(append(o.dst, '}'), at, s.Face), nil
}

// refuse finds members that the target does not have and that change the question if they are left out.
func (o *chatOut) refuse() {
	c := o.c
	if c.Previous != nil && !o.own {
		o.fault = body.Invalid("previous_response_id", "cannot continue response "+string(c.Previous)+" here: this model's provider keeps no conversations",
			"send the whole conversation in input")
		return
	}
	if o.quirks&core.QuirkNoTools != 0 && len(c.Tools) > 0 {
		o.fault = body.Invalid("tools", "cannot send tools to "+string(o.s.Model)+": its provider refuses them", "choose a model with tools, or send none")
		return
	}
	for i := range c.Tools {
		if t := &c.Tools[i]; t.Type != nil && !o.own {
			o.fault = body.Invalid("tools", "cannot send the tool "+string(t.Type)+" to "+string(o.s.Model)+": only functions are known in chat completions",
				"leave it out, or choose a model of the provider that has it")
			return
		}
	}
	for _, m := range c.Modes {
		if string(m) == "audio" && !o.own {
			o.fault = body.Invalid("modalities", "cannot ask for audio from "+string(o.s.Model)+": the voice and the format of chat completions have no counterpart in this request", `ask for "text"`)
			return
		}
	}
}

// tools writes the functions that may be called.
func (o *chatOut) tools() {
	for _, list := range [...]struct {
		name  string
		shape uint16
		empty uint32
	}{{"tools", 0, chatNoTools}, {"functions", toolOld, chatNoOldTools}} {
		open := false
		for i := range o.c.Tools {
			t := &o.c.Tools[i]
			if old := o.own && t.Shape&toolOld != 0; old != (list.shape == toolOld) || !o.allowed(t) {
				continue
			}
			if open {
				o.dst = append(o.dst, ',')
			} else {
				o.dst = appendMember(o.dst, list.name, []byte{'['})
				open = true
			}
			o.tool(t)
		}
		if open {
			o.dst = append(o.dst, ']')
		} else if o.own && o.c.Shape&list.empty != 0 {
			o.dst = appendMember(o.dst, list.name, []byte("[]"))
		}
	}
}

// allowed reports whether t may be called. Leaving the others out is equivalent to allowed_tools, which
// few servers know.
func (o *chatOut) allowed(t *core.Tool) bool {
	if o.own || len(o.c.Allowed) == 0 {
		return true
	}
	for _, name := range o.c.Allowed {
		if string(name) == string(t.Name) {
			return true
		}
	}
	return false
}

func (o *chatOut) tool(t *core.Tool) {
	if o.own && t.Raw != nil && (t.Type != nil || o.quirks&core.QuirkNoToolStrict == 0) {
		o.dst = append(o.dst, t.Raw...)
		return
	}
	old := o.own && t.Shape&toolOld != 0
	at := len(o.dst) + 1
	o.dst = append(o.dst, '{')
	if !old {
		if !o.own || t.Shape&toolNoType == 0 {
			o.dst = append(o.dst, `,"type":"function"`...)
		}
		o.dst = append(o.dst, `,"function":{`...)
	}
	from := len(o.dst)
	if t.Name != nil {
		o.dst = appendTextMember(o.dst, "name", t.Name)
	}
	if t.Note != nil {
		o.dst = appendTextMember(o.dst, "description", t.Note)
	}
	if t.Schema != nil {
		o.dst = appendMember(o.dst, "parameters", t.Schema)
	}
	if o.quirks&core.QuirkNoToolStrict == 0 {
		o.dst = appendTri(o.dst, "strict", t.Strict)
	}
	o.dst = uncomma(o.dst, from)
	if !old {
		o.dst = append(o.dst, '}')
		if o.own {
			o.dst = appendExtras(o.dst, &o.c.Tree, t.More, "")
		}
		o.dst = uncomma(o.dst, at)
	}
	o.dst = append(o.dst, '}')
}

// appendTri appends a boolean unless it is unset.
func appendTri(dst []byte, name string, t core.Tri) []byte {
	switch t {
	case core.Yes:
		return appendMember(dst, name, []byte("true"))
	case core.No:
		return appendMember(dst, name, []byte("false"))
	}
	return dst
}
