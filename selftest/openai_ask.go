package selftest

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

func openaiFormat() *format {
	return &format{
		name:   "openai",
		path:   func(*talk) string { return "/v1/chat/completions" },
		ask:    askOpenAI,
		asked:  askedOpenAI,
		told:   toldOpenAI,
		heard:  heardOpenAI,
		failed: failedOpenAI,
		muted:  " cache think sign ",
		deaf:   " stop_sequence ",
	}
}

// put adds a member unless v is its type's zero.
func put(d doc, name string, v any) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case nil:
		return
	}
	d[name] = v
}

// numeral is s as a number; nil when there is none.
func numeral(s string) any {
	if s == "" {
		return nil
	}
	return json.Number(s)
}

func anys(l []string) (out []any) {
	for _, s := range l {
		out = append(out, s)
	}
	return out
}

func askOpenAI(t *talk) any {
	messages := []any{doc{"role": "system", "content": t.system}}
	for _, turn := range t.turns {
		switch {
		case turn.replay != nil:
			messages = append(messages, turn.replay)
		case turn.plain != "":
			messages = append(messages, doc{"role": "assistant", "content": turn.plain})
		case len(turn.files) > 0:
			parts := []any{doc{"type": "text", "text": turn.user}}
			for _, f := range turn.files {
				url := "data:" + f.kind + ";base64," + f.data
				if strings.HasPrefix(f.kind, "image/") {
					parts = append(parts, doc{"type": "image_url", "image_url": doc{"url": url}})
				} else {
					parts = append(parts, doc{"type": "file", "file": doc{"filename": f.name, "file_data": url}})
				}
			}
			messages = append(messages, doc{"role": "user", "content": parts})
		case turn.user != "":
			messages = append(messages, doc{"role": "user", "content": turn.user})
		}
		for _, r := range turn.results {
			messages = append(messages, doc{"role": "tool", "tool_call_id": r.id, "content": r.text})
		}
	}
	d := doc{"model": t.model, "messages": messages, "max_completion_tokens": t.limit}
	put(d, "temperature", numeral(t.temperature))
	put(d, "top_p", numeral(t.topP))
	put(d, "stop", anys(t.stops))
	put(d, "reasoning_effort", t.effort)
	var tools []any
	for _, x := range t.tools {
		tools = append(tools, doc{"type": "function", "function": doc{"name": x.name, "description": x.description, "parameters": x.schema}})
	}
	put(d, "tools", tools)
	put(d, "tool_choice", openaiChoice(t.choice, func(name string) any { return doc{"type": "function", "function": doc{"name": name}} }))
	if t.single {
		d["parallel_tool_calls"] = false
	}
	if t.schema != nil {
		d["response_format"] = doc{"type": "json_schema", "json_schema": doc{"name": "answer", "strict": true, "schema": t.schema}}
	}
	if t.stream {
		d["stream"], d["stream_options"] = true, doc{"include_usage": true}
	}
	return d
}

func openaiChoice(choice string, named func(name string) any) any {
	if name, ok := strings.CutPrefix(choice, "="); ok {
		return named(name)
	}
	return choice
}

func askedOpenAI(d doc) *facts {
	f := newFacts()
	for _, v := range list(d["messages"]) {
		m := object(v)
		switch role := text(m["role"]); role {
		case "system", "developer":
			f.item("system", "%s", openaiText(m["content"]))
		case "tool":
			f.result(text(m["tool_call_id"]), openaiText(m["content"]))
		case "assistant":
			f.openaiTurn(m)
		default:
			f.openaiParts(role, m["content"])
		}
	}
	f.set("max", number(d["max_completion_tokens"])+number(d["max_tokens"]))
	f.set("temperature", number(d["temperature"]))
	f.set("top_p", number(d["top_p"]))
	f.set("effort", text(d["reasoning_effort"]))
	f.stops(d["stop"])
	for _, v := range list(d["tools"]) {
		t := object(at(v, "function"))
		f.tool(text(t["name"]), text(t["description"]), t["parameters"])
	}
	f.set("choice", chosen(d["tool_choice"], text(at(d["tool_choice"], "function", "name"))))
	if d["parallel_tool_calls"] == false {
		f.set("single", "yes")
	}
	if s := at(d, "response_format", "json_schema", "schema"); s != nil {
		f.set("schema", plain(s))
	}
	return f
}

