package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseTools reads tools [{type: function, function: {name, description, parameters}}].
func parseTools(c *core.Chat, raw []byte) *core.Fault {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		c.Tools = append(c.Tools, core.Tool{})
		if !parseTool(c, &c.Tools[len(c.Tools)-1], value) {
			return body.Invalid("tools", "cannot read tools: each must be an object {type, function: {name, …}}", "")
		}
	}
	if raw[0] != '[' {
		return body.Invalid("tools", "cannot read tools: it must be an array", "")
	}
	if len(c.Tools) == 0 {
		c.Shape |= chatNoTools
	}
	return nil
}

func parseTool(c *core.Chat, t *core.Tool, raw []byte) bool {
	var function []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "type":
			t.Type = inside(value)
		case "function":
			function = value
		default:
			c.Keep(&t.More, key, value)
		}
	}
	if string(t.Type) != "function" { // an unknown kind
		t.Raw, t.More = raw, 0
		return t.Type != nil
	}
	t.Type = nil
	known := true
	w = scan.Members(function)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "name":
			t.Name = inside(value)
		case string(key) == "description" && value[0] == 'n':
			t.Shape |= toolNullNote
		case string(key) == "parameters" && value[0] == 'n':
			t.Shape |= toolNullSchema
		case string(key) == "description" && scan.IsString(value):
			t.Note = inside(value)
		case string(key) == "parameters":
			t.Schema = value
		default:
			known = false
		}
	}
	if !known {
		body.Keep(&c.Tree, &t.More, "function", function)
		t.Shape |= toolRawFunc
	}
	return t.Name != nil
}
