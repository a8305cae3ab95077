package cohere

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseRequest is the codec's ParseRequest:
// https://docs.cohere.com/reference/chat
func parseRequest(c *core.Chat, b []byte) *core.Fault {
	c.From, c.Op = &self, core.OpChat
	var documents []byte
	asked := false
	w := scan.Members(b)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		var rest []byte
		var f *core.Fault
		switch tail := w.Tail(); {
		case len(tail) == 0 || tail[0] == 'n':
		case string(key) == "messages":
			asked = true
			rest, f = parseMessages(c, tail)
		case string(key) == "tools":
			rest, f = parseTools(c, tail)
		}
		if rest != nil {
			w.Resume(rest)
			continue
		}
		value, _ := w.Value()
		switch {
		case f != nil:
			return f
		case len(value) == 0:
		case value[0] == 'n':
			null(c, key, value)
		case string(key) == "documents":
			documents = value
		case string(key) == "stop_sequences":
			f = parseStops(c, value)
		default:
			f = parseOption(c, key, value)
		}
		if f != nil {
			return f
		}
	}
	if !asked {
		return body.Invalid("messages", "cannot read messages: it must be an array", "")
	}
	return complete(c, documents)
}

// complete adds what a request says of others of its members.
func complete(c *core.Chat, documents []byte) *core.Fault {
	if documents != nil {
		if f := parseDocuments(c, documents); f != nil {
			return f
		}
	}
	if c.Shape&chatStrict != 0 {
		for i := range c.Tools {
			c.Tools[i].Strict = core.Yes
		}
	}
	c.Usage = true // its streams always have usage
	return nil
}

// parseOption reads the settings of the answer.
func parseOption(c *core.Chat, key, value []byte) *core.Fault {
	switch string(key) {
	case "model":
		if c.Model = inside(value); c.Model == nil {
			return body.Invalid("model", "cannot read model: it must be a string", "")
		}
	case "stream":
		if v, ok := scan.Bool(value); !ok {
			return body.Invalid("stream", "cannot read stream: it must be true or false", "")
		} else if c.Stream = v; !v {
			c.Shape |= chatStreamNo
		}
	case "logprobs":
		v, ok := scan.Bool(value)
		if !ok {
			return body.Invalid("logprobs", "cannot read logprobs: it must be true or false", "")
		}
		c.Logprobs = core.Of(v)
	case "strict_tools":
		if v, ok := scan.Bool(value); !ok {
			return body.Invalid("strict_tools", "cannot read strict_tools: it must be true or false", "")
		} else if v {
			c.Shape |= chatStrict
		} else {
			c.Shape |= chatStrictNo
		}
	case "tool_choice":
		switch string(value) {
		case `"REQUIRED"`:
			c.Choice = core.ChooseAny
		case `"NONE"`:
			c.Choice = core.ChooseNone
		default:
			c.Keep(&c.More, key, value)
		}
	case "response_format":
		parseFormat(c, key, value)
	case "thinking":
		parseThinking(c, key, value)
	default:
		return parseNumber(c, key, value)
	}
	return nil
}

// parseNumber reads the members that are numbers, and keeps the unknown ones.
func parseNumber(c *core.Chat, key, value []byte) *core.Fault {
	var at *[]byte
	switch string(key) {
	case "max_tokens":
		at = &c.MaxTokens
	case "temperature":
		at = &c.Temperature
	case "seed":
		at = &c.Seed
	case "frequency_penalty":
		at = &c.FrequencyPenalty
	case "presence_penalty":
		at = &c.PresencePenalty
	case "k":
		at = &c.TopK
	case "p":
		at = &c.TopP
	default:
		c.Keep(&c.More, key, value)
		return nil
	}
	if v := value[0]; v != '-' && v-'0' > 9 {
		return body.Invalid(string(key), "cannot read "+string(key)+": it must be a number", "")
	}
	*at = value
	return nil
}

func parseStops(c *core.Chat, raw []byte) *core.Fault {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			break
		}
		text, isText := scan.Inside(value)
		if !isText {
			return body.Invalid("stop_sequences", "cannot read stop_sequences: it must be an array of strings", "")
		}
		c.Stop = append(c.Stop, text)
	}
	if raw[0] != '[' {
		return body.Invalid("stop_sequences", "cannot read stop_sequences: it must be an array of strings", "")
	}
	if len(c.Stop) == 0 {
		c.Shape |= chatNoStops
	}
	return nil
}

// parseFormat reads response_format. One with more than the neutral form holds is also kept whole.
func parseFormat(c *core.Chat, key, raw []byte) {
	known := true
	w := scan.Members(raw)
	for {
		name, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(name) {
		case "type":
			switch string(value) {
			case `"text"`:
				c.Format = core.FormatText
			case `"json_object"`:
				c.Format = core.FormatJSON
			default:
				known = false
			}
		case "json_schema", "schema":
			if c.Schema != nil || value[0] != '{' {
				known = false
				continue
			}
			c.Schema = value
			if string(name) == "schema" { // the former name of json_schema
				c.Shape |= chatOldSchema
			}
		default:
			known = false
		}
	}
	if c.Schema != nil && c.Format == core.FormatJSON {
		c.Format = core.FormatSchema
	} else if c.Schema != nil {
		known = false
	}
	if !known || c.Format == core.FormatUnsaid {
		c.Keep(&c.More, key, raw)
		c.Shape |= chatRawFormat
	}
}

// parseThinking reads thinking {type, token_budget}.
func parseThinking(c *core.Chat, key, raw []byte) {
	known, on, off := true, false, false
	budget := int64(core.BudgetAuto)
	w := scan.Members(raw)
	for {
		name, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(name) {
		case "type":
			on, off = string(value) == `"enabled"`, string(value) == `"disabled"`
		case "token_budget":
			if n, isInt := scan.Int(value); isInt && n > 0 {
				budget = n
			} else {
				known = false
			}
		default:
			known = false
		}
	}
	switch {
	case on:
		c.Budget, c.Shows = budget, core.Yes // in this format it is always shown
	case off:
		c.Budget = 0
		known = known && budget == core.BudgetAuto
	default:
		known = false
	}
	if !known {
		c.Keep(&c.More, key, raw)
		c.Shape |= chatRawThinking
	}
}
