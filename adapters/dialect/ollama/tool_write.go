package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// tools appends tools. In Ollama calls cannot be required, and they are forbidden by sending no tools.
func (a *asked) tools(dst []byte) ([]byte, *core.Fault) {
	c := a.c
	if len(c.Tools) == 0 || !a.own && c.Choice == core.ChooseNone {
		if a.own && c.Shape&chatNoTools != 0 {
			dst = append(dst, `,"tools":[]`...)
		}
		return dst, nil
	}
	dst = append(dst, `,"tools":[`...)
	for i := range c.Tools {
		t := &c.Tools[i]
		if t.Type != nil && !a.own {
			return dst, body.Invalid("tools", `cannot send a tool of type "`+string(t.Type)+`" to Ollama: it knows functions only`,
				"send functions, or use a model of the provider that runs this tool")
		}
		if a.allowed(t) {
			dst = a.tool(comma(dst), t)
		}
	}
	return append(dst, ']'), nil
}

// allowed reports whether t is among the tools that may be called.
func (a *asked) allowed(t *core.Tool) bool {
	if a.c.Choice == core.ChooseNamed {
		return string(t.Name) == string(a.c.ChoiceName)
	}
	for _, name := range a.c.Allowed {
		if string(name) == string(t.Name) {
			return true
		}
	}
	return len(a.c.Allowed) == 0
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
		dst = appendExtras(dst, &a.c.Tree, t.More, false)
	}
	return append(dst, '}')
}
