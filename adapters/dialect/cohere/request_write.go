package cohere

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// An asked is a request being written.
type asked struct {
	c    *core.Chat
	own  bool // it was read from this format
	face *core.Face

	calls, results int // number of calls and results without an id so far
}

// appendRequest is the codec's AppendRequest.
func appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	a := asked{c: c, own: c.From == &self, face: s.Face}
	if f := a.refuse(); f != nil {
		return dst, f
	}
	c.DropMarks()
	at := len(dst)
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	switch {
	case s.Stream:
		dst = append(dst, `,"stream":true`...)
	case c.Shape&chatStreamNo != 0 && a.own:
		dst = append(dst, `,"stream":false`...)
	}
	dst, f := a.messages(dst)
	if f != nil {
		return dst, f
	}
	if dst, f = a.documents(dst); f != nil {
		return dst, f
	}
	if dst, f = a.tools(dst); f != nil {
		return dst, f
	}
	dst = a.format(dst)
	dst = a.thinking(dst)
	dst = a.numbers(dst)
	if a.own {
		dst = appendNulls(dst, c)
		dst = appendExtras(dst, &c.Tree, c.More)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// refuse returns the Fault for a feature that Cohere does not have and that the answer depends on. Others are recorded
// as dropped.
func (a *asked) refuse() *core.Fault {
	c := a.c
	if a.own {
		return nil
	}
	if n, ok := scan.Int(c.N); c.N != nil && (!ok || n != 1) {
		return body.Invalid("n", "cannot ask Cohere for n answers: it gives one to a request", "set n to 1 or leave it out")
	}
	if n, ok := scan.Int(c.TopLogprobs); c.TopLogprobs != nil && (!ok || n != 0) {
		return body.Invalid("top_logprobs", "cannot ask Cohere for top_logprobs: it tells the probabilities of the chosen tokens only",
			"ask for logprobs without top_logprobs")
	}
	if c.Previous != nil {
		return body.Invalid("previous_response_id", "cannot continue from a stored response: Cohere keeps no conversations",
			"send the whole conversation as input")
	}
	if len(c.Stop) > maxStops {
		return body.Invalid("stop", "cannot send "+strconv.Itoa(len(c.Stop))+" stop sequences to Cohere: it takes "+strconv.Itoa(maxStops)+" at most", "send fewer")
	}
	for _, m := range c.Modes {
		if string(m) != "text" {
			return body.Invalid("modalities", "cannot ask Cohere for "+string(m)+": its chat models answer with text", `set modalities to ["text"]`)
		}
	}
	a.drops()
	return nil
}

// drops records what is left out.
func (a *asked) drops() {
	c := a.c
	for _, d := range [...]struct {
		said bool
		name string
	}{
		{c.LogitBias != nil, "logit_bias"}, {c.User != nil, "user"}, {c.Tier != nil, "service_tier"},
		{c.CacheKey != nil, "prompt_cache_key"}, {c.Metadata != nil, "metadata"}, {c.Store != core.Unsaid, "store"},
		{c.Verbose != nil, "verbosity"}, {c.Summary != nil, "reasoning.summary"},
		{c.Parallel == core.No, "parallel_tool_calls"},
		{c.FormatNote != nil, "response_format.json_schema.description"},
	} {
		if d.said {
			c.Drop(d.name)
		}
	}
	c.DropExtras()
	c.DropParts()
}

// format appends response_format.
func (a *asked) format(dst []byte) []byte {
	c := a.c
	if a.own && c.Shape&chatRawFormat != 0 {
		return dst
	}
	switch c.Format {
	case core.FormatText:
		if a.own {
			dst = append(dst, `,"response_format":{"type":"text"}`...)
		}
	case core.FormatJSON:
		dst = append(dst, `,"response_format":{"type":"json_object"}`...)
	case core.FormatSchema:
		if a.face != nil && a.face.Quirks&core.QuirkNoSchema != 0 {
			return append(dst, `,"response_format":{"type":"json_object"}`...)
		}
		dst = append(dst, `,"response_format":{"type":"json_object",`...)
		if a.own && c.Shape&chatOldSchema != 0 {
			dst = append(dst, `"schema":`...)
		} else {
			dst = append(dst, `"json_schema":`...)
		}
		dst = append(append(dst, c.Schema...), '}')
	}
	return dst
}

// thinking appends thinking, from a budget or from an effort.
func (a *asked) thinking(dst []byte) []byte {
	c := a.c
	if a.own && c.Shape&chatRawThinking != 0 {
		return dst
	}
	budget := c.Budget
	if budget == core.BudgetUnset {
		if c.Effort == nil {
			return dst
		}
		budget = budgetOf(c)
	}
	switch {
	case budget == 0:
		return append(dst, `,"thinking":{"type":"disabled"}`...)
	case budget < 0:
		return append(dst, `,"thinking":{"type":"enabled"}`...)
	}
	dst = append(dst, `,"thinking":{"type":"enabled","token_budget":`...)
	return append(scan.AppendInt(dst, budget), '}')
}

// budgetOf returns the budget in tokens for an effort, at most four fifths of the answer. This is a convention, as
// Cohere has only budgets.
func budgetOf(c *core.Chat) int64 {
	n := int64(core.BudgetAuto)
	switch string(c.Effort) {
	case "none":
		return 0
	case "minimal":
		n = 1024
	case "low":
		n = 2048
	case "medium":
		n = 8192
	case "high":
		n = 16384
	case "xhigh", "max":
		n = 32768
	}
	if limit, ok := scan.Int(c.MaxTokens); ok && limit > 1 && n > limit/5*4 {
		n = max(limit/5*4, 1)
	}
	return n
}

// numbers appends the settings that are numbers.
func (a *asked) numbers(dst []byte) []byte {
	c := a.c
	for _, n := range [...]struct {
		name, key string // name: the client's member, recorded as dropped if its value is changed; "": it is not recorded
		raw       []byte
		low, high string // bounds that Cohere documents; "": none
	}{
		{"", `,"max_tokens":`, c.MaxTokens, "", ""},
		{"temperature", `,"temperature":`, c.Temperature, "0", "1"},
		{"", `,"p":`, c.TopP, "0.01", "0.99"},
		{"top_k", `,"k":`, c.TopK, "0", "500"},
		{"seed", `,"seed":`, c.Seed, "0", ""},
		{"frequency_penalty", `,"frequency_penalty":`, c.FrequencyPenalty, "0", "1"},
		{"presence_penalty", `,"presence_penalty":`, c.PresencePenalty, "0", "1"},
	} {
		if n.raw == nil {
			continue
		}
		dst = append(dst, n.key...)
		bound := ""
		if !a.own {
			bound = passed(n.raw, n.low, n.high)
		}
		if bound == "" {
			dst = append(dst, n.raw...)
			continue
		}
		if dst = append(dst, bound...); n.name != "" {
			c.Drop(n.name)
		}
	}
	if len(c.Stop) > 0 {
		dst = append(dst, `,"stop_sequences":[`...)
		for i, s := range c.Stop {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = scan.AppendQuoted(dst, s)
		}
		dst = append(dst, ']')
	} else if a.own && c.Shape&chatNoStops != 0 {
		dst = append(dst, `,"stop_sequences":[]`...)
	}
	switch {
	case c.Logprobs == core.Yes:
		dst = append(dst, `,"logprobs":true`...)
	case c.Logprobs == core.No && a.own:
		dst = append(dst, `,"logprobs":false`...)
	}
	return dst
}

// passed returns the bound that the number raw exceeds; "": none.
func passed(raw []byte, low, high string) string {
	if low == "" && high == "" {
		return ""
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil:
	case low != "" && v < number(low):
		return low
	case high != "" && v > number(high):
		return high
	}
	return ""
}

func number(bound string) float64 {
	v, _ := strconv.ParseFloat(bound, 64)
	return v
}
