package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseCalls adds the calls of tool_calls to t. Those without an id are given one, by
// which a result finds its call in other formats.
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

// readCall reads {id, function: {index, name, arguments}}; what it does not know goes
// into t, if there is one.
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
			known = false // index: it says nothing that the order does not
		}
	}
	if !known && t != nil {
		body.Keep(t, &p.More, "function", function)
		p.Shape |= partRawFunc
	}
	return p.Name != nil
}

// result adds the answer of a tool. One without an id answers the first call since asked
// that none has answered, by its name if it says one.
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
