package selftest

import (
	"slices"
	"strings"
)

func cohereFormat() *format {
	return &format{
		name:   "cohere",
		path:   func(*talk) string { return "/cohere/v2/chat" },
		ask:    askCohere,
		asked:  askedCohere,
		told:   toldCohere,
		heard:  heardCohere,
		failed: failedCohere,
		muted:  " single cache application/pdf ",
		deaf:   " written stop_sequence ",
	}
}

func askCohere(t *talk) any {
	turns := slices.Clone(t.turns)
	for i := range turns { // its clients cannot send a PDF
		turns[i].files = slices.DeleteFunc(slices.Clone(turns[i].files), func(f file) bool { return !strings.HasPrefix(f.kind, "image/") })
	}
	d := object(askOpenAI(&talk{model: t.model, system: t.system, turns: turns, limit: t.limit}))
	d["max_tokens"] = d["max_completion_tokens"]
	delete(d, "max_completion_tokens")
	put(d, "temperature", numeral(t.temperature))
	put(d, "p", numeral(t.topP))
	put(d, "stop_sequences", anys(t.stops))
	if t.effort != "" {
		d["thinking"] = doc{"type": "enabled", "token_budget": budget(t.effort)}
	}
	var tools []any
	for _, x := range t.tools {
		tools = append(tools, doc{"type": "function", "function": doc{"name": x.name, "description": x.description, "parameters": x.schema}})
	}
	put(d, "tools", tools)
	switch t.choice {
	case "required", "none":
		d["tool_choice"] = strings.ToUpper(t.choice)
	}
	if t.schema != nil {
		d["response_format"] = doc{"type": "json_object", "json_schema": t.schema}
	}
	if t.stream {
		d["stream"] = true
	}
	return d
}

func askedCohere(d doc) *facts {
	f := newFacts()
	for _, v := range list(d["messages"]) {
		m := object(v)
		switch role := text(m["role"]); role {
		case "system":
			f.item("system", "%s", openaiText(m["content"]))
		case "tool":
			f.result(text(m["tool_call_id"]), cohereResult(m["content"]))
		case "assistant":
			f.cohereTurn(role, m)
		default:
			f.openaiParts(role, m["content"])
		}
	}
	f.set("max", number(d["max_tokens"]))
	f.set("temperature", number(d["temperature"]))
	f.set("top_p", number(d["p"]))
	f.stops(d["stop_sequences"])
	if at(d, "thinking", "type") == "disabled" {
		f.set("effort", "none")
	} else {
		f.set("effort", level(at(d, "thinking", "token_budget")))
	}
	for _, v := range list(d["tools"]) {
		t := object(at(v, "function"))
		f.tool(text(t["name"]), text(t["description"]), t["parameters"])
	}
	f.set("choice", strings.ToLower(text(d["tool_choice"])))
	if s := at(d, "response_format", "json_schema"); s != nil {
		f.set("schema", plain(s))
	}
	return f
}

func cohereResult(content any) string {
	for _, p := range list(content) {
		if v := at(p, "document", "data"); v != nil {
			if s, ok := v.(string); ok {
				return s
			}
			return string(encode(v))
		}
	}
	return openaiText(content)
}

// cohereTurn reads an assistant's message: the plan before calls is reasoning.
func (f *facts) cohereTurn(role string, m doc) {
	whole := text(m["content"])
	for _, v := range list(m["content"]) {
		b := object(v)
		switch text(b["type"]) {
		case "thinking":
			if whole != "" { // in the order it was said
				f.item(role, "%s", whole)
				whole = ""
			}
			if s := text(b["thinking"]); s != "" { // an empty one carries a signature
				f.item("think", "%s", s)
			}
			if s := text(b["signature"]); s != "" {
				f.sign(s)
			}
		default:
			whole += text(b["text"])
		}
	}
	if plan := text(m["tool_plan"]); plan != "" {
		f.item("think", "%s", plan)
	}
	if whole != "" {
		f.item(role, "%s", whole)
	}
	for _, v := range list(m["tool_calls"]) {
		if s := text(at(v, "signature")); s != "" {
			f.sign(s)
		}
		f.call(text(at(v, "id")), text(at(v, "function", "name")), text(at(v, "function", "arguments")))
	}
}