func (f *facts) stops(v any) {
	if s := text(v); s != "" {
		v = []any{s}
	}
	if l := list(v); len(l) > 0 {
		f.set("stop", string(encode(l)))
	}
}

// chosen is a tool choice in OpenAI's words.
func chosen(v any, name string) string {
	if name != "" {
		return "=" + name
	}
	if s := text(v); s != "auto" {
		return s
	}
	return ""
}

func openaiText(content any) string {
	if s, ok := content.(string); ok {
		return s
	}
	var b strings.Builder
	for _, p := range list(content) {
		b.WriteString(text(at(p, "text")))
	}
	return b.String()
}

func (f *facts) openaiParts(role string, content any) {
	if s, ok := content.(string); ok {
		f.item(role, "%s", s)
		return
	}
	for _, p := range list(content) {
		switch text(at(p, "type")) {
		case "text":
			f.item(role, "%s", text(at(p, "text")))
		case "image_url":
			f.url(text(at(p, "image_url", "url")))
		case "file":
			f.url(text(at(p, "file", "file_data")))
		default:
			f.item(role, "part %s", encode(p))
		}
	}
}

// openaiTurn reads an assistant's message. Reasoning and signatures stand where compatible servers
// put them: reasoning_content, reasoning_details and, for Google's, extra_content.
func (f *facts) openaiTurn(m doc) {
	behind := f.openaiThoughts(m)
	if s := openaiText(m["content"]); s != "" {
		f.item("assistant", "%s", s)
	}
	f.signs(behind)
	for _, v := range list(m["tool_calls"]) {
		if s := text(at(v, "extra_content", "google", "thought_signature")); s != "" {
			f.sign(s)
		}
		f.call(text(at(v, "id")), text(at(v, "function", "name")), text(at(v, "function", "arguments")))
	}
}

// openaiThoughts notes the thoughts of a message. What it returns signs the text behind them:
// Gemini signs that, and a detail without text is where it stands.
func (f *facts) openaiThoughts(m doc) (behind []string) {
	details := list(m["reasoning_details"])
	if s := text(m["reasoning_content"]) + text(m["reasoning"]); s != "" && len(details) == 0 {
		f.item("think", "%s", s)
	}
	thought := ""
	var signs []string
	for _, v := range details {
		thought += text(at(v, "text")) + text(at(v, "summary"))
		s := text(at(v, "signature")) + text(at(v, "data"))
		switch of, _ := at(v, "format").(string); {
		case s == "":
		case text(at(v, "text")) == "" && strings.HasPrefix(of, "google") && openaiText(m["content"]) != "":
			behind = append(behind, s)
		default:
			signs = append(signs, s)
		}
	}
	if thought != "" {
		f.item("think", "%s", thought)
	} else if s := text(m["reasoning_content"]); s != "" && len(details) > 0 {
		f.item("think", "%s", s)
	}
	f.signs(signs)
	if s := text(at(m, "extra_content", "google", "thought_signature")); s != "" {
		f.sign(s)
	}
	return behind
}

func (f *facts) signs(all []string) {
	for _, s := range all {
		f.sign(s)
	}
}

// sign notes a signature, without the mark that says whose it is when it travels in
// the format of another vendor.
func (f *facts) sign(s string) {
	// Google's are bytes: what is marked is in base64 once more.
	if b, err := base64.StdEncoding.DecodeString(s); err == nil && strings.HasPrefix(string(b), "asbru.") {
		s = string(b)
	}
	if rest, ok := strings.CutPrefix(s, "asbru."); ok {
		_, s, _ = strings.Cut(rest, ".")
	}
	if s != "" { // some clients want one where there is none
		f.item("sign", "%s", s)
	}
}

// level is the word for a budget of reasoning tokens.
func level(budget any) string {
	n, ok := budget.(float64)
	switch {
	case !ok:
		return ""
	case n < 0:
		return "auto(" + strconv.Itoa(int(n)) + ")"
	case n == 0:
		return "none"
	case n <= 1024:
		return "minimal"
	case n <= 4096:
		return "low"
	case n <= 10000:
		return "medium"
	}
	return "high"
}
