package standin

import "fmt"

func converseEnd(a *answer) string {
	return map[string]string{"stop": "end_turn", "length": "max_tokens", "tool": "tool_use", "sequence": "stop_sequence", "refuse": "content_filtered"}[a.end]
}

func converseUsage(u usage) obj {
	return obj{"inputTokens", u.in - u.cached - u.written, "outputTokens", u.out, "totalTokens", u.in + u.out,
		"cacheReadInputTokens", u.cached, "cacheWriteInputTokens", u.written, "serverToolUsage", obj{}}
}

func converseCall(c call) obj {
	return obj{"toolUseId", fmt.Sprintf("tooluse_si%06d", c.n), "name", c.name}
}

func converseCitation() obj {
	return obj{"title", citeTitle, "location", obj{"web", obj{"url", citeURL}}, "sourceContent", []any{obj{"text", citeText}}}
}

func wholeConverse(ex *exchange, a *answer) []byte {
	content := []any{}
	if a.think != "" {
		content = append(content, obj{"reasoningContent", obj{"reasoningText", obj{"text", a.think, "signature", a.sign}}})
	}
	switch {
	case a.cite:
		content = append(content, obj{"citationsContent", obj{"content", []any{obj{"text", citeText}}, "citations", []any{converseCitation()}}}, obj{"text", a.whole()[len(citeText):]})
	case len(a.text) > 0:
		content = append(content, obj{"text", a.whole()})
	}
	for _, c := range a.calls {
		content = append(content, obj{"toolUse", append(converseCall(c), "input", raw(c.args))})
	}
	return encode(obj{"metrics", obj{"latencyMs", 100}, "output", obj{"message", obj{"content", content, "role", "assistant"}},
		"stopReason", converseEnd(a), "usage", converseUsage(a.usage)})
}

func eventsConverse(ex *exchange, a *answer) (out [][]byte) {
	index := 0
	say := func(kind string, o obj) { out = append(out, event(kind, o)) }
	delta := func(d obj) { say("contentBlockDelta", obj{"contentBlockIndex", index, "delta", d}) }
	ends := func() {
		say("contentBlockStop", obj{"contentBlockIndex", index})
		index++
	}
	say("messageStart", obj{"role", "assistant"})
	if a.think != "" {
		for _, s := range thought {
			delta(obj{"reasoningContent", obj{"text", s}})
		}
		delta(obj{"reasoningContent", obj{"signature", a.sign}})
		ends()
	}
	pieces := a.text
	if a.cite {
		delta(obj{"text", citeText})
		delta(obj{"citation", converseCitation()})
		ends()
		pieces = []string{a.whole()[len(citeText):]}
	}
	for _, s := range pieces {
		delta(obj{"text", s})
	}
	if len(pieces) > 0 {
		ends()
	}
	for _, c := range a.calls {
		say("contentBlockStart", obj{"contentBlockIndex", index, "start", obj{"toolUse", converseCall(c)}})
		for _, s := range halves(string(c.args)) {
			delta(obj{"toolUse", obj{"input", s}})
		}
		ends()
	}
	say("messageStop", obj{"stopReason", converseEnd(a)})
	say("metadata", obj{"metrics", obj{"latencyMs", 100}, "usage", converseUsage(a.usage)})
	return out
}

func brokenConverse() []byte {
	return exception("serviceUnavailableException", fixed(503).message)
}
