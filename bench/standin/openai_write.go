package standin

import "fmt"

const created = 1780000000

func openaiEnd(a *answer) string {
	return map[string]string{"stop": "stop", "length": "length", "tool": "tool_calls", "sequence": "stop", "refuse": "stop"}[a.end]
}

func openaiUsage(u usage) obj {
	return obj{"prompt_tokens", u.in, "completion_tokens", u.out, "total_tokens", u.in + u.out,
		"prompt_tokens_details", obj{"cached_tokens", u.cached, "audio_tokens", 0},
		"completion_tokens_details", obj{"reasoning_tokens", u.thought, "audio_tokens", 0, "accepted_prediction_tokens", 0, "rejected_prediction_tokens", 0}}
}

func openaiCall(c call) obj {
	return obj{"id", fmt.Sprintf("call_si%06d", c.n), "type", "function", "function", obj{"name", c.name, "arguments", string(c.args)}}
}

// wholeOpenAI writes a chat.completion. Chat Completions does not show the reasoning of OpenAI's own models;
// compatible servers do, in reasoning_content.
func wholeOpenAI(ex *exchange, a *answer) []byte {
	m := obj{"role", "assistant", "content", any(a.whole()), "refusal", nil, "annotations", []any{}}
	switch {
	case a.end == "refuse":
		m = obj{"role", "assistant", "content", nil, "refusal", a.whole(), "annotations", []any{}}
	case a.end == "tool":
		calls := []any{}
		for _, c := range a.calls {
			calls = append(calls, openaiCall(c))
		}
		m = obj{"role", "assistant", "content", nil, "tool_calls", calls, "refusal", nil, "annotations", []any{}}
	case a.cite:
		m[7] = []any{openaiCitation()}
	}
	if a.think != "" {
		m = append(m, "reasoning_content", a.think)
	}
	choices := []any{}
	for i := range max(1, ex.q.n) {
		choices = append(choices, obj{"index", i, "message", m, "logprobs", nil, "finish_reason", openaiEnd(a)})
	}
	return encode(obj{"id", "chatcmpl-standin", "object", "chat.completion", "created", created, "model", ex.q.model,
		"choices", choices, "usage", openaiUsage(a.usage), "service_tier", "default", "system_fingerprint", "fp_standin"})
}

func openaiCitation() obj {
	return obj{"type", "url_citation", "url_citation", obj{"start_index", 0, "end_index", len([]rune(citeText)), "title", citeTitle, "url", citeURL}}
}

// eventsOpenAI writes chunks.
func eventsOpenAI(ex *exchange, a *answer) [][]byte {
	var out [][]byte
	chunk := func(choices []any, usage any) {
		o := obj{"id", "chatcmpl-standin", "object", "chat.completion.chunk", "created", created, "model", ex.q.model,
			"service_tier", "default", "system_fingerprint", "fp_standin", "choices", choices, "usage", unless(!ex.q.usage, usage), "obfuscation", "aB3"}
		out = append(out, fmt.Appendf(nil, "data: %s\n\n", encode(o)))
	}
	for i := range max(1, ex.q.n) {
		delta := func(d obj, end any) {
			chunk([]any{obj{"index", i, "delta", d, "logprobs", nil, "finish_reason", end}}, nil)
		}
		openaiDeltas(a, delta)
	}
	if ex.q.usage {
		chunk([]any{}, openaiUsage(a.usage))
	}
	return append(out, []byte("data: [DONE]\n\n"))
}

func openaiDeltas(a *answer, delta func(d obj, end any)) {
	if len(a.calls) > 0 {
		delta(obj{"role", "assistant", "content", nil, "refusal", nil}, nil)
	} else {
		delta(obj{"role", "assistant", "content", "", "refusal", nil}, nil)
	}
	if a.think != "" {
		for _, s := range thought {
			delta(obj{"reasoning_content", s}, nil)
		}
	}
	for _, s := range a.text {
		name := "content"
		if a.end == "refuse" {
			name = "refusal"
		}
		delta(obj{name, s}, nil)
	}
	if a.cite {
		delta(obj{"annotations", []any{openaiCitation()}}, nil)
	}
	for i, c := range a.calls {
		first := obj{"index", i, "id", openaiCall(c)[1], "type", "function", "function", obj{"name", c.name, "arguments", ""}}
		delta(obj{"tool_calls", []any{first}}, nil)
		for _, s := range halves(string(c.args)) {
			delta(obj{"tool_calls", []any{obj{"index", i, "function", obj{"arguments", s}}}}, nil)
		}
	}
	delta(obj{}, openaiEnd(a))
}

func brokenOpenAI() []byte {
	return fmt.Appendf(nil, "data: %s\n\n", encode(obj{"error", openaiError(fixed(503))}))
}

// readCompletion reads a request for the legacy Completions.
func readCompletion(ex *exchange) *refusal {
	ex.q.stream, _ = ex.d["stream"].(bool)
	ex.q.usage, _ = at(ex.d, "stream_options", "include_usage").(bool)
	if ex.d["prompt"] == nil {
		return invalid("prompt", "Missing required parameter: 'prompt'.")
	}
	return nil
}

func wholeCompletion(ex *exchange, a *answer) []byte {
	return encode(obj{"id", "cmpl-standin", "object", "text_completion", "created", created, "model", ex.q.model,
		"choices", []any{obj{"text", a.whole(), "index", 0, "logprobs", nil, "finish_reason", openaiEnd(a)}}, "usage", openaiUsage(a.usage)})
}

func eventsCompletion(ex *exchange, a *answer) (out [][]byte) {
	say := func(choices []any, usage any) {
		out = append(out, fmt.Appendf(nil, "data: %s\n\n", encode(obj{"id", "cmpl-standin", "object", "text_completion", "created", created,
			"choices", choices, "model", ex.q.model, "usage", unless(!ex.q.usage, usage)})))
	}
	for _, s := range a.text {
		say([]any{obj{"text", s, "index", 0, "logprobs", nil, "finish_reason", nil}}, nil)
	}
	say([]any{obj{"text", "", "index", 0, "logprobs", nil, "finish_reason", openaiEnd(a)}}, nil)
	if ex.q.usage {
		say([]any{}, openaiUsage(a.usage))
	}
	return append(out, []byte("data: [DONE]\n\n"))
}
