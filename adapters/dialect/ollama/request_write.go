package ollama

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// An asked is a request being written.
type asked struct {
	c    *core.Chat
	own  bool // it was read from this format
	face *core.Face
}

// appendRequest is the codec's AppendRequest for /api/chat.
func appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	a := asked{c: c, own: c.From == &self, face: s.Face}
	c.DropMarks()
	at := len(dst)
	dst, f := a.begin(dst, s)
	if f != nil {
		return dst, f
	}
	if dst, f = a.messages(dst); f != nil {
		return dst, f
	}
	if dst, f = a.tools(dst); f != nil {
		return dst, f
	}
	return body.Edit(a.end(dst), at, s.Face), nil
}

// begin appends the model and whether to stream, which is Ollama's default.
func (a *asked) begin(dst []byte, s *core.Send) ([]byte, *core.Fault) {
	if f := a.refuse(); f != nil {
		return dst, f
	}
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	switch {
	case !s.Stream:
		dst = append(dst, `,"stream":false`...)
	case !a.own || a.c.Shape&chatStream != 0:
		dst = append(dst, `,"stream":true`...)
	}
	return dst, nil
}

// end appends the settings of the answer.
func (a *asked) end(dst []byte) []byte {
	c := a.c
	dst = a.format(dst)
	dst = a.think(dst)
	switch {
	case c.Logprobs == core.Yes:
		dst = append(dst, `,"logprobs":true`...)
	case c.Logprobs == core.No && a.own:
		dst = append(dst, `,"logprobs":false`...)
	}
	if c.TopLogprobs != nil {
		dst = append(append(dst, `,"top_logprobs":`...), c.TopLogprobs...)
	}
	dst = a.options(dst)
	if a.own {
		dst = appendNulls(dst, c)
		dst = appendExtras(dst, &c.Tree, c.More, false)
	}
	return append(dst, '}')
}

// refuse returns the Fault for a feature that Ollama does not have and that the answer depends on. Others are recorded as
// dropped.
func (a *asked) refuse() *core.Fault {
	c := a.c
	if a.own {
		return nil
	}
	if n, ok := scan.Int(c.N); c.N != nil && (!ok || n != 1) {
		return body.Invalid("n", "cannot ask Ollama for n answers: it gives one to a request", "set n to 1 or leave it out")
	}
	if c.Previous != nil {
		return body.Invalid("previous_response_id", "cannot continue from a stored response: Ollama keeps no conversations", "send the whole conversation")
	}
	for _, m := range c.Modes {
		if string(m) != "text" {
			return body.Invalid("modalities", "cannot ask Ollama for "+string(m)+": it answers with text", `set modalities to ["text"]`)
		}
	}
	for _, d := range [...]struct {
		said bool
		name string
	}{
		{c.LogitBias != nil, "logit_bias"}, {c.User != nil, "user"}, {c.Tier != nil, "service_tier"},
		{c.CacheKey != nil, "prompt_cache_key"}, {c.Metadata != nil, "metadata"}, {c.Store != core.Unsaid, "store"},
		{c.Verbose != nil, "verbosity"}, {c.Summary != nil, "reasoning.summary"}, {c.Parallel == core.No, "parallel_tool_calls"},
		{len(c.Tools) > 0 && (c.Choice == core.ChooseAny || c.Choice == core.ChooseNamed), "tool_choice"},
		{c.FormatNote != nil, "response_format.json_schema.description"},
	} {
		if d.said {
			c.Drop(d.name)
		}
	}
	c.DropExtras()
	c.DropParts()
	return nil
}

func (a *asked) format(dst []byte) []byte {
	c := a.c
	switch {
	case a.own && c.Shape&chatRawFormat != 0:
	case a.own && c.Shape&chatNoFormat != 0:
		dst = append(dst, `,"format":""`...)
	case c.Format == core.FormatSchema && (a.face == nil || a.face.Quirks&core.QuirkNoSchema == 0):
		dst = append(append(dst, `,"format":`...), c.Schema...)
	case c.Format == core.FormatJSON, c.Format == core.FormatSchema:
		dst = append(dst, `,"format":"json"`...)
	}
	return dst
}

// think appends think: one of three efforts, or a boolean.
func (a *asked) think(dst []byte) []byte {
	c := a.c
	switch {
	case a.own && c.Shape&chatRawThink != 0:
	case c.Effort != nil:
		switch word := string(c.Effort); {
		case a.own:
			dst = scan.AppendQuoted(append(dst, `,"think":`...), c.Effort)
		case word == "none":
			dst = append(dst, `,"think":false`...)
		case word == "minimal":
			dst = append(dst, `,"think":"low"`...)
		case word == "xhigh" || word == "max":
			dst = append(dst, `,"think":"high"`...)
		case word == "low" || word == "medium" || word == "high":
			dst = scan.AppendQuoted(append(dst, `,"think":`...), c.Effort)
		default:
			dst = append(dst, `,"think":true`...)
		}
	case c.Budget == 0:
		dst = append(dst, `,"think":false`...)
	case c.Budget != core.BudgetUnset:
		dst = append(dst, `,"think":true`...)
	}
	return dst
}

// options appends options.
func (a *asked) options(dst []byte) []byte {
	c, at := a.c, len(dst)
	dst = append(dst, `,"options":{`...)
	mark := len(dst)
	for _, o := range [...]struct {
		key string
		raw []byte
	}{
		{"num_predict", c.MaxTokens}, {"temperature", c.Temperature}, {"top_p", c.TopP}, {"top_k", c.TopK}, {"seed", c.Seed},
		{"frequency_penalty", c.FrequencyPenalty}, {"presence_penalty", c.PresencePenalty},
	} {
		if o.raw != nil {
			dst = append(append(append(append(comma(dst), '"'), o.key...), `":`...), o.raw...)
		}
	}
	switch {
	case len(c.Stop) == 1 && a.own && c.Shape&chatStopText != 0:
		dst = scan.AppendQuoted(append(comma(dst), `"stop":`...), c.Stop[0])
	case len(c.Stop) > 0:
		dst = append(comma(dst), `"stop":[`...)
		for _, s := range c.Stop {
			dst = scan.AppendQuoted(comma(dst), s)
		}
		dst = append(dst, ']')
	case a.own && c.Shape&chatNoStops != 0:
		dst = append(comma(dst), `"stop":[]`...)
	}
	if a.own {
		dst = appendExtras(dst, &c.Tree, c.More, true)
	}
	if len(dst) == mark && (!a.own || c.Shape&chatOptions == 0) {
		return dst[:at]
	}
	return append(dst, '}')
}
