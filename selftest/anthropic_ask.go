package selftest

import "strings"

func anthropicFormat() *format {
	return &format{
		name:   "anthropic",
		path:   func(*talk) string { return "/anthropic/v1/messages" },
		ask:    askAnthropic,
		asked:  askedAnthropic,
		told:   toldAnthropic,
		heard:  heardAnthropic,
		failed: failedAnthropic,
		head:   map[string]string{"Anthropic-Version": "2023-06-01"},
		muted:  "",
		deaf:   "",
	}
}

func askAnthropic(t *talk) any {
	d := anthropicTalk(t)
	d["model"] = t.model
	if t.stream {
		d["stream"] = true
	}
	return d
}

// anthropicTalk is a request without what InvokeModel has in its path.
func anthropicTalk(t *talk) doc {
	var system any = t.system
	if t.cache {
		system = []any{doc{"type": "text", "text": t.system, "cache_control": doc{"type": "ephemeral"}}}
	}
	d := doc{"messages": anthropicTurns(t), "system": system, "max_tokens": t.limit}
	put(d, "temperature", numeral(t.temperature))
	put(d, "top_p", numeral(t.topP))
	put(d, "stop_sequences", anys(t.stops))
	if t.effort != "" {
		d["thinking"] = doc{"type": "enabled", "budget_tokens": budget(t.effort)}
	}
	var tools []any
	for _, x := range t.tools {
		tools = append(tools, doc{"name": x.name, "description": x.description, "input_schema": x.schema})
	}
	put(d, "tools", tools)
	if choice := anthropicChoice(t); len(choice) > 0 {
		d["tool_choice"] = choice
	}
	if t.schema != nil {
		d["output_config"] = doc{"format": doc{"type": "json_schema", "schema": t.schema}}
	}
	return d
}

// anthropicTurns are the messages of a request.
func anthropicTurns(t *talk) []any {
	messages := []any{}
	for _, turn := range t.turns {
		content := []any{}
		for _, r := range turn.results {
			content = append(content, doc{"type": "tool_result", "tool_use_id": r.id, "content": r.text})
		}
		if turn.user != "" {
			content = append(content, doc{"type": "text", "text": turn.user})
		}
		for _, f := range turn.files {
			kind := "document"
			if strings.HasPrefix(f.kind, "image/") {
				kind = "image"
			}
			content = append(content, doc{"type": kind, "source": doc{"type": "base64", "media_type": f.kind, "data": f.data}})
		}
		switch {
		case turn.replay != nil:
			messages = append(messages, doc{"role": "assistant", "content": turn.replay})
		case turn.plain != "":
			messages = append(messages, doc{"role": "assistant", "content": turn.plain})
		}
		if len(content) > 0 {
			messages = append(messages, doc{"role": "user", "content": content})
		}
	}
	return messages
}

// anthropicChoice says which tools may be called; empty: the default does.
func anthropicChoice(t *talk) doc {
	choice := doc{}
	name, named := strings.CutPrefix(t.choice, "=")
	switch {
	case named:
		choice = doc{"type": "tool", "name": name}
	case t.choice == "required":
		choice = doc{"type": "any"}
	case t.choice == "none":
		choice = doc{"type": "none"}
	case t.single:
		choice = doc{"type": "auto"}
	}
	if t.single {
		choice["disable_parallel_tool_use"] = true
	}
	return choice
}

// budget is how many tokens an effort may think, where numbers are wanted.
func budget(effort string) int {
	return map[string]int{"low": 2048, "medium": 8192, "high": 16384}[effort]
}

func askedAnthropic(d doc) *facts {
	f := newFacts()
	switch s := d["system"].(type) {
	case string:
		f.item("system", "%s", s)
	case []any:
		f.item("system", "%s", openaiText(s))
		for _, p := range s {
			if at(p, "cache_control") != nil {
				f.set("cache", "system")
			}
		}
	}
	for _, m := range list(d["messages"]) {
		role := text(at(m, "role"))
		if s, ok := at(m, "content").(string); ok {
			f.item(role, "%s", s)
			continue
		}
		for _, b := range list(at(m, "content")) {
			f.anthropicBlock(role, object(b))
		}
	}
	f.set("max", number(d["max_tokens"]))
	f.set("temperature", number(d["temperature"]))
	f.set("top_p", number(d["top_p"]))
	f.stops(d["stop_sequences"])
	if e := text(at(d, "output_config", "effort")); e != "" {
		f.set("effort", e)
	} else {
		f.set("effort", level(at(d, "thinking", "budget_tokens")))
	}
	for _, v := range list(d["tools"]) {
		t := object(v)
		f.tool(text(t["name"]), text(t["description"]), t["input_schema"])
	}
	c := object(d["tool_choice"])
	f.set("choice", map[string]string{"any": "required", "none": "none", "tool": "=" + text(c["name"])}[text(c["type"])])
	if c["disable_parallel_tool_use"] == true {
		f.set("single", "yes")
	}
	if s := at(d, "output_config", "format", "schema"); s != nil {
		f.set("schema", plain(s))
	}
	return f
}

func (f *facts) anthropicBlock(role string, b doc) {
	switch text(b["type"]) {
	case "text":
		f.item(role, "%s", text(b["text"]))
	case "image", "document":
		f.file(text(at(b, "source", "media_type")), text(at(b, "source", "data")))
	case "tool_use":
		f.call(text(b["id"]), text(b["name"]), string(encode(b["input"])))
	case "tool_result":
		f.result(text(b["tool_use_id"]), openaiText(b["content"]))
	case "thinking":
		if s := text(b["thinking"]); s != "" {
			f.item("think", "%s", s)
		}
		if s := text(b["signature"]); s != "" {
			f.sign(s)
		}
	case "redacted_thinking":
		f.sign(text(b["data"]))
	default:
		f.item(role, "block %s", encode(b))
	}
}
