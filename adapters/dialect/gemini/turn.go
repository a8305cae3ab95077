package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// parseContents reads the turns of a conversation and returns the bytes after them.
func parseContents(c *core.Chat, tail []byte, ids *maker) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
		}
		if len(c.Turns) >= maxParts {
			return nil
		}
		if tail := w.Tail(); len(tail) > 0 && tail[0] == '{' {
			w.Resume(parseContent(c, tail, core.User, 0, ids))
			continue
		}
		if _, ok := w.Value(); !ok {
			return w.Rest()
		}
	}
}

// parseContent reads the content at the start of tail as one turn, or as several if it has results and other parts, and
// returns the bytes after it. role is used if the content has none.
func parseContent(c *core.Chat, tail []byte, role core.Role, shape uint16, ids *maker) (rest []byte) {
	first, from := len(c.Turns), len(c.Parts)
	c.Turns = append(c.Turns, core.Turn{Role: role, From: int32(from), Shape: shape})
	if text, ok := scan.Inside(tail); ok && shape&turnSystem != 0 {
		c.Add(core.Part{Text: text})
		rest = tail[len(tail):]
	} else {
		w := scan.Members(tail)
		for {
			key, ok := w.Key()
			if !ok {
				break
			}
			k := word(key)
			if tail := w.Tail(); k == kParts && len(tail) > 0 {
				w.Resume(parseParts(&c.Tree, tail, ids))
				continue
			}
			value, ok := w.Value()
			if k == kRole && shape&turnSystem == 0 {
				c.Turns[first].Role = roleOf(value, role)
			}
			if !ok {
				break
			}
		}
		rest = w.Rest()
	}
	raw := tail
	if rest != nil {
		raw = tail[:len(tail)-len(rest)]
	}
	c.Keep(&c.Turns[first].More, nil, raw)
	splitTurn(c, first)
	return rest
}

func roleOf(value []byte, role core.Role) core.Role {
	switch string(value) {
	case `"user"`, `"USER"`, `"function"`, `"tool"`:
		return core.User
	case `"model"`, `"MODEL"`, `"assistant"`:
		return core.Assistant
	case `"system"`:
		return core.System
	}
	return role
}

// splitTurn ends the turn at first, whose parts were just read. Results become turns of their own, as in the neutral form.
func splitTurn(c *core.Chat, first int) {
	i, role := int(c.Turns[first].From), c.Turns[first].Role
	at := first
	fresh := true // the turn has no parts yet
	n := 0
	for i < len(c.Parts) {
		want := role
		if c.Parts[i].Kind == core.PartResult {
			want = core.ToolRole
		}
		if fresh {
			c.Turns[at].Role = want
		} else if c.Turns[at].Role != want {
			c.Turns[at].To = int32(i)
			c.Turns = append(c.Turns, core.Turn{Role: want, From: int32(i), Shape: turnJoined | c.Turns[first].Shape&turnSystem})
			at = len(c.Turns) - 1
		}
		fresh = false
		if c.Parts[i].Shape&partLent == 0 {
			n++
		}
		i += 1 + int(c.Parts[i].Inner)
	}
	c.Turns[at].To = int32(len(c.Parts))
	c.Turns[first].Shape |= uint16(min(n, maxParts) << turnBits)
}

// nameResults sets the ids of results without one to those of their calls, which are matched by name, in order, among the calls
// of the last turn that has any.
func nameResults(c *core.Chat) {
	calls := core.Turn{}
	for t := range c.Turns {
		turn := c.Turns[t]
		if turn.Role == core.Assistant {
			if hasCall(c.Parts[turn.From:turn.To]) {
				calls = turn
			}
			continue
		}
		if turn.Role != core.ToolRole {
			continue
		}
		for i := turn.From; i < turn.To; i += 1 + c.Parts[i].Inner {
			if p := &c.Parts[i]; p.Kind == core.PartResult && len(p.ID) == 0 {
				p.ID = answered(c, calls, turn, i)
			}
		}
	}
}

func hasCall(parts []core.Part) bool {
	for i := range parts {
		if parts[i].Kind == core.PartCall {
			return true
		}
	}
	return false
}

// answered returns the id of the call for the result at i: the nth call of a name belongs to the nth result of that name.
func answered(c *core.Chat, calls, turn core.Turn, i int32) core.Text {
	name, before := c.Parts[i].Name, 0
	for k := turn.From; k < i; k += 1 + c.Parts[k].Inner {
		if string(c.Parts[k].Name) == string(name) {
			before++
		}
	}
	for k := calls.From; k < calls.To; k++ {
		if p := &c.Parts[k]; p.Kind == core.PartCall && string(p.Name) == string(name) {
			if before == 0 {
				return p.ID
			}
			before--
		}
	}
	ids := maker{n: int64(i) + 1<<20} // there is no such call
	return ids.make(&c.Tree)
}
