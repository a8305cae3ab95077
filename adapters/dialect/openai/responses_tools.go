package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

func (a *ask) tools() *core.Fault {
	raw := a.raw[askTools]
	if raw == nil {
		return nil
	}
	if raw[0] != '[' {
		return body.Invalid("tools", "cannot read tools: they must be an array", "")
	}
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			break
		}
		if value[0] != '{' {
			return body.Invalid("tools", "cannot read tools: each must be an object", "")
		}
		a.tool(value)
	}
	if len(a.Tools) == 0 {
		a.Shape |= askIsNoTools
	}
	return nil
}

// Bits of Tool.Shape.
const (
	toolNoStrict   = 1 << iota // strict was absent
	toolNullStrict             // strict was null
)

// tool reads one tool. A null counts as absent for other formats and is kept for this face.
func (a *ask) tool(raw []byte) {
	var t core.Tool
	t.Shape = toolNoStrict
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		ok := false
		switch string(key) {
		case "type":
			t.Type, ok = scan.Inside(value)
		case "name":
			t.Name, ok = scan.Inside(value)
		case "description":
			t.Note, ok = scan.Inside(value)
		case "parameters":
			if ok = value[0] == '{'; ok {
				t.Schema = value
			}
		case "strict":
			t.Shape &^= toolNoStrict
			strict, said := scan.Bool(value)
			if ok = true; said {
				t.Strict = core.Of(strict)
			} else {
				t.Shape |= toolNullStrict
			}
		}
		if !ok {
			a.Keep(&t.More, key, value)
		}
	}
	if string(t.Type) != "function" {
		t.Raw = raw
	} else {
		t.Type = nil
		if t.Strict == core.Unsaid && closed(t.Schema, maxSchemaDepth) {
			t.Strict = core.Yes // the default here, if the schema allows it
		}
	}
	a.Chat.Tools = append(a.Chat.Tools, t)
}

// choice reads tool_choice.
func (a *ask) choice() {
	raw := a.raw[askChoice]
	if raw == nil {
		return
	}
	word, _ := scan.Inside(raw)
	switch string(word) {
	case "auto":
		a.Choice = core.ChooseAuto
	case "none":
		a.Choice = core.ChooseNone
	case "required":
		a.Choice = core.ChooseAny
	default:
		if raw[0] != '{' || !a.chosen(raw) {
			a.Shape |= askIsChoice
			a.keep(askChoice)
		}
	}
}

// chosen reads a tool_choice that names functions: {type: function, name} or
// {type: allowed_tools, mode, tools}. It reports whether the neutral form holds all of it.
func (a *ask) chosen(raw []byte) bool {
	var kind, name, mode, list []byte
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "type":
			kind = value
		case "name":
			name = value
		case "mode":
			mode = value
		case "tools":
			list = value
		default:
			return false
		}
	}
	switch string(kind) {
	case `"function"`:
		text, ok := scan.Inside(name)
		if !ok || mode != nil || list != nil {
			return false
		}
		a.Choice, a.ChoiceName = core.ChooseNamed, text
		return true
	case `"allowed_tools"`:
		choice := core.ChooseAuto
		if string(mode) == `"required"` {
			choice = core.ChooseAny
		} else if string(mode) != `"auto"` {
			return false
		}
		if name != nil || !a.allowed(list) {
			a.Allowed = a.Allowed[:0]
			return false
		}
		a.Choice = choice
		return true
	}
	return false
}

// allowed reads the functions of an allowed_tools choice. It returns false if there are other tools too.
func (a *ask) allowed(list []byte) bool {
	w := scan.Elements(list)
	for {
		_, value, more := w.Next()
		if !more {
			return len(a.Allowed) > 0
		}
		m := scan.Members(value)
		var name core.Text
		function := false
		for {
			key, v, more := m.Next()
			if !more {
				break
			}
			switch string(key) {
			case "type":
				function = string(v) == `"function"`
			case "name":
				name, _ = scan.Inside(v)
			default:
				return false
			}
		}
		if !function || name == nil {
			return false
		}
		a.Allowed = append(a.Allowed, name)
	}
}
