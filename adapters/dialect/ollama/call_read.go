package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseCalls adds the calls of tool_calls to t. Those without an id get one, because other formats match results to
// calls by id.
func parseCalls(t *core.Tree, raw []byte, made *int) (n int, ok bool) {
	w := scan.Elements(raw)
	for ; ; n++ {
		_, value, more := w.Next()
		if !more {
			return n, raw[0] == '['
		}
		p := &t.Parts[t.Add(core.Part{Kind: core.PartCall, Shape: partNoArgs})]
		if !readCall(t, p, value) {
			return n, false
		}
		if p.ID == nil {
			p.ID = t.Took(scan.AppendInt(append(t.Room(), "call_"...), int64(*made)))
			p.Shape |= partMadeID
			*made++
		}
	}
}

// readCall reads {id, function: {index, name, arguments}}. Unknown members are kept in t, unless it is nil.
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
			p.Shape |= partType
		case string(key) == "function":
			function = value
		case string(key) == "signature" && scan.IsString(value):
			p.Vendor, p.Sign = core.ReadSign(inside(value), core.Elsewhere)
		case t != nil:
			t.Keep(&p.More, key, value)
		}
	}
	known := true
	w = scan.Members(function)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch {
		case string(key) == "name" && scan.IsString(value):
			p.Name = inside(value)
		case string(key) == "arguments" && value[0] == '{':
			p.Args, p.Shape = value, p.Shape&^partNoArgs
		default:
			known = false // an index, which the order already tells
		}
	}
	if !known && t != nil {
		body.Keep(t, &p.More, "function", function)
		p.Shape |= partRawFunc
	}
	return p.Name != nil
}

// result adds the result of a tool. One without an id belongs to the first call from asked on that has no result yet,
// with the same name if the result has one.
func (m *message) result(c *core.Chat, asked int) {
	r := core.Part{Kind: core.PartResult, ID: inside(m.id), Name: inside(m.name)}
	if r.ID == nil {
		r.Shape |= partMadeID
	}
	for i := asked; i < len(c.Parts); i++ {
		p := &c.Parts[i]
		if p.Kind != core.PartCall || p.Shape&partAnswered != 0 || r.Name != nil && string(r.Name) != string(p.Name) || m.id != nil && string(p.ID) != string(r.ID) {
			continue
		}
		p.Shape |= partAnswered
		r.ID = p.ID
		break
	}
	at := c.Add(r)
	if m.content != nil {
		if text, ok := scan.Inside(m.content); ok {
			c.Add(core.Part{Text: text})
		} else {
			m.shape &^= turnContent
			body.Keep(&c.Tree, &m.more, "content", m.content)
		}
	}
	if m.images != nil {
		if n, ok := pictures(&c.Tree, m.images); !ok || n == 0 {
			body.Keep(&c.Tree, &m.more, "images", m.images)
		}
	}
	c.Close(at)
}
