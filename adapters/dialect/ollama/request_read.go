package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseRequest is the codec's ParseRequest for /api/chat:
// https://docs.ollama.com/api/chat
func parseRequest(c *core.Chat, b []byte) *core.Fault {
	c.From, c.Op, c.Usage, c.Stream = &self, core.OpChat, true, true
	asked := false
	w := scan.Members(b)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		var f *core.Fault
		if tail := w.Tail(); string(key) == "messages" && len(tail) > 0 && tail[0] == '[' {
			var rest []byte
			if rest, f = parseMessages(c, tail); f == nil && rest != nil {
				asked = true
				w.Resume(rest)
				continue
			}
		}
		value, _ := w.Value()
		switch {
		case f != nil:
			return f
		case len(value) == 0:
		case value[0] == 'n':
			null(c, key, value)
		case string(key) == "messages":
			return body.Invalid("messages", "cannot read messages: it must be an array", "")
		default:
			f = parseMember(c, key, value)
		}
		if f != nil {
			return f
		}
	}
	if !asked && c.Shape&1 == 0 {
		return body.Invalid("messages", "cannot read messages: there are none", "")
	}
	return nil
}

// parseMember reads a top-level member that chat and generate have in common.
func parseMember(c *core.Chat, key, value []byte) *core.Fault {
	switch string(key) {
	case "model":
		if c.Model = inside(value); c.Model == nil {
			return body.Invalid("model", "cannot read model: it must be a string", "")
		}
	case "stream":
		v, ok := scan.Bool(value)
		if !ok {
			return body.Invalid("stream", "cannot read stream: it must be true or false", "")
		}
		c.Stream, c.Shape = v, c.Shape|chatStream
	case "tools":
		return parseTools(c, value)
	case "options":
		return parseOptions(c, value)
	case "format":
		parseFormat(c, key, value)
	case "think":
		parseThink(c, key, value)
	case "logprobs":
		v, ok := scan.Bool(value)
		if !ok {
			return body.Invalid("logprobs", "cannot read logprobs: it must be true or false", "")
		}
		c.Logprobs = core.Of(v)
	case "top_logprobs":
		c.TopLogprobs = value
	default:
		c.Keep(&c.More, key, value)
	}
	return nil
}

// parseFormat reads format: "json" or a schema.
func parseFormat(c *core.Chat, key, raw []byte) {
	switch {
	case string(raw) == `""`:
		c.Shape |= chatNoFormat
	case string(raw) == `"json"`:
		c.Format = core.FormatJSON
	case raw[0] == '{':
		c.Format, c.Schema = core.FormatSchema, raw
	default:
		c.Keep(&c.More, key, raw)
		c.Shape |= chatRawFormat
	}
}

// parseThink reads think: a boolean, or an effort.
func parseThink(c *core.Chat, key, raw []byte) {
	switch v, isBool := scan.Bool(raw); {
	case isBool && v:
		c.Budget = core.BudgetAuto
	case isBool:
		c.Budget = 0
	case scan.IsString(raw) && len(raw) > 2:
		c.Effort = inside(raw)
	default:
		c.Keep(&c.More, key, raw)
		c.Shape |= chatRawThink
	}
}

// parseOptions reads options. Those that no other format has become extras, called options.name.
func parseOptions(c *core.Chat, raw []byte) *core.Fault {
	if raw[0] != '{' {
		return body.Invalid("options", "cannot read options: it must be an object", "")
	}
	c.Shape |= chatOptions
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if at := option(c, key); at != nil && value[0] != 'n' {
			if v := value[0]; v != '-' && v-'0' > 9 {
				return body.Invalid("options."+string(key), "cannot read options."+string(key)+": it must be a number", "")
			}
			if at != &c.MaxTokens || value[0] != '-' { // -1 and -2 mean no limit
				*at = value
				continue
			}
		} else if string(key) == "stop" && parseStops(c, value) {
			continue
		}
		c.Keep(&c.More, c.Took(append(append(c.Room(), optionsDot...), key...)), value)
	}
}

// option returns where to store the option key, nil for unknown ones.
func option(c *core.Chat, key []byte) *[]byte {
	switch string(key) {
	case "num_predict":
		return &c.MaxTokens
	case "temperature":
		return &c.Temperature
	case "top_p":
		return &c.TopP
	case "top_k":
		return &c.TopK
	case "seed":
		return &c.Seed
	case "frequency_penalty":
		return &c.FrequencyPenalty
	case "presence_penalty":
		return &c.PresencePenalty
	}
	return nil
}

func parseStops(c *core.Chat, raw []byte) bool {
	if text, ok := scan.Inside(raw); ok {
		c.Stop, c.Shape = append(c.Stop, text), c.Shape|chatStopText
		return true
	}
	n := len(c.Stop)
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		text, isText := scan.Inside(value)
		if !isText {
			c.Stop = c.Stop[:n]
			return false
		}
		c.Stop = append(c.Stop, text)
	}
	if len(c.Stop) == 0 && raw[0] == '[' {
		c.Shape |= chatNoStops
	}
	return raw[0] == '['
}
