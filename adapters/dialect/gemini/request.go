package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// How the form keeps what a request looked like, for the same dialect to write it again:
//
//   - Chat.More: top-level members that are not known here, and the names of settings in
//     generationConfig that have no place in the form, without a value.
//   - Chat.Shape: the head of another chain of extras, hidden from who lists the dropped
//     ones: the raw generationConfig, toolConfig, model, and tools without a tool.
//   - Turn.More, Part.More: the raw object, in an extra without a key.
//   - Tool.More: the raw declaration without a key and, of the first in an object of tools,
//     that object by an empty one.
const (
	turnJoined = 1 << iota // the turn is of the same content as the one before it
	turnSystem             // the turn is systemInstruction
	turnBits   = iota      // above them: how many parts the content has; scan.MaxKeys fit
)

const (
	partLent = 1 << iota // the signature of the part before: it stands in that one's object
)

const (
	toolJoined = 1 << iota // the tool is in the same object as the one before it
)

// parseRequest is the codec's ParseRequest.
func parseRequest(c *core.Chat, doc []byte) *core.Fault {
	c.From, c.Op = &api, core.OpChat
	if f := parseMembers(c, doc); f != nil {
		return f
	}
	if len(c.Turns) == 0 {
		return body.Invalid("contents", "cannot answer a request without contents", `send "contents" with at least one turn`)
	}
	return nil
}

func parseMembers(c *core.Chat, doc []byte) *core.Fault {
	w := scan.Members(doc)
	ids := maker{}
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		k := word(key)
		if tail := w.Tail(); k == kContents && len(tail) > 0 && tail[0] == '[' {
			w.Resume(parseContents(c, tail, &ids))
			continue
		} else if (k == kSystemInstruction || k == kTools) && len(tail) > 0 {
			if rest, ok := parseLong(c, k, key, tail, &ids); ok {
				w.Resume(rest)
				continue
			}
		}
		value, ok := w.Value()
		if len(value) > 0 {
			if f := parseMember(c, k, key, value, &ids); f != nil {
				return f
			}
		}
		if !ok {
			break
		}
	}
	if w.Rest() == nil {
		return body.Invalid("", "cannot read the request body: it is no JSON object", "send one JSON object (RFC 8259) in UTF-8")
	}
	nameResults(c)
	return nil
}

// parseLong reads what is long and need not be walked over before it is read.
func parseLong(c *core.Chat, k known, key, tail []byte, ids *maker) (rest []byte, ok bool) {
	n := len(c.Tools)
	switch {
	case k == kSystemInstruction && tail[0] == '{':
		rest = parseContent(c, tail, core.System, turnSystem, ids)
	case k == kTools && tail[0] == '[':
		rest = parseTools(c, tail)
	default:
		return nil, false
	}
	if rest != nil && (k != kTools || len(c.Tools) == n) {
		hide(c, key, tail[:len(tail)-len(rest)])
	}
	return rest, true
}

func parseMember(c *core.Chat, k known, key, value []byte, ids *maker) *core.Fault {
	switch k {
	case kContents:
		if value[0] != '{' {
			return body.Invalid("contents", "cannot read contents: it must be an array of objects with role and parts", "")
		}
		parseContent(c, value, core.User, 0, ids)
		hide(c, key, value)
	case kSystemInstruction:
		parseContent(c, value, core.System, turnSystem, ids)
		hide(c, key, value)
	case kTools:
		hide(c, key, value)
	case kToolConfig:
		parseToolConfig(c, value)
		hide(c, key, value)
	case kGenerationConfig:
		parseConfig(c, value)
		hide(c, key, value)
	case kModel:
		if text, ok := scan.Inside(value); ok {
			c.Model = text
		}
		hide(c, key, value)
	case kCachedContent:
		// What others must refuse to do without: a state that the provider holds.
		if text, ok := scan.Inside(value); ok && len(text) > 0 {
			c.Previous = text
			hide(c, key, value)
			return nil
		}
		c.Keep(&c.More, key, value)
	default:
		c.Keep(&c.More, key, value)
	}
	return nil
}

// hide keeps a member in the chain at c.Shape.
func hide(c *core.Chat, key, value []byte) {
	more := int32(c.Shape)
	c.Keep(&more, key, value)
	c.Shape = uint32(more)
}

// hidden is the first member of that chain that is called k. Another family's Shape is
// no chain.
func hidden(c *core.Chat, k known) (key, value []byte) {
	if c.From != &api {
		return nil, nil
	}
	for n := int32(c.Shape); n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); word(e.Key) == k {
			return e.Key, e.Value
		}
	}
	return nil, nil
}

// parseContents reads the turns of a conversation and returns what follows them.
func parseContents(c *core.Chat, tail []byte, ids *maker) (rest []byte) {
	w := scan.Elements(tail)
	for {
		if _, ok := w.Key(); !ok {
			return w.Rest()
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

// parseContent reads the content at the start of tail as one turn, or as several when
// results stand beside other parts, and returns what follows it. role is who speaks if it
// does not say.
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

// splitTurn ends the turn at first, whose parts were just read: those that are results
// become turns of their own, since in the form they are.
func splitTurn(c *core.Chat, first int) {
	i, role := int(c.Turns[first].From), c.Turns[first].Role
	at := first
	fresh := true // the turn at at has no parts yet
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
	c.Turns[first].Shape |= uint16(min(n, 1<<(16-turnBits)-1) << turnBits)
}

// nameResults gives the results that came without an id that of the call they answer:
// by name, in order, among the calls of the last turn that has any.
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

// answered is the id of the call that the result at i answers: as many calls of its name
// come before it as results of that name in its turn.
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
	ids := maker{n: int64(i) + 1<<20} // the answer to nothing that is known
	return ids.make(&c.Tree)
}
