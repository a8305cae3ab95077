package anthropic

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// messages reads the array at the start of raw and returns the bytes after it.
func messages(c *core.Chat, raw []byte) (rest []byte, fault *core.Fault) {
	w := scan.Elements(raw)
	for n := 0; ; n++ {
		if _, more := w.Key(); !more {
			return w.Rest(), nil
		}
		if rest, fault = message(c, w.Tail(), n); fault != nil {
			return nil, fault
		}
		w.Resume(rest)
	}
}

// message reads one message. It becomes one turn, or several if it has results of tools and other blocks,
// which the neutral form separates.
func message(c *core.Chat, raw []byte, n int) (rest []byte, fault *core.Fault) {
	where := "messages."
	if !opens(raw, '{') {
		return nil, unfit(where+strconv.Itoa(n), "an object")
	}
	var role []byte
	var more int32
	first := len(c.Turns)
	w := scan.Members(raw)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if string(key) == "content" && opens(w.Tail(), '[') && len(c.Turns) == first {
			rest, ok := content(c, w.Tail())
			if !ok {
				return nil, unfit(where+strconv.Itoa(n)+".content", "a string or an array of content blocks, each with a type")
			}
			w.Resume(rest)
			continue
		}
		value, _ := w.Value()
		if value == nil {
			break
		}
		switch string(key) {
		case "role":
			role = value
		case "content":
			text, ok := scan.Inside(value)
			if !ok {
				return nil, unfit(where+strconv.Itoa(n)+".content", "a string or an array of content blocks, each with a type")
			}
			i := c.Begin(core.User)
			c.Turns[i].Shape = turnString
			c.Add(core.Part{Text: text})
			c.End(i)
		default:
			c.Keep(&more, key, value)
		}
	}
	if len(c.Turns) == first {
		return nil, body.Invalid(where+strconv.Itoa(n)+".content", "cannot read message "+strconv.Itoa(n)+": it has no content", "")
	}
	c.Turns[first].More = more
	return w.Rest(), speak(c.Turns[first:], role, n)
}

// content reads the blocks of a message into turns.
func content(c *core.Chat, raw []byte) (rest []byte, ok bool) {
	turn := c.Begin(core.User)
	w := scan.Elements(raw)
	for {
		if _, more := w.Key(); !more {
			break
		}
		at := len(c.Parts)
		rest, ok := block(&c.Tree, w.Tail())
		if !ok {
			return nil, false
		}
		w.Resume(rest)
		role := core.User
		if c.Parts[at].Kind == core.PartResult {
			role = core.ToolRole
		}
		if t := &c.Turns[turn]; int(t.From) == at {
			t.Role = role
		} else if t.Role != role {
			t.To = int32(at)
			turn = c.Begin(role)
			c.Turns[turn].From, c.Turns[turn].Shape = int32(at), turnJoined
		}
	}
	c.End(turn)
	return w.Rest(), true
}

// speak sets the role of the turns of one message.
func speak(turns []core.Turn, role []byte, n int) *core.Fault {
	as := core.User
	switch string(role) {
	case `"user"`:
		return nil
	case `"assistant"`:
		as = core.Assistant
	case `"system"`: // a beta: in the middle of the conversation
		as = core.System
	default:
		return unfit("messages."+strconv.Itoa(n)+".role", `"user", "assistant" or "system"`)
	}
	for i := range turns {
		if turns[i].Role == core.ToolRole {
			return body.Invalid("messages."+strconv.Itoa(n), "cannot take a tool_result in message "+strconv.Itoa(n)+": only the user's messages hold results", "")
		}
		turns[i].Role = as
	}
	return nil
}
