package standin

import "fmt"

func anthropicEnd(a *answer) string {
	return map[string]string{"stop": "end_turn", "length": "max_tokens", "tool": "tool_use", "sequence": "stop_sequence", "refuse": "refusal"}[a.end]
}

func anthropicUsage(u usage, out int) obj {
	return obj{"input_tokens", u.in - u.cached - u.written, "cache_creation_input_tokens", u.written, "cache_read_input_tokens", u.cached,
		"cache_creation", obj{"ephemeral_5m_input_tokens", u.written, "ephemeral_1h_input_tokens", 0}, "output_tokens", out, "service_tier", "standard"}
}

func toolUse(c call, input any) obj {
	return obj{"type", "tool_use", "id", fmt.Sprintf("toolu_si%06d", c.n), "name", c.name, "input", input}
}

func anthropicCitation() obj {
	return obj{"type", "web_search_result_location", "cited_text", citeText, "url", citeURL, "title", citeTitle, "encrypted_index", "c3RhbmRpbg=="}
}

// raw is JSON that is written unchanged.
type raw []byte

// MarshalJSON returns r.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

func anthropicMessage(ex *exchange, content []any, end, stop any, u obj) obj {
	return obj{"model", ex.q.model, "id", "msg_standin", "type", "message", "role", "assistant", "content", content, "stop_reason", end, "stop_sequence", stop, "usage", u}
}

func wholeAnthropic(ex *exchange, a *answer) []byte {
	content := []any{}
	if a.think != "" {
		content = append(content, obj{"type", "thinking", "thinking", a.think, "signature", signature("anthropic")})
	}
	switch {
	case a.cite:
		content = append(content, obj{"type", "text", "text", citeText, "citations", []any{anthropicCitation()}}, obj{"type", "text", "text", a.whole()[len(citeText):]})
	case len(a.text) > 0:
		content = append(content, obj{"type", "text", "text", a.whole()})
	}
	for _, c := range a.calls {
		content = append(content, toolUse(c, raw(c.args)))
	}
	return encode(anthropicMessage(ex, content, anthropicEnd(a), stopOf(a), anthropicFinal(a)))
}

func stopOf(a *answer) any {
	if a.end == "sequence" {
		return a.stop
	}
	return nil
}

func anthropicFinal(a *answer) obj {
	u := anthropicUsage(a.usage, a.usage.out)
	if a.usage.thought > 0 {
		u = append(u, "output_tokens_details", obj{"thinking_tokens", a.usage.thought})
	}
	return u
}

// messageEvents are the events of a stream, without framing.
func messageEvents(ex *exchange, a *answer) (out []obj) {
	index := 0
	block := func(start obj, deltas ...obj) {
		out = append(out, obj{"type", "content_block_start", "index", index, "content_block", start})
		if index == 0 {
			out = append(out, obj{"type", "ping"})
		}
		for _, d := range deltas {
			out = append(out, obj{"type", "content_block_delta", "index", index, "delta", d})
		}
		out = append(out, obj{"type", "content_block_stop", "index", index})
		index++
	}
	out = append(out, obj{"type", "message_start", "message", anthropicMessage(ex, []any{}, nil, nil, anthropicUsage(a.usage, 1))})
	if a.think != "" {
		deltas := []obj{}
		for _, s := range thought {
			deltas = append(deltas, obj{"type", "thinking_delta", "thinking", s})
		}
		block(obj{"type", "thinking", "thinking", "", "signature", ""}, append(deltas, obj{"type", "signature_delta", "signature", signature("anthropic")})...)
	}
	pieces := a.text
	if a.cite {
		block(obj{"type", "text", "text", "", "citations", []any{}}, obj{"type", "citations_delta", "citation", anthropicCitation()}, obj{"type", "text_delta", "text", citeText})
		pieces = []string{a.whole()[len(citeText):]}
	}
	if len(pieces) > 0 {
		deltas := []obj{}
		for _, s := range pieces {
			deltas = append(deltas, obj{"type", "text_delta", "text", s})
		}
		block(obj{"type", "text", "text", ""}, deltas...)
	}
	for _, c := range a.calls {
		deltas := []obj{{"type", "input_json_delta", "partial_json", ""}}
		for _, s := range halves(string(c.args)) {
			deltas = append(deltas, obj{"type", "input_json_delta", "partial_json", s})
		}
		block(toolUse(c, obj{}), deltas...)
	}
	return append(out, obj{"type", "message_delta", "delta", obj{"stop_reason", anthropicEnd(a), "stop_sequence", stopOf(a)}, "usage", anthropicFinal(a)},
		obj{"type", "message_stop"})
}

// eventsAnthropic writes events, with blanks after the JSON as the vendor does.
func eventsAnthropic(ex *exchange, a *answer) (out [][]byte) {
	for i, e := range messageEvents(ex, a) {
		b := encode(e)
		out = append(out, fmt.Appendf(nil, "event: %s\ndata: %s%*s}\n\n", e[1], b[:len(b)-1], i%5, ""))
	}
	return out
}

func brokenAnthropic() []byte {
	return fmt.Appendf(nil, "event: error\ndata: %s\n\n", encode(obj{"type", "error", "error", obj{"type", "overloaded_error", "message", "Overloaded"}}))
}
