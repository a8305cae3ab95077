package selftest

import (
	"encoding/json"
	"net/url"
	"strings"
)

func converseFormat() *format {
	return &format{
		name:   "converse",
		path:   bedrockPath("/converse", "/converse-stream"),
		ask:    askConverse,
		asked:  askedConverse,
		told:   toldConverse,
		heard:  heardConverse,
		failed: failedBedrock,
		framed: true,
		muted:  "",
		deaf:   " thought stop_sequence ",
	}
}

func bedrockPath(unary, stream string) func(t *talk) string {
	return func(t *talk) string {
		verb := unary
		if t.stream {
			verb = stream
		}
		return "/bedrock/model/" + url.PathEscape(t.model) + verb
	}
}

func askConverse(t *talk) any {
	messages := []any{}
	for _, turn := range t.turns {
		content := []any{}
		for _, r := range turn.results {
			content = append(content, doc{"toolResult": doc{"toolUseId": r.id, "content": []any{doc{"text": r.text}}}})
		}
		if turn.user != "" {
			content = append(content, doc{"text": turn.user})
		}
		for _, f := range turn.files {
			if kind, ok := strings.CutPrefix(f.kind, "image/"); ok {
				content = append(content, doc{"image": doc{"format": kind, "source": doc{"bytes": f.data}}})
			} else {
				content = append(content, doc{"document": doc{"format": "pdf", "name": strings.TrimSuffix(f.name, ".pdf"), "source": doc{"bytes": f.data}}})
			}
		}
		switch {
		case turn.replay != nil:
			messages = append(messages, turn.replay)
		case turn.plain != "":
			messages = append(messages, doc{"role": "assistant", "content": []any{doc{"text": turn.plain}}})
		}
		if len(content) > 0 {
			messages = append(messages, doc{"role": "user", "content": content})
		}
	}
	config := doc{"maxTokens": t.limit}
	put(config, "temperature", numeral(t.temperature))
	put(config, "topP", numeral(t.topP))
	put(config, "stopSequences", anys(t.stops))
	system := []any{doc{"text": t.system}}
	if t.cache {
		system = append(system, doc{"cachePoint": doc{"type": "default"}})
	}
	d := doc{"messages": messages, "system": system, "inferenceConfig": config}
	if t.effort != "" {
		d["additionalModelRequestFields"] = doc{"thinking": doc{"type": "enabled", "budget_tokens": budget(t.effort)}}
	}
	if c := converseTools(t); c != nil {
		d["toolConfig"] = c
	}
	if t.schema != nil {
		d["outputConfig"] = doc{"textFormat": doc{"type": "json_schema", "structure": doc{"jsonSchema": doc{"name": "answer", "schema": string(encode(t.schema))}}}}
	}
	return d
}

func converseTools(t *talk) any {
	if len(t.tools) == 0 {
		return nil
	}
	var tools []any
	for _, x := range t.tools {
		tools = append(tools, doc{"toolSpec": doc{"name": x.name, "description": x.description, "inputSchema": doc{"json": x.schema}}})
	}
	c := doc{"tools": tools}
	if name, ok := strings.CutPrefix(t.choice, "="); ok {
		c["toolChoice"] = doc{"tool": doc{"name": name}}
	} else if t.choice == "required" {
		c["toolChoice"] = doc{"any": doc{}}
	}
	return c
}

func askedConverse(d doc) *facts {
	f := newFacts()
	if s := openaiText(d["system"]); s != "" {
		f.item("system", "%s", s)
	}
	for _, b := range list(d["system"]) {
		if at(b, "cachePoint") != nil {
			f.set("cache", "system")
		}
	}
	for _, m := range list(d["messages"]) {
		for _, b := range list(at(m, "content")) {
			f.converseBlock(text(at(m, "role")), object(b))
		}
	}
	c, extra := object(d["inferenceConfig"]), object(d["additionalModelRequestFields"])
	f.set("max", number(c["maxTokens"]))
	f.set("temperature", number(c["temperature"]))
	f.set("top_p", number(c["topP"]))
	f.stops(c["stopSequences"])
	if e := text(at(extra, "output_config", "effort")) + text(extra["reasoning_effort"]); e != "" {
		f.set("effort", e)
	} else {
		f.set("effort", level(at(extra, "thinking", "budget_tokens")))
	}
	for _, v := range list(at(d, "toolConfig", "tools")) {
		if t := object(at(v, "toolSpec")); t != nil {
			f.tool(text(t["name"]), text(t["description"]), at(t, "inputSchema", "json"))
		}
	}
	choice := object(at(d, "toolConfig", "toolChoice"))
	if choice["any"] != nil {
		f.set("choice", "required")
	}
	if name := text(at(choice, "tool", "name")); name != "" {
		f.set("choice", "="+name)
	}
	if at(extra, "tool_choice", "disable_parallel_tool_use") == true {
		f.set("single", "yes")
	}
	schema := at(extra, "output_config", "format", "schema")
	if s := text(at(d, "outputConfig", "textFormat", "structure", "jsonSchema", "schema")); s != "" {
		_ = json.Unmarshal([]byte(s), &schema) // what is no JSON is no schema
	}
	if schema != nil {
		f.set("schema", plain(schema))
	}
	return f
}

func (f *facts) converseBlock(role string, b doc) {
	switch {
	case b["text"] != nil:
		f.item(role, "%s", text(b["text"]))
	case b["image"] != nil:
		f.file("image/"+text(at(b, "image", "format")), text(at(b, "image", "source", "bytes")))
	case b["document"] != nil:
		f.file("application/"+text(at(b, "document", "format")), text(at(b, "document", "source", "bytes")))
	case b["toolUse"] != nil:
		f.call(text(at(b, "toolUse", "toolUseId")), text(at(b, "toolUse", "name")), string(encode(at(b, "toolUse", "input"))))
	case b["toolResult"] != nil:
		f.result(text(at(b, "toolResult", "toolUseId")), openaiText(at(b, "toolResult", "content")))
	case b["reasoningContent"] != nil:
		if s := text(at(b, "reasoningContent", "reasoningText", "text")); s != "" {
			f.item("think", "%s", s)
		}
		if s := text(at(b, "reasoningContent", "reasoningText", "signature")) + text(at(b, "reasoningContent", "redactedContent")); s != "" {
			f.sign(s)
		}
	case b["cachePoint"] == nil:
		f.item(role, "block %s", encode(b))
	}
}
