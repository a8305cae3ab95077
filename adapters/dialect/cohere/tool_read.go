package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseTools reads tools [{type: function, function: {name, description, parameters}}] at the start of raw and returns
// the bytes after it.
func parseTools(c *core.Chat, raw []byte) (rest []byte, f *core.Fault) {
	if raw[0] != '[' {
		return nil, body.Invalid("tools", "cannot read tools: it must be an array", "")
	}
	w := scan.Elements(raw)
	for {
		if _, ok := w.Key(); !ok {
			break
		}
		c.Tools = append(c.Tools, core.Tool{})
		rest, ok := parseTool(c, &c.Tools[len(c.Tools)-1], w.Tail())
		if !ok {
			return nil, body.Invalid("tools", "cannot read tools: each must be an object {type, function: {name, …}}", "")
		}
		w.Resume(rest)
	}
	if len(c.Tools) == 0 {
		c.Shape |= chatNoTools
	}
	return w.Rest(), nil
}

func parseTool(c *core.Chat, t *core.Tool, raw []byte) (rest []byte, ok bool) {
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
	if rest = w.Rest(); rest == nil || t.Type == nil {
		return nil, false
	}
	if string(t.Type) != "function" { // an unknown kind
		t.Raw, t.More = raw[:len(raw)-len(rest)], 0
		return rest, true
	}
	return rest, readFunction(c, t, function)
}

// readFunction reads {name, description, parameters}.
func readFunction(c *core.Chat, t *core.Tool, function []byte) bool {
	t.Type = nil
	known := true
	w := scan.Members(function)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "name":
			t.Name = inside(value)
		case "description":
			if t.Note = inside(value); t.Note == nil {
				t.Shape |= toolNullNote
				known = known && value[0] == 'n'
			}
		case "parameters":
			if value[0] == 'n' {
				t.Shape |= toolNullSchema
			} else {
				t.Schema = value
			}
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
