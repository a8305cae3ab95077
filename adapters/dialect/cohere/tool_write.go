package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// tools appends tools, strict_tools and tool_choice. In Cohere calls can be required or forbidden; to allow only
// certain tools, no others are sent.
func (a *asked) tools(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	if len(c.Tools) == 0 {
		if a.own && c.Shape&chatNoTools != 0 {
			dst = append(dst, `,"tools":[]`...)
		}
		if a.own {
			return a.choice(a.strict(dst)), nil
		}
		return dst, nil
	}
	dst = append(dst, `,"tools":[`...)
	sent := 0
	for i := range c.Tools {
		t := &c.Tools[i]
		if t.Type != nil && !a.own {
			return dst, body.Invalid("tools", `cannot send a tool of type "`+string(t.Type)+`" to Cohere: it knows functions only`,
				"send functions, or use a model of the provider that runs this tool")
		}
		if !a.allowed(t) {
			continue
		}
		if sent++; sent > 1 {
			dst = append(dst, ',')
		}
		dst = a.tool(dst, t)
	}
	dst = append(dst, ']')
	if sent == 0 && c.Choice != core.ChooseNamed {
		return dst, body.Invalid("tool_choice", "cannot restrict the call to the allowed tools: tools lists none of them", "name tools that are in tools")
	}
	if sent == 0 {
		return dst, body.Invalid("tool_choice", `cannot require the tool "`+string(c.ChoiceName)+`": tools does not list it`,
			"name a tool that is in tools")
	}
	return a.choice(a.strict(dst)), nil
}

// allowed reports whether t is among the tools that may be called.
func (a *asked) allowed(t *core.Tool) bool {
	c := a.c
	if c.Choice == core.ChooseNamed {
		return string(t.Name) == string(c.ChoiceName)
	}
	if len(c.Allowed) == 0 {
		return true
	}
	for _, name := range c.Allowed {
		if string(name) == string(t.Name) {
			return true
		}
	}
	return false
}

func (a *asked) tool(dst []byte, t *core.Tool) []byte {
	if t.Raw != nil {
		return append(dst, t.Raw...)
	}
	dst = append(dst, `{"type":"function"`...)
	if !a.own || t.Shape&toolRawFunc == 0 {
		dst = append(dst, `,"function":{"name":`...)
		dst = scan.AppendQuoted(dst, t.Name)
		switch {
		case t.Note != nil:
			dst = scan.AppendQuoted(append(dst, `,"description":`...), t.Note)
		case a.own && t.Shape&toolNullNote != 0:
			dst = append(dst, `,"description":null`...)
		}
		switch {
		case t.Schema != nil:
			dst = append(append(dst, `,"parameters":`...), t.Schema...)
		case a.own && t.Shape&toolNullSchema != 0:
			dst = append(dst, `,"parameters":null`...)
		case !a.own:
			dst = append(dst, `,"parameters":{"type":"object","properties":{}}`...)
		}
		dst = append(dst, '}')
	}
	if a.own {
		dst = appendExtras(dst, &a.c.Tree, t.More)
	}
	return append(dst, '}')
}

// strict appends strict_tools, which applies to all tools or none, and only to tools with a required argument:
// https://docs.cohere.com/docs/structured-outputs
func (a *asked) strict(dst []byte) []byte {
	c := a.c
	if a.own {
		switch {
		case c.Shape&chatStrict != 0:
			dst = append(dst, `,"strict_tools":true`...)
		case c.Shape&chatStrictNo != 0:
			dst = append(dst, `,"strict_tools":false`...)
		}
		return dst
	}
	if a.face != nil && a.face.Quirks&core.QuirkNoToolStrict != 0 {
		return dst
	}
	some, all := false, true
	for i := range c.Tools {
		t := &c.Tools[i]
		if !a.allowed(t) {
			continue
		}
		some = some || t.Strict == core.Yes
		w := scan.Elements(member(t.Schema, "required"))
		_, _, requires := w.Next()
		all = all && t.Strict == core.Yes && requires
	}
	switch {
	case all:
		dst = append(dst, `,"strict_tools":true`...)
	case some:
		c.Drop("tools.strict")
	}
	return dst
}

func (a *asked) choice(dst []byte) []byte {
	switch a.c.Choice {
	case core.ChooseAny, core.ChooseNamed:
		return append(dst, `,"tool_choice":"REQUIRED"`...)
	case core.ChooseNone:
		return append(dst, `,"tool_choice":"NONE"`...)
	}
	return dst
}
