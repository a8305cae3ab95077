package openai

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseTools reads tools, or the older functions.
func parseTools(c *core.Chat, raw []byte, shape uint16) *core.Fault {
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		_, value, ok := w.Next()
		if !ok {
			if n == 0 && shape == 0 {
				c.Shape |= chatNoTools
			} else if n == 0 {
				c.Shape |= chatNoOldTools
			}
			return nil
		}
		tool := core.Tool{Shape: shape}
		if shape == toolOld {
			fillTool(&tool, value)
			if tool.Shape&toolRaw != 0 {
				tool.Raw = value
			}
		} else {
			parseTool(c, &tool, value)
		}
		if tool.Type == nil && len(tool.Name) == 0 {
			param := "tools[" + strconv.Itoa(n) + "]"
			return body.Invalid(param, "cannot read "+param+": it names no function", `send {"type":"function","function":{"name":…}}`)
		}
		c.Tools = append(c.Tools, tool)
	}
}

func parseTool(c *core.Chat, tool *core.Tool, raw []byte) {
	tool.Shape |= toolNoType
	var function, custom []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "type" && quoted(value) != nil:
			tool.Type = quoted(value)
			tool.Shape &^= toolNoType
			continue
		case string(key) == "function" && opens(value):
			function = value
			continue
		case string(key) == "cache_control":
			tool.Cache = cacheMark(value)
		case string(key) == "custom":
			custom = value
		}
		c.Keep(&tool.More, key, value)
	}
	if function == nil || tool.Type != nil && string(tool.Type) != "function" {
		if tool.Type == nil || string(tool.Type) == "function" {
			tool.Type = nil // without a name either, it is not a tool for other formats
			return
		}
		var about core.Tool
		fillTool(&about, custom)
		tool.Name, tool.Note, tool.Raw = about.Name, about.Note, raw
		return
	}
	tool.Type = nil
	if fillTool(tool, function); tool.Shape&toolRaw != 0 {
		tool.Raw = raw
	}
}

// fillTool reads {name, description, parameters, strict}.
func fillTool(tool *core.Tool, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch text := quoted(value); {
		case string(key) == "name" && text != nil:
			tool.Name = text
		case string(key) == "description" && text != nil:
			tool.Note = text
		case string(key) == "parameters" && opens(value):
			tool.Schema = value
		case string(key) == "strict" && setTri(&tool.Strict, value):
		default:
			tool.Shape |= toolRaw
		}
	}
}

// parseChoiceWord reads tool_choice, or function_call, if it is a string.
func parseChoiceWord(c *core.Chat, old bool, word core.Text) bool {
	switch string(word) {
	case "auto":
		c.Choice = core.ChooseAuto
	case "none":
		c.Choice = core.ChooseNone
	case "required":
		c.Choice = core.ChooseAny
	case "any":
		c.Choice = core.ChooseAny
		c.Shape |= chatAnyWord
	default:
		return false
	}
	if old {
		c.Shape |= chatOldChoice
	}
	return true
}

// parseChoice reads tool_choice if it is an object. taken is false if the neutral form cannot hold all of
// it: then it is kept among the extras as well.
func parseChoice(c *core.Chat, raw []byte) (taken bool) {
	var kind, name, in []byte
	members := 0
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		members++
		switch string(key) {
		case "type":
			kind = quoted(value)
		case "name": // function_call
			name = quoted(value)
		case "function":
			in, taken = value, true
		case "custom", "allowed_tools":
			in = value
		}
	}
	if string(kind) == "allowed_tools" {
		c.Shape |= chatOwnChoice
		parseAllowed(c, in)
		return false
	}
	if in != nil {
		inner := scan.Members(in)
		inner.Next()
		_, _, more := inner.Next()
		name = memberText(in, "name")
		taken = taken && !more && members == 2 && string(kind) == "function" && len(name) > 0
	}
	if len(name) > 0 {
		c.Choice, c.ChoiceName = core.ChooseNamed, name
	}
	if !taken {
		c.Shape |= chatOwnChoice
	}
	return taken
}

// parseOldChoice reads function_call if it is an object: {name}.
func parseOldChoice(c *core.Chat, raw []byte) (taken bool) {
	w := scan.Members(raw)
	key, value, _ := w.Next()
	if _, _, more := w.Next(); more || string(key) != "name" || len(quoted(value)) == 0 {
		return parseChoice(c, raw)
	}
	c.Choice, c.ChoiceName = core.ChooseNamed, quoted(value)
	c.Shape |= chatOldChoice
	return true
}

// parseAllowed reads {mode, tools: [{type, function: {name}}]}.
func parseAllowed(c *core.Chat, raw []byte) {
	c.Choice = core.ChooseAuto
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if string(key) == "mode" && string(value) == `"required"` {
			c.Choice = core.ChooseAny
		}
		if string(key) != "tools" {
			continue
		}
		list := scan.Elements(value)
		for {
			_, tool, ok := list.Next()
			if !ok {
				break
			}
			if name := memberText(memberOf(tool, "function"), "name"); name != nil {
				c.Allowed = append(c.Allowed, name)
			}
		}
	}
}

// memberOf returns the value of the member called name, nil if there is none.
func memberOf(raw []byte, name string) []byte {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == name {
			return value
		}
	}
}

// memberText is memberOf for a string.
func memberText(raw []byte, name string) core.Text { return quoted(memberOf(raw, name)) }
