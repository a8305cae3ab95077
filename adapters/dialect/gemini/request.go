package gemini

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// How the form keeps the original request, so that the same dialect can write it again:
//
//   - Chat.More: unknown top-level members, and, without a value, the names of settings in
//     generationConfig that the form does not have.
//   - Chat.Shape: the head of another chain of extras, which are not listed as dropped:
//     the raw generationConfig, toolConfig, model, and tools without a tool.
//   - Turn.More, Part.More: the raw object, in an extra without a key.
//   - Tool.More: the raw declaration without a key and, of the first in an object of tools,
//     that object by an empty one.
const (
	turnJoined = 1 << iota // the turn is part of the same content as the one before it
	turnSystem             // the turn is systemInstruction
	turnBits   = iota      // above them: the number of parts of the content, up to scan.MaxKeys
)

const (
	partLent = 1 << iota // the signature of the part before it, in whose object it was
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
	if max(len(c.Parts), len(c.Turns), len(c.Tools)) >= maxParts {
		return body.Invalid("contents", "cannot take more than "+strconv.Itoa(maxParts)+" parts, turns or tools", "send a shorter conversation")
	}
	if w.Rest() == nil {
		return body.Invalid("", "cannot read the request body: it is no JSON object", "send one JSON object (RFC 8259) in UTF-8")
	}
	if ids.pieces {
		joinCalls(c)
	}
	nameResults(c)
	return nil
}

// parseLong reads the long members, directly and without finding their end first.
func parseLong(c *core.Chat, k known, key, tail []byte, ids *maker) (rest []byte, ok bool) {
	n := len(c.Tools)
	switch {
	case k == kSystemInstruction && tail[0] == '{':
		i := len(c.Turns)
		rest = parseContent(c, tail, core.System, turnSystem, ids)
		c.Lead(i)
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
		i := len(c.Turns)
		parseContent(c, value, core.System, turnSystem, ids)
		c.Lead(i)
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
		// State held by the provider, without which other targets must refuse the request.
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

// hidden returns the first member called k of that chain. It must not be called for another family's form, whose Shape is
// not a chain.
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
