package selftest

import (
	"fmt"
	"net/url"
	"strings"
)

func geminiFormat() *format {
	return &format{
		name: "gemini",
		path: func(t *talk) string {
			verb := ":generateContent"
			if t.stream {
				verb = ":streamGenerateContent?alt=sse"
			}
			return "/genai/v1beta/models/" + url.PathEscape(t.model) + verb
		},
		ask:    askGemini,
		asked:  askedGemini,
		told:   toldGemini,
		heard:  heardGemini,
		failed: failedGemini,
		muted:  " single cache think ",
		deaf:   " written stop_sequence ",
	}
}

func askGemini(t *talk) any {
	contents := []any{}
	for _, turn := range t.turns {
		parts := []any{}
		for _, r := range turn.results {
			answer := doc{"name": r.name, "response": doc{"result": r.text}}
			put(answer, "id", r.id)
			parts = append(parts, doc{"functionResponse": answer})
		}
		if turn.user != "" {
			parts = append(parts, doc{"text": turn.user})
		}
		for _, f := range turn.files {
			parts = append(parts, doc{"inlineData": doc{"mimeType": f.kind, "data": f.data}})
		}
		switch {
		case turn.replay != nil:
			contents = append(contents, turn.replay)
		case turn.plain != "":
			contents = append(contents, doc{"role": "model", "parts": []any{doc{"text": turn.plain}}})
		}
		if len(parts) > 0 {
			contents = append(contents, doc{"role": "user", "parts": parts})
		}
	}
	g := doc{"maxOutputTokens": t.limit}
	put(g, "temperature", numeral(t.temperature))
	put(g, "topP", numeral(t.topP))
	put(g, "stopSequences", anys(t.stops))
	if t.effort != "" {
		g["thinkingConfig"] = doc{"thinkingBudget": budget(t.effort), "includeThoughts": true}
	}
	if t.schema != nil {
		g["responseMimeType"], g["responseJsonSchema"] = "application/json", t.schema
	}
	d := doc{"contents": contents, "systemInstruction": doc{"parts": []any{doc{"text": t.system}}}, "generationConfig": g}
	if len(t.tools) > 0 {
		var tools []any
		for _, x := range t.tools {
			tools = append(tools, doc{"name": x.name, "description": x.description, "parametersJsonSchema": x.schema})
		}
		d["tools"] = []any{doc{"functionDeclarations": tools}}
	}
	if name, ok := strings.CutPrefix(t.choice, "="); ok {
		d["toolConfig"] = doc{"functionCallingConfig": doc{"mode": "ANY", "allowedFunctionNames": []any{name}}}
	} else if t.choice != "" {
		d["toolConfig"] = doc{"functionCallingConfig": doc{"mode": map[string]string{"required": "ANY", "none": "NONE"}[t.choice]}}
	}
	return d
}

func askedGemini(d doc) *facts {
	f := newFacts()
	if s := openaiText(at(d, "systemInstruction", "parts")); s != "" {
		f.item("system", "%s", s)
	}
	for _, c := range list(d["contents"]) {
		role := text(at(c, "role"))
		if role == "model" {
			role = "assistant"
		}
		names := map[string][]string{} // ids of the open calls by name
		for id, n := range f.ids {
			name, _, _ := strings.Cut(strings.TrimPrefix(f.callAt(n), fmt.Sprintf("call: %d: ", n)), " ")
			names[name] = append(names[name], id)
		}
		for _, p := range list(at(c, "parts")) {
			f.geminiPart(role, object(p), names)
		}
	}
	g := object(d["generationConfig"])
	f.set("max", number(g["maxOutputTokens"]))
	f.set("temperature", number(g["temperature"]))
	f.set("top_p", number(g["topP"]))
	f.stops(g["stopSequences"])
	if l := text(at(g, "thinkingConfig", "thinkingLevel")); l != "" {
		f.set("effort", strings.ToLower(l))
	} else {
		f.set("effort", level(at(g, "thinkingConfig", "thinkingBudget")))
	}
	for _, v := range list(d["tools"]) {
		for _, w := range list(at(v, "functionDeclarations")) {
			t := object(w)
			schema := t["parametersJsonSchema"]
			if schema == nil {
				schema = t["parameters"]
			}
			f.tool(text(t["name"]), text(t["description"]), schema)
		}
	}
	c := object(at(d, "toolConfig", "functionCallingConfig"))
	choice := map[string]string{"ANY": "required", "NONE": "none"}[text(c["mode"])]
	if l := list(c["allowedFunctionNames"]); choice == "required" && len(l) == 1 {
		choice = "=" + text(l[0])
	}
	f.set("choice", choice)
	for _, name := range []string{"responseJsonSchema", "responseSchema"} {
		if s := g[name]; s != nil && g["responseMimeType"] == "application/json" {
			f.set("schema", plain(s))
		}
	}
	return f
}

// callAt is the item of call n.
func (f *facts) callAt(n int) string {
	for _, it := range f.items {
		if strings.HasPrefix(it, fmt.Sprintf("call: %d: ", n)) {
			return it
		}
	}
	return ""
}

// geminiPart reads a part. A response without an id belongs to the first call of its name.
func (f *facts) geminiPart(role string, p doc, open map[string][]string) {
	if s := text(p["thoughtSignature"]); s != "" && s != "skip_thought_signature_validator" {
		defer func() {
			if p["functionCall"] == nil {
				f.sign(s)
			}
		}()
		if p["functionCall"] != nil {
			f.sign(s)
		}
	}
	switch {
	case p["functionCall"] != nil:
		c := object(p["functionCall"])
		id := text(c["id"])
		if id == "" {
			id = fmt.Sprintf("#%d", len(f.ids)+1)
		}
		args := c["args"]
		if args == nil {
			args = doc{}
		}
		f.call(id, text(c["name"]), string(encode(args)))
	case p["functionResponse"] != nil:
		r := object(p["functionResponse"])
		id := text(r["id"])
		if ids := open[text(r["name"])]; id == "" && len(ids) > 0 {
			id = f.first(ids)
			open[text(r["name"])] = without(ids, id)
		}
		answer := object(r["response"])
		for _, name := range []string{"result", "output", "error"} {
			if s, ok := answer[name].(string); ok {
				f.result(id, s)
				return
			}
		}
		f.result(id, string(encode(answer)))
	case p["inlineData"] != nil:
		f.file(text(at(p, "inlineData", "mimeType")), text(at(p, "inlineData", "data")))
	case p["thought"] == true:
		f.item("think", "%s", text(p["text"]))
	default:
		if s := text(p["text"]); s != "" {
			f.item(role, "%s", s)
		}
	}
}

// first is the id whose call came first.
func (f *facts) first(ids []string) string {
	best := ids[0]
	for _, id := range ids {
		if f.ids[id] < f.ids[best] {
			best = id
		}
	}
	return best
}

func without(l []string, s string) (out []string) {
	for _, v := range l {
		if v != s {
			out = append(out, v)
		}
	}
	return out
}
