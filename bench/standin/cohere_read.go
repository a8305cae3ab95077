package standin

import "encoding/json"

const cohereMembers = " model messages tools strict_tools documents citation_options response_format safety_mode max_tokens stop_sequences temperature seed " +
	"frequency_penalty presence_penalty k p logprobs tool_choice thinking priority stream raw_prompting "

// readCohere reads a request for the chat of version 2.
func readCohere(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	if name, ok := unknown(d, cohereMembers); ok {
		return &refusal{status: 422, message: "unknown field: parameter '" + name + "' is not a valid field"}
	}
	q.stream, _ = d["stream"].(bool)
	for _, s := range list(d["stop_sequences"]) {
		q.stops = append(q.stops, text(s))
	}
	q.thinks = text(at(d, "thinking", "type")) == "enabled"
	for _, v := range list(d["tools"]) {
		fn := object(object(v)["function"])
		if !named(text(fn["name"])) || object(fn["parameters"]) == nil {
			return invalid("", "invalid request: tools: function %q must have a name and parameters", text(fn["name"]))
		}
		if name, ok := unknown(fn, " name description parameters "); ok {
			return &refusal{status: 422, message: "unknown field: parameter 'tools.function." + name + "' is not a valid field"}
		}
		q.tools = append(q.tools, tool{text(fn["name"]), fn["parameters"]})
	}
	switch c := text(d["tool_choice"]); {
	case d["tool_choice"] == nil:
	case c == "NONE":
		q.choice = "none"
	case c == "REQUIRED" && len(q.tools) > 0:
		q.choice = "any"
	default:
		return invalid("", "invalid request: tool_choice must be REQUIRED or NONE, with tools")
	}
	f := object(d["response_format"])
	q.json = text(f["type"]) == "json_object"
	if q.schema = f["json_schema"]; q.schema == nil {
		q.schema = f["schema"]
	}
	if q.schema != nil && (!q.json || kind(object(q.schema)) != "object" || len(list(object(q.schema)["required"])) == 0) {
		return invalid("", "invalid request: response_format.json_schema must be an object with at least one required field, with type json_object")
	}
	if q.json && len(q.tools) > 0 {
		return invalid("", "invalid request: response_format is not supported with tools")
	}
	return cohereMessages(list(d["messages"]), q)
}

func cohereMessages(messages []any, q *asked) *refusal {
	if len(messages) == 0 {
		return invalid("", "invalid request: messages must not be empty")
	}
	open := map[string]bool{}
	for i, v := range messages {
		m := object(v)
		role := text(m["role"])
		if role != "tool" && len(open) > 0 {
			return invalid("", "invalid request: tool calls must be followed by their results: messages[%d]", i)
		}
		switch role {
		case "system":
		case "user":
			q.results, q.files = nil, nil
			if m["content"] == nil || m["content"] == "" {
				return invalid("", "invalid request: all elements in messages must have a content: messages[%d]", i)
			}
			for _, p := range list(m["content"]) {
				if f := cohereContent(object(p), q); f != nil {
					return f
				}
			}
		case "assistant":
			q.results = nil
			if f := cohereCalls(m, open, q); f != nil {
				return f
			}
		case "tool":
			id := text(m["tool_call_id"])
			if !open[id] {
				return invalid("", "invalid request: tool_call_id %q was not called: messages[%d]", id, i)
			}
			delete(open, id)
			q.results = append(q.results, flat(m["content"]))
		default:
			return invalid("", "invalid request: messages[%d].role must be one of user, assistant, system, tool", i)
		}
	}
	if len(open) > 0 {
		return invalid("", "invalid request: tool calls must be followed by their results")
	}
	return nil
}

func cohereCalls(m doc, open map[string]bool, q *asked) *refusal {
	calls := list(m["tool_calls"])
	if len(calls) == 0 && (m["content"] == nil || m["content"] == "") {
		return invalid("", "invalid request: an assistant message must have content or tool_calls")
	}
	for _, p := range list(m["content"]) {
		if k := text(object(p)["type"]); k != "text" && k != "thinking" {
			return invalid("", "invalid request: content type %q in an assistant message", k)
		}
	}
	for _, v := range calls {
		c := object(v)
		id, args := text(c["id"]), text(at(c, "function", "arguments"))
		if id == "" || open[id] || !json.Valid([]byte(args)) || text(c["type"]) != "function" {
			return invalid("", "invalid request: tool_calls: id %q, arguments %q", id, args)
		}
		open[id] = true
		q.calls++
	}
	return nil
}

func cohereContent(p doc, q *asked) *refusal {
	switch k := text(p["type"]); k {
	case "text", "document":
		return nil
	case "image_url":
		return q.urlFile("image", text(at(p, "image_url", "url")))
	default:
		return invalid("", "invalid request: content type %q is not supported", k)
	}
}
