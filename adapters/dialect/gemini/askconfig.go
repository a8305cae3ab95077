package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendTools appends the members tools and toolConfig.
func appendTools(dst []byte, c *core.Chat) []byte {
	if len(c.Tools) == 0 {
		return dst
	}
	dst = append(dst, `,"tools":[{"functionDeclarations":[`...)
	for i := range c.Tools {
		dst = appendDeclaration(sep(dst), &c.Tools[i])
	}
	dst = append(dst, `]}]`...)
	if c.Choice == core.ChooseUnsaid {
		return dst
	}
	return appendToolConfig(append(dst, `,"toolConfig":`...), c)
}

// appendDeclaration appends a function. Its schema is written to the member that takes JSON Schema unchanged.
func appendDeclaration(dst []byte, t *core.Tool) []byte {
	dst = scan.AppendQuoted(append(dst, `{"name":`...), t.Name)
	if t.Note != nil {
		dst = scan.AppendQuoted(append(dst, `,"description":`...), t.Note)
	}
	if !scan.IsNull(t.Schema) {
		dst = append(append(dst, `,"parametersJsonSchema":`...), t.Schema...)
	}
	return append(dst, '}')
}

// appendToolConfig appends whether to call tools. An optional call of certain tools is VALIDATED, because AUTO has no
// names.
func appendToolConfig(dst []byte, c *core.Chat) []byte {
	mode := "AUTO"
	switch c.Choice {
	case core.ChooseNone:
		mode = "NONE"
	case core.ChooseAny, core.ChooseNamed:
		mode = "ANY"
	default:
		if len(c.Allowed) > 0 {
			mode = "VALIDATED"
		}
	}
	dst = append(append(append(dst, `{"functionCallingConfig":{"mode":"`...), mode...), '"')
	switch {
	case c.Choice == core.ChooseNamed:
		dst = scan.AppendQuoted(append(dst, `,"allowedFunctionNames":[`...), c.ChoiceName)
		dst = append(dst, ']')
	case len(c.Allowed) > 0 && c.Choice != core.ChooseNone:
		dst = append(appendTexts(append(dst, `,"allowedFunctionNames":[`...), c.Allowed), ']')
	}
	return append(dst, `}}`...)
}

func appendTexts(dst []byte, list []core.Text) []byte {
	for _, t := range list {
		dst = scan.AppendQuoted(sep(dst), t)
	}
	return dst
}

// appendConfig appends the member generationConfig unless it is empty.
func appendConfig(dst []byte, c *core.Chat, model []byte, gen generation) []byte {
	at := len(dst)
	dst = append(dst, `,"generationConfig":{`...)
	open := len(dst)
	dst = appendFigures(dst, c)
	if len(c.Stop) > 0 {
		dst = append(appendTexts(append(field(dst, "stopSequences"), '['), c.Stop), ']')
	}
	switch c.Format {
	case core.FormatJSON:
		dst = append(field(dst, "responseMimeType"), `"application/json"`...)
	case core.FormatSchema:
		dst = append(field(dst, "responseMimeType"), `"application/json"`...)
		if !scan.IsNull(c.Schema) {
			dst = append(field(dst, "responseJsonSchema"), c.Schema...)
		}
	}
	dst = appendModes(dst, c.Modes)
	if c.Logprobs == core.Yes {
		dst = append(field(dst, "responseLogprobs"), `true`...)
		if !scan.IsNull(c.TopLogprobs) {
			dst = append(field(dst, "logprobs"), c.TopLogprobs...)
		}
	}
	dst = appendThinking(dst, c, model, gen)
	if len(dst) == open {
		return dst[:at]
	}
	return append(dst, '}')
}

// appendFigures appends the numbers that are set.
func appendFigures(dst []byte, c *core.Chat) []byte {
	for k := kMaxOutputTokens; k <= kPresencePenalty; k++ {
		if at := figure(c, k); at != nil && !scan.IsNull(*at) {
			dst = append(field(dst, figureName(k)), *at...)
		}
	}
	return dst
}

func figureName(k known) string {
	switch k {
	case kMaxOutputTokens:
		return "maxOutputTokens"
	case kTemperature:
		return "temperature"
	case kTopP:
		return "topP"
	case kTopK:
		return "topK"
	case kCandidateCount:
		return "candidateCount"
	case kSeed:
		return "seed"
	case kFrequencyPenalty:
		return "frequencyPenalty"
	}
	return "presencePenalty"
}

// appendModes appends the modalities of the answer, unless that is only text.
func appendModes(dst []byte, modes []core.Text) []byte {
	if len(modes) == 0 || len(modes) == 1 && string(modes[0]) == "text" {
		return dst
	}
	dst = append(field(dst, "responseModalities"), '[')
	for _, m := range modes {
		dst = append(sep(dst), '"')
		for _, c := range m {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			dst = append(dst, c)
		}
		dst = append(dst, '"')
	}
	return append(dst, ']')
}
