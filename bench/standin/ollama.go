package standin

// readOllama reads a request for /api/chat. Answers are streams by default.
func readOllama(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	q.stream = d["stream"] != false
	q.thinks = d["think"] != nil && d["think"] != false
	for _, s := range list(at(d, "options", "stop")) {
		q.stops = append(q.stops, text(s))
	}
	q.json = d["format"] == "json"
	if s := object(d["format"]); s != nil {
		q.schema = s
	}
	for _, v := range list(d["tools"]) {
		fn := object(object(v)["function"])
		if text(fn["name"]) == "" {
			return invalid("", "invalid tool: no name")
		}
		q.tools = append(q.tools, tool{text(fn["name"]), fn["parameters"]})
	}
	for _, v := range list(d["messages"]) {
		m := object(v)
		if _, ok := m["content"].(string); !ok && m["content"] != nil {
			return invalid("", "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string")
		}
		switch text(m["role"]) {
		case "system":
		case "user":
			q.results, q.files = nil, nil
			for _, s := range list(m["images"]) {
				if f := q.base64File("image", text(s)); f != nil {
					return f
				}
			}
		case "assistant":
			q.results = nil
			for _, c := range list(m["tool_calls"]) {
				if object(at(object(c), "function", "arguments")) == nil {
					return invalid("", "json: cannot unmarshal string into Go struct field ToolCallFunction.arguments of type map[string]any")
				}
				q.calls++
			}
		case "tool":
			q.results = append(q.results, flat(m["content"]))
		default:
			return invalid("", "invalid role: %s", text(m["role"]))
		}
	}
	return nil
}

func ollamaLine(ex *exchange, m obj, a *answer) obj {
	o := obj{"model", ex.q.model, "created_at", "2026-06-01T00:00:00.000000001Z", "message", append(obj{"role", "assistant"}, m...), "done", a != nil}
	if a == nil {
		return o
	}
	end := "stop"
	if a.end == "length" {
		end = "length"
	}
	return append(o, "done_reason", end, "total_duration", 1000000, "load_duration", 1000, "prompt_eval_count", a.usage.in,
		"prompt_eval_duration", 1000, "eval_count", a.usage.out, "eval_duration", 1000)
}

func ollamaCalls(a *answer) []any {
	calls := []any{}
	for i, c := range a.calls {
		calls = append(calls, obj{"function", obj{"index", i, "name", c.name, "arguments", raw(c.args)}})
	}
	return calls
}

func wholeOllama(ex *exchange, a *answer) []byte {
	return encode(ollamaLine(ex, obj{"content", a.whole(), "thinking", unless(a.think == "", a.think), "tool_calls", unless(len(a.calls) == 0, ollamaCalls(a))}, a))
}

func eventsOllama(ex *exchange, a *answer) (out [][]byte) {
	say := func(o obj) { out = append(out, append(encode(o), '\n')) }
	if a.think != "" {
		for _, s := range thought {
			say(ollamaLine(ex, obj{"content", "", "thinking", s}, nil))
		}
	}
	for _, s := range a.text {
		say(ollamaLine(ex, obj{"content", s}, nil))
	}
	if len(a.calls) > 0 {
		say(ollamaLine(ex, obj{"content", "", "tool_calls", ollamaCalls(a)}, nil))
	}
	say(ollamaLine(ex, obj{"content", ""}, a))
	return out
}

func brokenOllama() []byte { return append(encode(obj{"error", fixed(503).message}), '\n') }
