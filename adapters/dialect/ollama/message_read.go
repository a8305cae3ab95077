package ollama

import (
	"bytes"
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseMessages reads the array of messages at the start of raw and returns the bytes after it.
func parseMessages(c *core.Chat, raw []byte) (rest []byte, f *core.Fault) {
	made, asked := 0, 0 // ids made up; the first part of the last turn with calls
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		if _, ok := w.Key(); !ok {
			return w.Rest(), nil
		}
		var m message
		rest, why := m.read(c, w.Tail())
		if why == "" {
			i := c.Begin(m.role)
			if m.role == core.ToolRole {
				m.result(c, asked)
			} else if why = m.parts(&c.Tree, &made); m.calls != nil {
				asked = int(c.Turns[i].From)
			}
			c.Turns[i].Shape, c.Turns[i].More = m.shape, m.more
			c.End(i)
		}
		if why != "" {
			at := "messages[" + strconv.Itoa(n) + "]"
			return nil, body.Invalid(at, "cannot read "+at+": "+why, "")
		}
		w.Resume(rest)
	}
}

// A message is a message of a request or reply being read.
type message struct {
	role                                   core.Role
	content, thinking, images, calls       []byte
	id, name, signature, veiled, roleValue []byte
	more                                   int32
	shape                                  uint16
}

// read finds the members of the message at the start of raw and returns the bytes after it. why says what is wrong with
// it; "": nothing.
func (m *message) read(c *core.Chat, raw []byte) (rest []byte, why string) {
	if rest = m.members(&c.Tree, raw); rest == nil {
		return nil, "it must be an object"
	}
	switch string(m.roleValue) {
	case `"user"`:
		m.role = core.User
	case `"assistant"`:
		m.role = core.Assistant
	case `"system"`:
		m.role = core.System
	case `"tool"`:
		m.role = core.ToolRole
	default:
		return nil, "its role must be user, assistant, system or tool"
	}
	return rest, ""
}

// members finds the members of a message. Unknown ones are kept in t, unless it is nil.
func (m *message) members(t *core.Tree, raw []byte) (rest []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return w.Rest()
		}
		at := (*[]byte)(nil)
		switch string(key) {
		case "role":
			m.roleValue = value
			continue
		case "content":
			at, m.shape = &m.content, m.shape|turnContent
		case "thinking":
			at, m.shape = &m.thinking, m.shape|turnThought
		case "images":
			at = &m.images
		case "tool_calls":
			at = &m.calls
		case "tool_call_id":
			at = &m.id
		case "tool_name":
			at = &m.name
		case "name": // the former name of tool_name
			if m.name == nil {
				at, m.shape = &m.name, m.shape|turnTool
			}
		case "signature":
			at = &m.signature
		case "veiled":
			at = &m.veiled
		}
		if at == nil || value[0] == 'n' {
			if string(key) == "content" {
				m.shape &^= turnContent
			} else if string(key) == "thinking" {
				m.shape &^= turnThought
			}
			if t != nil {
				t.Keep(&m.more, key, value)
			}
			continue
		}
		*at = value
	}
}

// parts adds the content of the message: thoughts, images, text, calls.
func (m *message) parts(t *core.Tree, made *int) (why string) {
	if m.thinking != nil {
		text, ok := scan.Inside(m.thinking)
		if !ok {
			return "its thinking must be a string"
		}
		if len(text) > 0 || m.signature != nil {
			p := core.Part{Kind: core.PartThought, Text: text}
			if m.signature != nil {
				p.Vendor, p.Sign = core.ReadSign(inside(m.signature), core.Elsewhere)
			}
			t.Add(p)
		}
	}
	if m.veiled != nil {
		v, sign := core.ReadSign(inside(m.veiled), core.Elsewhere)
		t.Add(core.Part{Kind: core.PartVeiled, Vendor: v, Sign: sign})
	}
	if m.images != nil {
		n, ok := pictures(t, m.images)
		if !ok {
			return "its images must be an array of strings in base64"
		}
		if n == 0 {
			m.shape |= turnImages
		}
	}
	if m.content != nil {
		text, ok := scan.Inside(m.content)
		if !ok {
			return "its content must be a string"
		}
		if len(text) > 0 || m.calls == nil && m.images == nil && m.thinking == nil {
			t.Add(core.Part{Text: text})
		}
	}
	if m.name != nil { // only messages of tools have one
		key := "tool_name"
		if m.shape&turnTool != 0 {
			key = "name"
		}
		body.Keep(t, &m.more, key, m.name)
	}
	if m.calls == nil {
		return ""
	}
	if n, ok := parseCalls(t, m.calls, made); !ok {
		return "its tool_calls must be an array of {function: {name, arguments}}"
	} else if n == 0 {
		body.Keep(t, &m.more, "tool_calls", m.calls)
	}
	return ""
}

// pictures adds images, whose types are detected from their first bytes.
func pictures(t *core.Tree, raw []byte) (n int, ok bool) {
	w := scan.Elements(raw)
	for ; ; n++ {
		_, value, more := w.Next()
		if !more {
			return n, raw[0] == '['
		}
		data, isText := scan.Inside(value)
		if !isText {
			return n, false
		}
		p := &t.Parts[t.Add(core.Part{Kind: core.PartImage, Data: data})]
		if kind := pictureType(data); kind != "" {
			p.Media = t.Took(append(t.Room(), kind...))
		}
	}
}

// pictureType returns the MIME type of an image in base64, "" if it is unknown.
func pictureType(data core.Text) string {
	for _, k := range [...][2]string{{"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"}, {`\/9j\/`, "image/jpeg"}, {"R0lGOD", "image/gif"}, {"UklGR", "image/webp"}} {
		if bytes.HasPrefix(data, []byte(k[0])) {
			return k[1]
		}
	}
	return ""
}
