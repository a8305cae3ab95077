package cohere

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseMessages reads messages. The documents beside them become a turn of the
// user's in front of the first that is no system's: what the others say is about them.
func parseMessages(c *core.Chat, raw, documents []byte) *core.Fault {
	if len(raw) == 0 || raw[0] != '[' {
		return body.Invalid("messages", "cannot read messages: it must be an array", "")
	}
	placed := false
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		var m message
		if why := m.read(c, value); why != "" {
			return badMessage(n, why)
		}
		if !placed && m.role != core.System {
			placed = true
			if f := parseDocuments(c, documents); f != nil {
				return f
			}
		}
		i := c.Begin(m.role)
		why := m.parts(c, i)
		c.Turns[i].More = m.more
		if why != "" {
			return badMessage(n, why)
		}
		c.End(i)
	}
	if !placed {
		return parseDocuments(c, documents)
	}
	return nil
}

func badMessage(n int, why string) *core.Fault {
	at := "messages[" + strconv.Itoa(n) + "]"
	return body.Invalid(at, "cannot read "+at+": "+why, "")
}

// A message is one while it is read.
type message struct {
	role                     core.Role
	content, plan, calls, id []byte
	more                     int32
}

// read finds the members of a message. It says what is wrong with it, or "".
func (m *message) read(c *core.Chat, raw []byte) (why string) {
	if raw[0] != '{' {
		return "it must be an object"
	}
	var role []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		at := (*[]byte)(nil)
		switch string(key) {
		case "role":
			role = value
			continue
		case "content":
			at = &m.content
		case "tool_plan":
			at = &m.plan
		case "tool_calls":
			at = &m.calls
		case "tool_call_id":
			at = &m.id
		}
		if at == nil || value[0] == 'n' {
			c.Keep(&m.more, key, value)
			continue
		}
		*at = value
	}
	switch string(role) {
	case `"user"`:
		m.role = core.User
	case `"assistant"`:
		m.role = core.Assistant
	case `"system"`:
		m.role = core.System
	case `"developer"`:
		m.role = core.Developer
	case `"tool"`:
		m.role = core.ToolRole
	default:
		return "its role must be user, assistant, system or tool"
	}
	return ""
}

// parts adds what the message says to the turn at i.
func (m *message) parts(c *core.Chat, i int) (why string) {
	if m.role == core.ToolRole {
		return m.result(c)
	}
	if m.plan != nil {
		text, ok := scan.Inside(m.plan)
		if !ok {
			return "its tool_plan must be a string"
		}
		c.Add(core.Part{Kind: core.PartThought, Text: text, Vendor: core.Cohere, Shape: partPlan})
	}
	switch {
	case m.content == nil:
	case m.content[0] == '"':
		c.Add(core.Part{Text: inside(m.content)})
		c.Turns[i].Shape |= turnString
	case !parseContent(&c.Tree, m.content):
		return "its content must be a string or an array of objects, each with a type"
	case len(c.Parts) == int(c.Turns[i].From) || len(c.Parts) == int(c.Turns[i].From)+1 && m.plan != nil:
		c.Keep(&m.more, []byte("content"), m.content) // []
	}
	if m.calls == nil {
		return ""
	}
	if n, ok := parseCalls(&c.Tree, m.calls); !ok {
		return "its tool_calls must be an array of {id, type, function: {name, arguments}}"
	} else if n == 0 {
		c.Keep(&m.more, []byte("tool_calls"), m.calls)
	}
	return ""
}

// result adds the answer of a tool.
func (m *message) result(c *core.Chat) (why string) {
	r := core.Part{Kind: core.PartResult, ID: inside(m.id)}
	if len(m.content) > 0 && m.content[0] == '"' {
		r.Shape |= partString
	}
	at := c.Add(r)
	switch {
	case m.content == nil:
	case r.Shape&partString != 0:
		c.Add(core.Part{Text: inside(m.content)})
	case !parseContent(&c.Tree, m.content):
		return "its content must be a string or an array of objects, each with a type"
	case len(c.Parts) == at+1:
		c.Keep(&m.more, []byte("content"), m.content)
	}
	c.Close(at)
	return ""
}

// parseDocuments reads the documents beside the messages into a turn of their own.
func parseDocuments(c *core.Chat, raw []byte) *core.Fault {
	if raw == nil {
		return nil
	}
	if raw[0] != '[' {
		return body.Invalid("documents", "cannot read documents: it must be an array", "")
	}
	w := scan.Elements(raw)
	turn := -1
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		if turn < 0 {
			turn = c.Begin(core.User)
			c.Turns[turn].Shape = turnDocuments
		}
		p := core.Part{Kind: core.PartFile, Media: core.Text("text/plain"), Shape: partDocument, Raw: value}
		readDocument(&c.Tree, &p, value)
		c.Add(p)
	}
	if turn < 0 {
		c.Shape |= chatNoDocuments
		return nil
	}
	c.End(turn)
	return nil
}
