package standin

const anthropicMembers = " model messages max_tokens system tools tool_choice thinking output_config output_format stop_sequences temperature top_p top_k metadata " +
	"service_tier mcp_servers container context_management stream cache_control inference_geo speed betas "

// readAnthropic reads a request for Messages.
func readAnthropic(ex *exchange) *refusal {
	if name, ok := unknown(ex.d, anthropicMembers); ok {
		return invalid(name, "%s: Extra inputs are not permitted", name)
	}
	ex.q.stream, _ = ex.d["stream"].(bool)
	return anthropicBody(ex.d, &ex.q)
}

// readVertex reads Messages in the variant of rawPredict.
func readVertex(ex *exchange) *refusal {
	if text(ex.d["anthropic_version"]) != "vertex-2023-10-16" || ex.d["model"] != nil {
		return invalid("anthropic_version", "anthropic_version: must be vertex-2023-10-16, and model must not be given")
	}
	delete(ex.d, "anthropic_version")
	delete(ex.d, "anthropic_beta")
	return readAnthropic(ex)
}

// readInvoke reads Messages in the variant of InvokeModel.
func readInvoke(ex *exchange) *refusal {
	if text(ex.d["anthropic_version"]) == "" { // bedrock-2023-05-31, or a later date as Anthropic's own SDK sends
		return invalid("anthropic_version", "Malformed input request: #: required key [anthropic_version] not found")
	}
	for _, name := range []string{"model", "stream"} {
		if ex.d[name] != nil {
			return invalid(name, "Malformed input request: #: extraneous key [%s] is not permitted, please reformat your input and try again.", name)
		}
	}
	delete(ex.d, "anthropic_version")
	delete(ex.d, "anthropic_beta")
	if name, ok := unknown(ex.d, anthropicMembers); ok {
		return invalid(name, "%s: Extra inputs are not permitted", name)
	}
	return anthropicBody(ex.d, &ex.q)
}

func anthropicBody(d doc, q *asked) *refusal {
	limit, _ := d["max_tokens"].(float64)
	if limit < 1 {
		return invalid("max_tokens", "max_tokens: Field required")
	}
	if t, ok := d["temperature"].(float64); ok && (t < 0 || t > 1) {
		return invalid("temperature", "temperature: range: 0..1")
	}
	for _, s := range list(d["stop_sequences"]) {
		q.stops = append(q.stops, text(s))
	}
	if f := anthropicThinking(d, limit, q); f != nil {
		return f
	}
	if f := anthropicTools(d, q); f != nil {
		return f
	}
	if s := at(d, "output_config", "format", "schema"); s != nil {
		q.schema = s
	} else if s := at(d, "output_format", "schema"); s != nil {
		q.schema = s
	}
	for _, v := range list(d["system"]) {
		if text(object(v)["type"]) != "text" || text(object(v)["text"]) == "" {
			return invalid("system", "system: text content blocks must be non-empty")
		}
	}
	return anthropicMessages(list(d["messages"]), q)
}

func anthropicThinking(d doc, limit float64, q *asked) *refusal {
	switch kind := text(at(d, "thinking", "type")); kind {
	case "", "disabled":
		return nil
	case "adaptive":
	case "enabled":
		b, _ := at(d, "thinking", "budget_tokens").(float64)
		if b < 1024 || b >= limit {
			return invalid("thinking", "thinking.enabled.budget_tokens: %v must be at least 1024 and less than max_tokens (%v)", b, limit)
		}
	default:
		return invalid("thinking", "thinking: Input tag '%s' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'", kind)
	}
	q.thinks = true
	if t, ok := d["temperature"].(float64); ok && t != 1 {
		return invalid("temperature", "`temperature` may only be set to 1 when thinking is enabled.")
	}
	if c := text(at(d, "tool_choice", "type")); c == "any" || c == "tool" {
		return invalid("tool_choice", "Thinking may not be enabled when tool_choice forces tool use.")
	}
	return nil
}

func anthropicTools(d doc, q *asked) *refusal {
	for _, v := range list(d["tools"]) {
		t := object(v)
		if kind := text(t["type"]); kind != "" && kind != "custom" {
			continue // the vendor's own tools are not called here
		}
		if !named(text(t["name"])) || text(at(t, "input_schema", "type")) != "object" {
			return invalid("tools", "tools.0.custom: name %q, input_schema.type: Field required", text(t["name"]))
		}
		if name, ok := unknown(t, " type name description input_schema strict cache_control defer_loading allowed_callers input_examples eager_input_streaming "); ok {
			return invalid("tools", "tools.0.custom.%s: Extra inputs are not permitted", name)
		}
		q.tools = append(q.tools, tool{text(t["name"]), t["input_schema"]})
	}
	c := object(d["tool_choice"])
	if c == nil {
		return nil
	}
	if len(list(d["tools"])) == 0 {
		return invalid("tool_choice", "tool_choice may only be specified while providing tools.")
	}
	q.one = c["disable_parallel_tool_use"] == true
	switch text(c["type"]) {
	case "auto":
	case "any", "none":
		q.choice = text(c["type"])
	case "tool":
		return choose(q, doc{"name": c["name"]})
	default:
		return invalid("tool_choice", "tool_choice: Input tag '%s' found using 'type' does not match any of the expected tags", text(c["type"]))
	}
	return nil
}

