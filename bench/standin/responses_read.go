package standin

import (
	"encoding/json"
	"strings"
)

const responsesMembers = " model input instructions tools tool_choice parallel_tool_calls text reasoning include store previous_response_id conversation background " +
	"truncation prompt context_management service_tier stream stream_options max_output_tokens max_tool_calls temperature top_p top_logprobs metadata user " +
	"safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options moderation "

// readResponses reads a request for Responses.
func readResponses(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	if name, ok := unknown(d, responsesMembers); ok {
		return &refusal{status: 400, param: name, code: "unknown_parameter", message: "Unknown parameter: '" + name + "'."}
	}
	q.stream, _ = d["stream"].(bool)
	q.thinks = d["reasoning"] != nil
	if one, ok := d["parallel_tool_calls"].(bool); ok {
		q.one = !one
	}
	for _, v := range list(d["tools"]) {
		t := object(v)
		if text(t["type"]) != "function" {
			continue // custom and hosted tools are not called here
		}
		if !named(text(t["name"])) {
			return invalid("tools", "Missing required parameter: 'tools[].name'.")
		}
		if why := strict(t["parameters"], 0); t["strict"] != false && why != "" {
			return invalid("tools", "Invalid schema for function %q: In context=(), %s", text(t["name"]), why)
		}
		q.tools = append(q.tools, tool{text(t["name"]), t["parameters"]})
	}
	if len(list(d["tools"])) == 0 && d["tool_choice"] != nil && d["tool_choice"] != "auto" && d["tool_choice"] != "none" {
		return invalid("tool_choice", "Tool choice requires 'tools'.")
	}
	if f := choose(q, d["tool_choice"]); f != nil {
		return f
	}
	if f := responsesFormat(object(at(d, "text", "format")), q); f != nil {
		return f
	}
	if s, ok := d["input"].(string); ok && s != "" {
		return nil
	}
	if d["previous_response_id"] != nil && text(d["previous_response_id"]) != responseID {
		return &refusal{status: 400, param: "previous_response_id", code: "previous_response_not_found", message: "Previous response with id '" + text(d["previous_response_id"]) + "' not found."}
	}
	return responsesItems(list(d["input"]), d["previous_response_id"] != nil, q)
}

func responsesFormat(f doc, q *asked) *refusal {
	switch text(f["type"]) {
	case "", "text":
	case "json_object":
		q.json = true
	case "json_schema":
		if !named(text(f["name"])) {
			return invalid("text.format.name", "Missing required parameter: 'text.format.name'.")
		}
		if q.schema = f["schema"]; object(q.schema) == nil {
			return invalid("text.format.schema", "Missing required parameter: 'text.format.schema'.")
		}
		if why := strict(q.schema, 0); f["strict"] == true && why != "" {
			return invalid("text.format.schema", "Invalid schema for response_format %q: In context=(), %s", text(f["name"]), why)
		}
	default:
		return invalid("text.format", "Invalid value: %q.", text(f["type"]))
	}
	return nil
}

// responsesItems checks the items. goesOn says that the calls may be in an earlier response.
func responsesItems(items []any, goesOn bool, q *asked) *refusal {
	if len(items) == 0 {
		return invalid("input", "Missing required parameter: 'input'.")
	}
	open, order := map[string]bool{}, []string{}
	for _, v := range items {
		it := object(v)
		id := text(it["call_id"])
		switch kind := text(it["type"]); kind {
		case "", "message":
			if f := responsesMessage(it, q); f != nil {
				return f
			}
		case "reasoning":
			if it["summary"] == nil {
				return invalid("input", "Missing required parameter: 'input[].summary'.")
			}
			if s := text(it["encrypted_content"]); s != "" && s != signature("responses") {
				return &refusal{status: 400, code: "invalid_encrypted_content", message: "The encrypted content could not be verified."}
			}
		case "function_call":
			if id == "" || len(id) > 64 || !named(text(it["name"])) || !json.Valid([]byte(text(it["arguments"]))) {
				return invalid("input", "Invalid 'function_call' item: call_id %q, name %q, arguments %q", id, text(it["name"]), text(it["arguments"]))
			}
			if s := text(it["id"]); s != "" && !strings.HasPrefix(s, "fc") {
				return invalid("input", "Invalid 'input[].id': '%s'. Expected an ID that begins with 'fc'.", s)
			}
			q.results, q.calls = nil, q.calls+1
			open[id], order = true, append(order, id)
		case "function_call_output":
			if !open[id] && !goesOn {
				return invalid("input", "No tool call found for function call output with call_id %s.", id)
			}
			delete(open, id)
			q.results = append(q.results, flat(it["output"]))
		case "item_reference":
		default:
			if !strings.Contains(kind, "_call") && kind != "compaction" && !strings.HasPrefix(kind, "mcp_") {
				return invalid("input", "Invalid value: '%s' is no type of item.", kind)
			}
		}
	}
	for _, id := range order {
		if open[id] {
			return invalid("input", "No tool output found for function call %s.", id)
		}
	}
	return nil
}

func responsesMessage(m doc, q *asked) *refusal {
	role := text(m["role"])
	switch role {
	case "user":
		q.files, q.results = nil, nil
	case "assistant":
		q.results = nil
		if s := text(m["id"]); s != "" && !strings.HasPrefix(s, "msg") {
			return invalid("input", "Invalid 'input[].id': '%s'. Expected an ID that begins with 'msg'.", s)
		}
	case "system", "developer":
	default:
		return invalid("input", "Invalid value: '%s'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", role)
	}
	if _, ok := m["content"].(string); ok {
		return nil
	}
	for _, v := range list(m["content"]) {
		p := object(v)
		var f *refusal
		switch kind := text(p["type"]); {
		case role == "assistant" && (kind == "output_text" || kind == "refusal"), role != "assistant" && kind == "input_text":
		case role == "assistant":
			f = invalid("input", "Invalid value: '%s'. Supported values are: 'output_text' and 'refusal'.", kind)
		case kind == "input_image" && p["file_id"] == nil:
			if _, ok := p["image_url"].(string); !ok {
				return invalid("input", "Invalid type for 'input[].content[].image_url': expected a string.")
			}
			f = q.urlFile("image", text(p["image_url"]))
		case kind == "input_file" && p["file_id"] == nil && p["file_url"] == nil:
			if text(p["filename"]) == "" {
				return invalid("input", "Missing required parameter: 'input[].content[].filename'.")
			}
			f = q.urlFile("file", text(p["file_data"]))
		case kind == "input_file" && p["file_url"] != nil:
			f = q.urlFile("file", text(p["file_url"]))
		case kind == "input_audio":
			f = q.base64File("audio/"+text(at(p, "input_audio", "format")), text(at(p, "input_audio", "data")))
		case kind != "input_image" && kind != "input_file":
			f = invalid("input", "Invalid value: '%s'. Supported values are: 'input_text', 'input_image', and 'input_file'.", kind)
		}
		if f != nil {
			return f
		}
	}
	return nil
}
