package cohere

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseMessages reads the array of messages at the start of raw and returns the bytes after it.
func parseMessages(c *core.Chat, raw []byte) (rest []byte, f *core.Fault) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, body.Invalid("messages", "cannot read messages: it must be an array", "")
	}
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		if _, ok := w.Key(); !ok {
			return w.Rest(), nil
		}
		var m message
		rest, why := m.read(c, w.Tail())
		if why != "" {
			return nil, badMessage(n, why)
		}
		i := c.Begin(m.role)
		why = m.parts(c, i)
		c.Turns[i].More = m.more
		if why != "" {
			return nil, badMessage(n, why)
		}
		c.End(i)
		w.Resume(rest)
	}
}

func badMessage(n int, why string) *core.Fault {
	at := "messages[" + strconv.Itoa(n) + "]"
	return body.Invalid(at, "cannot read "+at+": "+why, "")
}

// A message is a message being read.
type message struct {
	role                     core.Role
	content, plan, calls, id []byte
	more                     int32
}

// read finds the members of the message at the start of raw and returns the bytes after it. why says what is wrong
// with it; "": nothing.
func (m *message) read(c *core.Chat, raw []byte) (rest []byte, why string) {
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
	if rest = w.Rest(); rest == nil {
		return nil, "it must be an object"
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
		return nil, "its role must be user, assistant, system or tool"
	}
	return rest, ""
}

// parts adds the content of the message to the turn at i. why is as for read.
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
		body.Keep(&c.Tree, &m.more, "content", m.content) // []
	}
	if m.calls == nil {
		return ""
	}
	if n, ok := parseCalls(&c.Tree, m.calls); !ok {
		return "its tool_calls must be an array of {id, type, function: {name, arguments}}"
	} else if n == 0 {
		body.Keep(&c.Tree, &m.more, "tool_calls", m.calls)
	}
	return ""
}

// result adds the result of a tool.
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
		body.Keep(&c.Tree, &m.more, "content", m.content)
	}
	c.Close(at)
	return ""
}

// parseDocuments reads the documents of the request into a turn of the user before the first turn that is not the
// system's, because the conversation is about them.
func parseDocuments(c *core.Chat, raw []byte) *core.Fault {
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
		}
		p := &c.Parts[c.Add(core.Part{Kind: core.PartFile, Shape: partDocument, Raw: value})]
		p.Media = c.Took(append(c.Room(), "text/plain"...))
		readDocument(&c.Tree, p, value)
	}
	if turn < 0 {
		c.Shape |= chatNoDocuments
		return nil
	}
	c.End(turn)
	added := c.Turns[turn]
	added.Shape = turnDocuments
	at := 0
	for at < turn && (c.Turns[at].Role == core.System || c.Turns[at].Role == core.Developer) {
		at++
	}
	copy(c.Turns[at+1:], c.Turns[at:turn])
	c.Turns[at] = added
	return nil
}