// anthropicMessages checks a conversation: turns of one role are joined, and results come first in the turn
// after their calls.
func anthropicMessages(messages []any, q *asked) *refusal {
	if len(messages) == 0 {
		return invalid("messages", "messages: at least one message is required")
	}
	var turn []any
	var open map[string]bool
	for i, v := range messages {
		m := object(v)
		role := text(m["role"])
		if role != "user" && role != "assistant" {
			return invalid("messages", "messages.%d.role: Input should be 'user' or 'assistant'", i)
		}
		if i == 0 && role != "user" {
			return invalid("messages", "messages: first message must use the \"user\" role")
		}
		blocks, ok := anthropicBlocks(m["content"])
		if !ok {
			return invalid("messages", "messages.%d: all messages must have non-empty content except for the optional final assistant message", i)
		}
		turn = append(turn, blocks...)
		if i+1 < len(messages) && text(object(messages[i+1])["role"]) == role {
			continue
		}
		var f *refusal
		if role == "user" {
			f = anthropicUser(turn, open, q)
			open = nil
		} else {
			open, f = anthropicAssistant(turn, q)
		}
		if f != nil {
			return f
		}
		turn = nil
	}
	if len(open) > 0 {
		return invalid("messages", "messages: `tool_use` ids were found without `tool_result` blocks immediately after")
	}
	return nil
}

func anthropicBlocks(content any) ([]any, bool) {
	if s, ok := content.(string); ok {
		return []any{doc{"type": "text", "text": s}}, s != ""
	}
	return list(content), len(list(content)) > 0
}

func anthropicUser(turn []any, open map[string]bool, q *asked) *refusal {
	q.results, q.files = nil, nil
	other := false
	for _, v := range turn {
		b := object(v)
		if text(b["type"]) != "tool_result" {
			other = true
			if f := anthropicContent(b, q); f != nil {
				return f
			}
			continue
		}
		id := text(b["tool_use_id"])
		if !open[id] {
			return invalid("messages", "messages: unexpected `tool_use_id` found in `tool_result` blocks: %s. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", id)
		}
		if other {
			return invalid("messages", "messages: `tool_result` blocks must come before other content")
		}
		delete(open, id)
		for _, p := range list(b["content"]) {
			if f := anthropicContent(object(p), q); f != nil {
				return f
			}
		}
		q.results = append(q.results, flat(b["content"]))
	}
	for id := range open {
		return invalid("messages", "messages: `tool_use` ids were found without `tool_result` blocks immediately after: %s.", id)
	}
	return nil
}

func anthropicContent(b doc, q *asked) *refusal {
	switch kind := text(b["type"]); kind {
	case "text":
		if text(b["text"]) == "" {
			return invalid("messages", "messages: text content blocks must be non-empty")
		}
	case "image", "document":
		s := object(b["source"])
		switch text(s["type"]) {
		case "base64":
			return q.base64File(text(s["media_type"]), text(s["data"]))
		case "url":
			return q.urlFile(kind, text(s["url"]))
		case "text":
			q.files = append(q.files, file{kind: "text/plain", data: []byte(text(s["data"]))})
		case "file", "content":
		default:
			return invalid("messages", "messages: source: Input tag '%s' does not match any of the expected tags", text(s["type"]))
		}
	case "search_result", "container_upload", "tool_reference", "mid_conv_system":
	default:
		return invalid("messages", "messages: Input tag '%s' found using 'type' does not match any of the expected tags", kind)
	}
	return nil
}

func anthropicAssistant(turn []any, q *asked) (open map[string]bool, f *refusal) {
	open = map[string]bool{}
	q.results = nil
	for i, v := range turn {
		b := object(v)
		switch text(b["type"]) {
		case "text", "redacted_thinking", "server_tool_use", "compaction":
		case "thinking":
			if text(b["signature"]) != signature("anthropic") {
				return nil, invalid("messages", "messages.%d: Invalid `signature` in `thinking` block", i)
			}
		case "tool_use":
			id := text(b["id"])
			if !named(id) || open[id] || object(b["input"]) == nil {
				return nil, invalid("messages", "messages: tool_use: id %q and input: Input should be a valid dictionary", id)
			}
			if first := text(object(turn[0])["type"]); q.thinks && first != "thinking" && first != "redacted_thinking" {
				return nil, invalid("messages", "messages: Expected `thinking` or `redacted_thinking`, but found `%s`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.", first)
			}
			open[id] = true
			q.calls++
		default:
			if kind := text(b["type"]); len(kind) < 7 || kind[len(kind)-7:] != "_result" {
				return nil, invalid("messages", "messages: Input tag '%s' found using 'type' does not match any of the expected tags", kind)
			}
		}
	}
	return open, nil
}
