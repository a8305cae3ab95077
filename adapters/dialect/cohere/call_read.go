package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseCalls adds the calls of tool_calls to t.
func parseCalls(t *core.Tree, raw []byte) (n int, ok bool) {
	if raw[0] != '[' {
		return 0, false
	}
	w := scan.Elements(raw)
	for ; ; n++ {
		_, value, more := w.Next()
		if !more {
			return n, true
		}
		i := t.Add(core.Part{Kind: core.PartCall, Shape: partNoType})
		if !readCall(t, &t.Parts[i], value) {
			return n, false
		}
	}
}

// readCall reads {id, type, function: {name, arguments}}.
func readCall(t *core.Tree, p *core.Part, raw []byte) bool {
	var function []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "id" && scan.IsString(value):
			p.ID = inside(value)
		case string(key) == "type" && string(value) == `"function"`:
			p.Shape &^= partNoType
		case string(key) == "function":
			function = value
		case string(key) == "signature" && scan.IsString(value):
			p.Vendor, p.Sign = core.ReadSign(inside(value), core.Cohere)
		default:
			t.Keep(&p.More, key, value)
		}
	}
	known := true
	p.Shape |= partNoArgs
	w = scan.Members(function)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "name" && scan.IsString(value):
			p.Name = inside(value)
		case string(key) == "arguments" && scan.IsString(value):
			p.Args, p.Wraps = inside(value), true
			p.Shape &^= partNoArgs
		case string(key) == "arguments" && value[0] == '{':
			p.Args = value
			p.Shape &^= partNoArgs
		default:
			known = false
		}
	}
	if !known {
		body.Keep(t, &p.More, "function", function)
		p.Shape |= partRawFunc
	}
	return p.Name != nil
}
