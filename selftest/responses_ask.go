package selftest

import "strings"

func responsesFormat() *format {
	return &format{
		name:   "responses",
		path:   func(*talk) string { return "/v1/responses" },
		ask:    askResponses,
		asked:  askedResponses,
		told:   toldResponses,
		heard:  heardResponses,
		failed: failedOpenAI,
		muted:  " cache stop ",
		deaf:   " stop_sequence ",
	}
}

func askResponses(t *talk) any {
	items := []any{}
	for _, turn := range t.turns {
		switch {
		case turn.replay != nil:
			items = append(items, list(turn.replay)...)
		case turn.plain != "":
			items = append(items, doc{"role": "assistant", "content": turn.plain})
		case len(turn.files) > 0:
			parts := []any{doc{"type": "input_text", "text": turn.user}}
			for _, f := range turn.files {
				url := "data:" + f.kind + ";base64," + f.data
				if strings.HasPrefix(f.kind, "image/") {
					parts = append(parts, doc{"type": "input_image", "image_url": url})
				} else {
					parts = append(parts, doc{"type": "input_file", "filename": f.name, "file_data": url})
				}
			}
			items = append(items, doc{"role": "user", "content": parts})
		case turn.user != "":
			items = append(items, doc{"role": "user", "content": turn.user})
		}
		for _, r := range turn.results {
			items = append(items, doc{"type": "function_call_output", "call_id": r.id, "output": r.text})
		}
	}
	d := doc{"model": t.model, "input": items, "instructions": t.system, "max_output_tokens": t.limit}
	put(d, "temperature", numeral(t.temperature))
	put(d, "top_p", numeral(t.topP))
	if t.effort != "" {
		d["store"] = false
		d["reasoning"], d["include"] = doc{"effort": t.effort, "summary": "auto"}, []any{"reasoning.encrypted_content"}
	}
	var tools []any
	for _, x := range t.tools {
		tools = append(tools, doc{"type": "function", "name": x.name, "description": x.description, "parameters": x.schema, "strict": false})
	}
	put(d, "tools", tools)
	put(d, "tool_choice", openaiChoice(t.choice, func(name string) any { return doc{"type": "function", "name": name} }))
	if t.single {
		d["parallel_tool_calls"] = false
	}
	if t.schema != nil {
		d["text"] = doc{"format": doc{"type": "json_schema", "name": "answer", "strict": true, "schema": t.schema}}
	}
	if t.stream {
		d["stream"] = true
	}
	return d
}

func askedResponses(d doc) *facts {
	f := newFacts()
	if s := text(d["instructions"]); s != "" {
		f.item("system", "%s", s)
	}
	if s := text(d["input"]); s != "" {
		f.item("user", "%s", s)
	}
	for _, v := range list(d["input"]) {
		f.responsesItem(object(v))
	}
	f.set("max", number(d["max_output_tokens"]))
	f.set("temperature", number(d["temperature"]))
	f.set("top_p", number(d["top_p"]))
	f.set("effort", text(at(d, "reasoning", "effort")))
	for _, v := range list(d["tools"]) {
		t := object(v)
		f.tool(text(t["name"]), text(t["description"]), t["parameters"])
	}
	f.set("choice", chosen(d["tool_choice"], text(at(d["tool_choice"], "name"))))
	if d["parallel_tool_calls"] == false {
		f.set("single", "yes")
	}
	if s := at(d, "text", "format", "schema"); s != nil {
		f.set("schema", plain(s))
	}
	return f
}

func (f *facts) responsesItem(it doc) {
	switch kind := text(it["type"]); kind {
	case "function_call":
		f.call(text(it["call_id"]), text(it["name"]), text(it["arguments"]))
	case "function_call_output":
		f.result(text(it["call_id"]), openaiText(it["output"]))
	case "reasoning":
		f.responsesThought(it)
	case "", "message":
		role := text(it["role"])
		if role == "developer" {
			role = "system"
		}
		if s, ok := it["content"].(string); ok {
			f.item(role, "%s", s)
			return
		}
		for _, p := range list(it["content"]) {
			switch text(at(p, "type")) {
			case "input_text", "output_text":
				f.item(role, "%s", text(at(p, "text")))
			case "input_image":
				f.url(text(at(p, "image_url")))
			case "input_file":
				f.url(text(at(p, "file_data")))
			default:
				f.item(role, "part %s", encode(p))
			}
		}
	default:
		f.item(kind, "%s", encode(it))
	}
}

func (f *facts) responsesThought(it doc) {
	thought := ""
	for _, name := range []string{"summary", "content"} {
		for _, p := range list(it[name]) {
			thought += text(at(p, "text"))
		}
	}
	if thought != "" {
		f.item("think", "%s", thought)
	}
	if s := text(it["encrypted_content"]); s != "" {
		f.sign(s)
	}
}
