package openai

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseMessages reads the array of messages at the start of raw and returns the bytes after it.
func parseMessages(c *core.Chat, raw []byte) (rest []byte, f *core.Fault) {
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		if _, ok := w.Key(); !ok {
			return w.Rest(), nil
		}
		if !opens(w.Tail()) {
			return nil, badMessage(n, "", "it must be an object")
		}
		if rest, ok := plainMessage(c, w.Tail()); ok {
			w.Resume(rest)
			continue
		}
		rest, f := parseMessage(c, w.Tail(), n)
		if f != nil {
			return nil, f
		}
		w.Resume(rest)
	}
}

func badMessage(n int, member, why string) *core.Fault {
	param := "messages[" + strconv.Itoa(n) + "]"
	if member != "" {
		param += "." + member
	}
	return body.Invalid(param, "cannot read "+param+": "+why, "")
}

// plainMessage is parseMessage for messages with only a role and a text, as most have. ok is false for any
// other, and then nothing was read.
func plainMessage(c *core.Chat, raw []byte) (rest []byte, ok bool) {
	w := scan.Members(raw)
	if key, ok := w.Key(); !ok || string(key) != "role" {
		return nil, false
	}
	word, _ := w.Value()
	role, ok := roleOf(quoted(word))
	if key, more := w.Key(); !ok || role == core.ToolRole || !more || string(key) != "content" {
		return nil, false
	}
	content, _ := w.Value()
	if _, more := w.Key(); more || len(content) == 0 || content[0] != '"' {
		return nil, false
	}
	if rest = w.Rest(); rest == nil {
		return nil, false
	}
	i := c.Begin(role)
	parseContent(&c.Tree, content, &c.Turns[i].Shape)
	c.End(i)
	return rest, true
}

// parseMessage reads the n-th message, at the start of raw, and returns the bytes after it.
func parseMessage(c *core.Chat, raw []byte, n int) (rest []byte, f *core.Fault) {
	var m chatMessage
	i := c.Begin(core.User)
	turn := &c.Turns[i]
	rest = m.read(&c.Tree, raw, &turn.More)
	role, ok := roleOf(quoted(m.role))
	if !ok {
		return nil, badMessage(n, "role", "it must be system, developer, user, assistant or tool")
	}
	turn.Role = role
	switch {
	case role == core.ToolRole:
		f = m.result(c, turn, n)
	case role == core.Assistant:
		m.assistant(&c.Tree, &turn.Shape, &turn.More)
		turn.Name = m.named(c, turn, m.callID)
	case m.content == nil:
		f = badMessage(n, "content", "it is missing")
	case !parseContent(&c.Tree, m.content, &turn.Shape):
		f = badMessage(n, "content", "it must be a string or an array")
	default:
		turn.Name = m.named(c, turn, m.callID)
		m.keepRest(c, turn)
	}
	if opens(m.cache) && len(c.Parts) > int(turn.From) {
		c.Parts[len(c.Parts)-1].Cache = cacheMark(m.cache)
	}
	c.End(i)
	return rest, f
}

// named returns the participant's name. An id of a call, which this kind of message does not have, is kept.
func (m *chatMessage) named(c *core.Chat, turn *core.Turn, id []byte) core.Text {
	if id != nil {
		c.Keep(&turn.More, keyCallID, id)
	}
	name := quoted(m.name)
	if m.name != nil && name == nil {
		c.Keep(&turn.More, keyName, m.name)
	}
	return name
}

// keepRest keeps the members that only messages of the model should have.
func (m *chatMessage) keepRest(c *core.Chat, turn *core.Turn) {
	for _, f := range [...]struct {
		key core.Text
		raw []byte
	}{{keyCalls, m.calls}, {keyFunction, m.function}, {keyRefusal, m.refusal}, {keyThinking, m.thinking},
		{keyReasoning, m.reasoning}, {keyDetails, m.details}, {keyAudio, m.audio}, {keyImages, m.images}} {
		if f.raw != nil {
			c.Keep(&turn.More, f.key, f.raw)
		}
	}
}

// result reads the message with the result of a call.
func (m *chatMessage) result(c *core.Chat, turn *core.Turn, n int) *core.Fault {
	p := core.Part{Kind: core.PartResult, ID: quoted(m.callID), Name: quoted(m.name)}
	if string(m.role) == `"function"` {
		if turn.Shape |= saidOld; p.Name == nil {
			return badMessage(n, "name", "a function's message must name it")
		}
		if p.ID == nil {
			p.ID = oldID(&c.Tree, p.Name)
		} else {
			c.Keep(&turn.More, keyCallID, m.callID)
		}
	} else if p.ID == nil {
		return badMessage(n, "tool_call_id", "a tool's message must say which call it answers")
	}
	m.keepRest(c, turn)
	at := c.Add(p)
	if m.content != nil && !parseContent(&c.Tree, m.content, &turn.Shape) {
		return badMessage(n, "content", "it must be a string or an array")
	}
	c.Close(at)
	return nil
}

// roleOf returns the role called word.
func roleOf(word core.Text) (r core.Role, ok bool) {
	switch string(word) {
	case "user":
		return core.User, true
	case "assistant":
		return core.Assistant, true
	case "system":
		return core.System, true
	case "developer":
		return core.Developer, true
	case "tool", "function":
		return core.ToolRole, true
	}
	return 0, false
}
