package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// figure returns the field of c for the number k in a generationConfig; nil: k is not a number.
func figure(c *core.Chat, k known) *[]byte {
	switch k {
	case kMaxOutputTokens:
		return &c.MaxTokens
	case kTemperature:
		return &c.Temperature
	case kTopP:
		return &c.TopP
	case kTopK:
		return &c.TopK
	case kCandidateCount:
		return &c.N
	case kSeed:
		return &c.Seed
	case kFrequencyPenalty:
		return &c.FrequencyPenalty
	case kPresencePenalty:
		return &c.PresencePenalty
	}
	return nil
}

// parseConfig reads a generationConfig.
func parseConfig(c *core.Chat, config []byte) {
	w := scan.Members(config)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		k := word(key)
		if scan.IsNull(value) {
			continue
		}
		if at := figure(c, k); at != nil {
			*at = number(value)
			continue
		}
		parseSetting(c, k, key, value)
	}
}

func parseSetting(c *core.Chat, k known, key, value []byte) {
	switch k {
	case kStopSequences:
		c.Stop = texts(c.Stop, value)
	case kResponseMimeType:
		switch string(value) {
		case `"application/json"`, `"text/x.enum"`:
			if c.Format != core.FormatSchema {
				c.Format = core.FormatJSON
			}
		case `"text/plain"`:
			if c.Format == core.FormatUnsaid {
				c.Format = core.FormatText
			}
		}
	case kResponseSchema:
		c.Format, c.Schema = core.FormatSchema, jsonSchema(&c.Tree, value)
	case kResponseJSONSchema:
		c.Format, c.Schema = core.FormatSchema, value
	case kResponseModalities:
		w := scan.Elements(value)
		for {
			_, one, ok := w.Next()
			if !ok {
				return
			}
			if text, ok := scan.Inside(one); ok {
				c.Modes = append(c.Modes, lower(&c.Tree, text))
			}
		}
	case kResponseLogprobs:
		if v, ok := scan.Bool(value); ok {
			c.Logprobs = core.Of(v)
		}
	case kLogprobs:
		c.TopLogprobs = number(value)
	case kThinkingConfig:
		parseThinking(c, value)
	default:
		c.Keep(&c.More, key, nil)
	}
}

func parseThinking(c *core.Chat, config []byte) {
	w := scan.Members(config)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch word(key) {
		case kThinkingBudget:
			if n, ok := scan.Int(number(value)); ok && n >= core.BudgetAuto {
				c.Budget = n
			}
		case kThinkingLevel:
			if text, ok := scan.Inside(value); ok && string(text) != "THINKING_LEVEL_UNSPECIFIED" {
				c.Effort = lower(&c.Tree, text)
			}
		case kIncludeThoughts:
			if v, ok := scan.Bool(value); ok {
				c.Shows = core.Of(v)
			}
		}
	}
}

// texts appends the strings in the array raw to list.
func texts(list []core.Text, raw []byte) []core.Text {
	w := scan.Elements(raw)
	for {
		_, one, ok := w.Next()
		if !ok {
			return list
		}
		if text, ok := scan.Inside(one); ok {
			list = append(list, text)
		}
	}
}

// lower returns text in lower case, in t's memory unless it is already.
func lower(t *core.Tree, text core.Text) core.Text {
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			room := t.Room()
			for _, c := range text {
				if 'A' <= c && c <= 'Z' {
					c |= 0x20
				}
				room = append(room, c)
			}
			return t.Took(room)
		}
	}
	return text
}

// parseToolConfig reads whether tools may or must be called.
func parseToolConfig(c *core.Chat, config []byte) {
	choice, names := choiceOf(config)
	c.Choice = choice
	c.Allowed = texts(c.Allowed[:0], names)
	if choice == core.ChooseAny && len(c.Allowed) == 1 {
		c.Choice, c.ChoiceName = core.ChooseNamed, c.Allowed[0]
		c.Allowed = c.Allowed[:0]
	}
}

// choiceOf reads a toolConfig: the choice and the raw list of the tools that may be called.
// The mode may be a word or its number in the protocol buffer.
func choiceOf(config []byte) (choice core.ToolChoice, names []byte) {
	_, calling := member(config, kFunctionCallingConfig)
	w := scan.Members(calling)
	for {
		key, value, ok := w.Next()
		if !ok {
			return choice, names
		}
		switch word(key) {
		case kMode:
			switch string(value) {
			case `"AUTO"`, `"VALIDATED"`, `1`, `4`, `"auto"`:
				choice = core.ChooseAuto
			case `"ANY"`, `2`, `"any"`:
				choice = core.ChooseAny
			case `"NONE"`, `3`, `"none"`:
				choice = core.ChooseNone
			}
		case kAllowedFunctionNames:
			names = value
		}
	}
}
