package anthropic

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseRequest reads a request for messages, or for counting their tokens.
func (f family) parseRequest(c *core.Chat, raw []byte) *core.Fault {
	c.From, c.Op = f.api, core.OpChat
	c.Usage = true // every stream of this format has usage
	w := scan.Members(raw)
	for {
		key, more := w.Key()
		if !more {
			break
		}
		tail := w.Tail()
		if string(key) == "messages" {
			if !opens(tail, '[') {
				return unfit("messages", "an array")
			}
			rest, fault := messages(c, tail)
			if fault != nil {
				return fault
			}
			w.Resume(rest)
			continue
		}
		value, _ := w.Value()
		if value == nil {
			break
		}
		if fault := member(c, key, value); fault != nil {
			return fault
		}
	}
	return nil
}

// member reads one member of a request. One that is null is kept for the same family.
func member(c *core.Chat, key, value []byte) *core.Fault {
	if scan.IsNull(value) {
		c.Keep(&c.More, key, value)
		return nil
	}
	switch string(key) {
	case "model":
		c.Model, _ = scan.Inside(value)
	case "system":
		return system(c, value)
	case "max_tokens":
		return number(&c.MaxTokens, "max_tokens", value)
	case "temperature":
		return number(&c.Temperature, "temperature", value)
	case "top_p":
		return number(&c.TopP, "top_p", value)
	case "top_k":
		return number(&c.TopK, "top_k", value)
	case "stream":
		if c.Stream, _ = scan.Bool(value); !c.Stream {
			c.Shape |= chatNoStream
		}
	case "stop_sequences":
		return stops(c, value)
	case "service_tier":
		var ok bool
		if c.Tier, ok = scan.Inside(value); !ok {
			return unfit("service_tier", "a string")
		}
	case "tools":
		return tools(c, value)
	default:
		if object(c, key, value) {
			return nil
		}
		c.Keep(&c.More, key, value)
	}
	return nil
}

// object reads the members that are objects of settings. Those with unknown members are read and also kept
// whole.
func object(c *core.Chat, key, value []byte) bool {
	if !opens(value, '{') && string(key) != "mcp_servers" && string(key) != "container" {
		return false
	}
	switch string(key) {
	case "tool_choice":
		keep(c, toolChoice(c, value), chatRawChoice, key, value)
	case "thinking":
		keep(c, thinking(c, value), chatRawThinking, key, value)
	case "output_config":
		keep(c, outputConfig(c, value), chatRawOutput, key, value)
	case "output_format":
		c.Shape |= chatOutputFormat
		keep(c, schemaFormat(c, value), chatRawFormat, key, value)
	case "metadata":
		keep(c, metadata(c, value), chatRawMetadata, key, value)
	case "mcp_servers", "container":
		// The provider runs these itself: they are treated as hosted tools, which targets without them refuse.
		if string(value) == "[]" {
			return false
		}
		c.Tools = append(c.Tools, core.Tool{Type: key, Raw: value, Shape: toolTop})
	case "thread":
		// State held by the provider, for a new conversation or a continued one. If a target does not have it,
		// appendFault says so in the form that SDKs recognize.
		c.Previous = key
		return false
	default:
		return false
	}
	return true
}

// keep adds a member to the extras, and bit to the shape, unless it was read in full.
func keep(c *core.Chat, full bool, bit uint32, key, value []byte) {
	if !full {
		c.Keep(&c.More, key, value)
		c.Shape |= bit
	}
}

// number stores a number with its original spelling.
func number(to *[]byte, param string, value []byte) *core.Fault {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return unfit(param, "a number")
	}
	*to = value
	return nil
}

func stops(c *core.Chat, value []byte) *core.Fault {
	if !opens(value, '[') {
		return unfit("stop_sequences", "an array of strings")
	}
	w := scan.Elements(value)
	for {
		_, one, more := w.Next()
		if !more {
			break
		}
		text, ok := scan.Inside(one)
		if !ok {
			return unfit("stop_sequences", "an array of strings")
		}
		c.Stop = append(c.Stop, text)
	}
	if len(c.Stop) == 0 {
		c.Shape |= chatNoStops
	}
	return nil
}

// system reads the top-level system prompt, which is the first turn even if it comes later in the body.
func system(c *core.Chat, value []byte) *core.Fault {
	i := c.Begin(core.System)
	c.Turns[i].Shape = turnTop
	if text, ok := scan.Inside(value); ok {
		c.Turns[i].Shape |= turnString
		c.Add(core.Part{Text: text})
	} else if opens(value, '[') {
		w := scan.Elements(value)
		for n := 0; ; n++ {
			_, one, more := w.Next()
			if !more {
				break
			}
			if _, ok := block(&c.Tree, one); !ok {
				return unfit("system."+strconv.Itoa(n), "a content block with a type")
			}
		}
	} else {
		return unfit("system", "a string or an array of text blocks")
	}
	c.End(i)
	c.Lead(i)
	return nil
}

func unfit(param, want string) *core.Fault {
	return body.Invalid(param, "cannot read "+param+": it must be "+want, "")
}

// opens reports whether b begins with the bracket c.
func opens(b []byte, c byte) bool { return len(b) > 0 && b[0] == c }
