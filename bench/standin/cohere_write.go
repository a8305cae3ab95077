package standin

import "fmt"

func cohereEnd(a *answer) string {
	return map[string]string{"stop": "COMPLETE", "length": "MAX_TOKENS", "tool": "TOOL_CALL", "sequence": "STOP_SEQUENCE", "refuse": "ERROR_TOXIC"}[a.end]
}

func cohereUsage(u usage) obj {
	return obj{"billed_units", obj{"input_tokens", u.in - 10, "output_tokens", u.out}, "tokens", obj{"input_tokens", u.in, "output_tokens", u.out,
		"reasoning_tokens", unless(u.thought == 0, u.thought)}, "cached_tokens", u.cached}
}

func cohereCall(c call, args string) obj {
	return obj{"id", fmt.Sprintf("%s_si%06d", c.name, c.n), "type", "function", "function", obj{"name", c.name, "arguments", args}}
}

func cohereCitation() obj {
	return obj{"start", 0, "end", len([]rune(citeText)), "text", citeText, "type", "TEXT_CONTENT",
		"sources", []any{obj{"type", "document", "id", "doc:0", "document", obj{"id", "doc:0", "title", citeTitle, "url", citeURL}}}}
}

func wholeCohere(ex *exchange, a *answer) []byte {
	content, m := []any{}, obj{"role", "assistant"}
	if a.think != "" {
		content = append(content, obj{"type", "thinking", "thinking", a.think})
	}
	if len(a.text) > 0 {
		content = append(content, obj{"type", "text", "text", a.whole()})
	}
	if len(content) > 0 {
		m = append(m, "content", content)
	}
	if len(a.calls) > 0 {
		calls := []any{}
		for _, c := range a.calls {
			calls = append(calls, cohereCall(c, string(c.args)))
		}
		m = append(m, "tool_plan", unless(a.think != "", "I will ask the tool."), "tool_calls", calls)
	}
	if a.cite {
		m = append(m, "citations", []any{cohereCitation()})
	}
	return encode(obj{"id", "00000000-0000-4000-8000-000000000001", "message", m, "finish_reason", cohereEnd(a), "usage", cohereUsage(a.usage)})
}

func eventsCohere(ex *exchange, a *answer) (out [][]byte) {
	say := func(kind string, members ...any) {
		out = append(out, fmt.Appendf(nil, "event: %s\ndata: %s\n\n", kind, encode(append(obj{"type", kind}, members...))))
	}
	within := func(o obj) obj { return obj{"message", o} }
	index := 0
	block := func(kind string, pieces []string) {
		say("content-start", "index", index, "delta", within(obj{"content", obj{"type", kind, kind, ""}}))
		for _, s := range pieces {
			say("content-delta", "index", index, "delta", within(obj{"content", obj{kind, s}}))
		}
		if a.cite && kind == "text" {
			say("citation-start", "index", 0, "delta", within(obj{"citations", cohereCitation()}))
			say("citation-end", "index", 0)
		}
		say("content-end", "index", index)
		index++
	}
	say("message-start", "id", "00000000-0000-4000-8000-000000000001",
		"delta", within(obj{"role", "assistant", "content", []any{}, "tool_plan", "", "tool_calls", []any{}, "citations", []any{}}))
	if a.think != "" {
		block("thinking", thought[:])
	}
	if len(a.text) > 0 {
		block("text", a.text)
	}
	if len(a.calls) > 0 && a.think == "" {
		for _, s := range []string{"I will ", "ask the tool."} {
			say("tool-plan-delta", "delta", within(obj{"tool_plan", s}))
		}
	}
	for i, c := range a.calls {
		say("tool-call-start", "index", i, "delta", within(obj{"tool_calls", cohereCall(c, "")}))
		for _, s := range halves(string(c.args)) {
			say("tool-call-delta", "index", i, "delta", within(obj{"tool_calls", obj{"function", obj{"arguments", s}}}))
		}
		say("tool-call-end", "index", i)
	}
	say("message-end", "delta", obj{"finish_reason", cohereEnd(a), "usage", cohereUsage(a.usage)})
	return append(out, []byte("data: [DONE]\n\n"))
}

func brokenCohere() []byte {
	return fmt.Appendf(nil, "event: message-end\ndata: %s\n\n", encode(obj{"type", "message-end", "delta", obj{"finish_reason", "ERROR", "error", fixed(503).message}}))
}
