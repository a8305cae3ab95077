package standin

import "encoding/json"

const openaiMembers = " model messages tools tool_choice parallel_tool_calls response_format max_tokens max_completion_tokens reasoning_effort verbosity n stop seed " +
	"logprobs top_logprobs logit_bias temperature top_p presence_penalty frequency_penalty user safety_identifier store metadata service_tier prediction " +
	"modalities audio web_search_options prompt_cache_key prompt_cache_retention prompt_cache_options moderation stream stream_options functions function_call " +
	// members that compatible servers have
	"reasoning thinking top_k min_p repetition_penalty random_seed safe_prompt prompt_mode reasoning_format include_reasoning provider usage extra_body " +
	"chat_template_kwargs structured_outputs "

// readOpenAI reads a request for Chat Completions.
func readOpenAI(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	if name, ok := unknown(d, openaiMembers); ok {
		return &refusal{status: 400, param: name, code: "unknown_parameter", message: "Unrecognized request argument supplied: " + name}
	}
	q.stream, _ = d["stream"].(bool)
	q.usage, _ = at(d, "stream_options", "include_usage").(bool)
	if d["stream_options"] != nil && !q.stream {
		return invalid("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	if n, ok := d["n"].(float64); ok {
		q.n = int(n)
	}
	q.thinks = d["reasoning_effort"] != nil && d["reasoning_effort"] != "none" || d["reasoning"] != nil
	if one, ok := d["parallel_tool_calls"].(bool); ok {
		q.one = !one
	}
	if s := text(d["stop"]); s != "" {
		q.stops = []string{s}
	}
	for _, s := range list(d["stop"]) {
		q.stops = append(q.stops, text(s))
	}
	if f := openaiTools(d, q); f != nil {
		return f
	}
	if f := openaiFormat(object(d["response_format"]), q); f != nil {
		return f
	}
	return openaiMessages(list(d["messages"]), q)
}

func openaiTools(d doc, q *asked) *refusal {
	for i, v := range list(d["tools"]) {
		t := object(v)
		fn := object(t["function"])
		if text(t["type"]) == "custom" {
			fn = object(t["custom"])
		}
		if !named(text(fn["name"])) {
			return invalid("tools", "Invalid 'tools[%d].function.name': %q", i, text(fn["name"]))
		}
		if p, ok := fn["parameters"]; ok && (object(p) == nil || kind(object(p)) != "object") {
			return invalid("tools", "Invalid schema for function %q: schema must be of type \"object\"", text(fn["name"]))
		}
		if why := strict(fn["parameters"], 0); fn["strict"] == true && why != "" {
			return invalid("tools", "Invalid schema for function %q: %s", text(fn["name"]), why)
		}
		q.tools = append(q.tools, tool{text(fn["name"]), fn["parameters"]})
	}
	if len(q.tools) == 0 && (d["tool_choice"] != nil || d["parallel_tool_calls"] != nil) && d["functions"] == nil {
		return invalid("tool_choice", "'tool_choice' and 'parallel_tool_calls' are only allowed when 'tools' are specified.")
	}
	return choose(q, d["tool_choice"])
}

// choose reads a tool choice in the form of OpenAI and compatible formats.
func choose(q *asked, v any) *refusal {
	switch c := text(v); c {
	case "", "auto":
	case "none":
		q.choice = "none"
	case "required":
		q.choice = "any"
	default:
		return invalid("tool_choice", "Invalid value: %q. Supported values are: 'none', 'auto', and 'required'.", c)
	}
	name := text(at(object(v), "function", "name")) + text(at(object(v), "custom", "name")) + text(at(object(v), "name"))
	if name == "" {
		return nil
	}
	for _, t := range q.tools {
		if t.name == name {
			q.choice = "=" + name
			return nil
		}
	}
	return invalid("tool_choice", "Tool choice %q not found in 'tools' parameter.", name)
}

func openaiFormat(f doc, q *asked) *refusal {
	switch text(f["type"]) {
	case "", "text":
	case "json_object":
		q.json = true
	case "json_schema":
		s := object(f["json_schema"])
		if !named(text(s["name"])) {
			return invalid("response_format.json_schema.name", "Missing or invalid 'response_format.json_schema.name'.")
		}
		if q.schema = s["schema"]; object(q.schema) == nil {
			return invalid("response_format.json_schema.schema", "Missing 'response_format.json_schema.schema'.")
		}
		if why := strict(q.schema, 0); s["strict"] == true && why != "" {
			return invalid("response_format", "Invalid schema for response_format %q: %s", text(s["name"]), why)
		}
	default:
		return invalid("response_format", "Invalid value: %q.", text(f["type"]))
	}
	return nil
}

// named reports whether name is valid for a tool.
func named(name string) bool {
	for i := range len(name) {
		if c := name[i]; !letter(c) && c != '_' && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// openaiMessages checks a conversation: each call has a result, and each result a call.
func openaiMessages(messages []any, q *asked) *refusal {
	if len(messages) == 0 {
		return invalid("messages", "Invalid 'messages': empty array.")
	}
	open := map[string]bool{}
	for i, v := range messages {
		m := object(v)
		role := text(m["role"])
		if role != "tool" && len(open) > 0 {
			return invalid("messages", "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. messages.[%d].role", i)
		}
		var f *refusal
		switch role {
		case "system", "developer", "function":
			f = openaiContent(m["content"], role, q)
		case "user":
			q.files, q.results = nil, nil
			f = openaiContent(m["content"], role, q)
		case "assistant":
			q.results = nil
			f = openaiCalls(m, open, q)
		case "tool":
			id := text(m["tool_call_id"])
			if !open[id] {
				return invalid("messages", "messages with role 'tool' must be a response to a preceding message with 'tool_calls': %q", id)
			}
			delete(open, id)
			if f = openaiContent(m["content"], role, q); f == nil {
				q.results = append(q.results, flat(m["content"]))
			}
		default:
			return invalid("messages", "Invalid value: %q. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", role)
		}
		if f != nil {
			return f
		}
	}
	if len(open) > 0 {
		return invalid("messages", "An assistant message with 'tool_calls' must be followed by tool messages.")
	}
	return nil
}

func openaiCalls(m doc, open map[string]bool, q *asked) *refusal {
	calls := list(m["tool_calls"])
	if m["content"] == nil && len(calls) == 0 && m["refusal"] == nil && m["audio"] == nil && m["function_call"] == nil {
		return invalid("messages", "Invalid value for 'content': expected a string, got null.")
	}
	for _, v := range calls {
		c := object(v)
		id, args := text(c["id"]), text(at(c, "function", "arguments"))
		if id == "" || len(id) > 64 || open[id] {
			return invalid("messages", "Invalid 'messages.tool_calls.id': %q", id)
		}
		if !json.Valid([]byte(args)) {
			return invalid("messages", "Invalid 'arguments' of a tool call: %q is no JSON", args)
		}
		open[id] = true
		q.calls++
	}
	if m["content"] == nil {
		return nil
	}
	return openaiContent(m["content"], "assistant", q)
}

func openaiContent(content any, role string, q *asked) *refusal {
	if _, ok := content.(string); ok {
		return nil
	}
	parts := list(content)
	if len(parts) == 0 {
		return invalid("messages", "Invalid type for 'messages.content': expected a string or parts (role %s).", role)
	}
	for _, v := range parts {
		p := object(v)
		switch kind := text(p["type"]); {
		case kind == "text", role == "assistant" && kind == "refusal":
		case role != "user":
			return invalid("messages", "Invalid content type %q in a message of role %q.", kind, role)
		case kind == "image_url":
			if f := q.urlFile("image", text(at(p, "image_url", "url"))); f != nil {
				return f
			}
		case kind == "input_audio":
			if f := q.base64File("audio/"+text(at(p, "input_audio", "format")), text(at(p, "input_audio", "data"))); f != nil {
				return f
			}
		case kind == "file":
			if text(at(p, "file", "file_id")) != "" {
				continue
			}
			if text(at(p, "file", "filename")) == "" {
				return invalid("messages", "Missing required parameter: 'file.filename'.")
			}
			if f := q.urlFile("file", text(at(p, "file", "file_data"))); f != nil {
				return f
			}
		default:
			return invalid("messages", "Invalid value: %q is no type of content.", kind)
		}
	}
	return nil
}

// flat returns the text of a content, which is a string or parts.
func flat(content any) string {
	if s, ok := content.(string); ok {
		return s
	}
	out := ""
	for _, v := range list(content) {
		p := object(v)
		switch {
		case p["text"] != nil:
			out += text(p["text"])
		case p["json"] != nil:
			out += string(encode(p["json"]))
		case p["document"] != nil:
			out += string(encode(at(p, "document", "data")))
		}
	}
	return out
}
