package standin

import (
	"encoding/json"
	"strings"
)

// readConverse reads a request for Converse. It ignores unknown members, as AWS's services do.
func readConverse(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	for _, s := range list(at(d, "inferenceConfig", "stopSequences")) {
		q.stops = append(q.stops, text(s))
	}
	if t, ok := at(d, "inferenceConfig", "temperature").(float64); ok && (t < 0 || t > 1) {
		return invalid("", "Value '%v' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1", t)
	}
	extra := object(d["additionalModelRequestFields"])
	limit, ok := at(d, "inferenceConfig", "maxTokens").(float64)
	if !ok {
		limit = 4096
	}
	if f := anthropicThinking(doc{"thinking": extra["thinking"], "temperature": at(d, "inferenceConfig", "temperature")}, limit, q); f != nil {
		return &refusal{status: 400, message: "The model returned the following errors: " + f.message}
	}
	if s := text(at(d, "outputConfig", "textFormat", "structure", "jsonSchema", "schema")); s != "" {
		if err := json.Unmarshal([]byte(s), &q.schema); err != nil {
			return invalid("", "outputConfig.textFormat.structure.jsonSchema.schema is no JSON")
		}
	} else if d["outputConfig"] != nil && at(d, "outputConfig", "textFormat") != nil {
		return invalid("", "outputConfig.textFormat.structure.jsonSchema.schema must be a string")
	}
	if s := at(extra, "output_config", "format", "schema"); s != nil {
		q.schema = s
	}
	q.one = at(extra, "tool_choice", "disable_parallel_tool_use") == true
	if f := converseTools(d, q); f != nil {
		return f
	}
	switch text(at(extra, "tool_choice", "type")) { // Claude's own setting takes precedence over toolChoice
	case "any":
		q.choice = "any"
	case "tool":
		q.choice = "=" + text(at(extra, "tool_choice", "name"))
	}
	for _, v := range list(d["system"]) {
		if s, ok := object(v)["text"]; ok && text(s) == "" {
			return invalid("", "The text field in the ContentBlock object at system.0 is blank.")
		}
	}
	return converseMessages(d, q)
}

func converseTools(d doc, q *asked) *refusal {
	c := object(d["toolConfig"])
	if c != nil && len(list(c["tools"])) == 0 {
		return invalid("", "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	for _, v := range list(c["tools"]) {
		s := object(object(v)["toolSpec"])
		if s == nil {
			continue // cachePoint, systemTool
		}
		schema := at(s, "inputSchema", "json")
		if !named(text(s["name"])) || text(object(schema)["type"]) != "object" {
			return invalid("", "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object. (tool %q)", text(s["name"]))
		}
		if d, ok := s["description"]; ok && text(d) == "" {
			return invalid("", "1 validation error detected: Value at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1")
		}
		q.tools = append(q.tools, tool{text(s["name"]), schema})
	}
	choice := object(c["toolChoice"])
	switch {
	case choice["any"] != nil:
		q.choice = "any"
	case choice["tool"] != nil:
		return choose(q, doc{"name": at(choice, "tool", "name")})
	case choice != nil && choice["auto"] == nil:
		return invalid("", "toolChoice must be one of auto, any and tool")
	}
	if q.thinks && q.choice != "" {
		return invalid("", "The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.")
	}
	return nil
}

func converseMessages(d doc, q *asked) *refusal {
	messages := list(d["messages"])
	if len(messages) == 0 {
		return invalid("", "A conversation must start with a user message. Try again with a conversation that starts with a user message.")
	}
	var open map[string]bool
	last, tools := "assistant", false
	for _, v := range messages {
		m := object(v)
		role, content := text(m["role"]), list(m["content"])
		if role != "user" && role != "assistant" {
			return invalid("", "Value '%s' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]", role)
		}
		if role == last {
			return invalid("", "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.")
		}
		if len(content) == 0 {
			return invalid("", "The content field in the Message object is empty.")
		}
		last = role
		var f *refusal
		if role == "user" {
			f = converseUser(content, open, q)
			tools, open = tools || len(q.results) > 0, nil
		} else {
			open, f = converseAssistant(content, q)
			tools = tools || len(open) > 0
		}
		if f != nil {
			return f
		}
	}
	switch {
	case len(open) > 0:
		return invalid("", "Expected toolResult blocks at messages.%d.content for the toolUse blocks before.", len(messages))
	case tools && d["toolConfig"] == nil:
		return invalid("", "The toolConfig field must be defined when using toolUse and toolResult content blocks.")
	}
	return nil
}

func converseUser(content []any, open map[string]bool, q *asked) *refusal {
	q.results, q.files = nil, nil
	written, documents := false, 0
	for _, v := range content {
		b := object(v)
		if s, ok := b["text"]; ok {
			if text(s) == "" {
				return invalid("", "The text field in the ContentBlock object is blank.")
			}
			written = true
		}
		if b["document"] != nil {
			documents++
		}
		if f := converseFile(b, q); f != nil {
			return f
		}
		r := object(b["toolResult"])
		if r == nil {
			continue
		}
		id := text(r["toolUseId"])
		if !open[id] {
			return invalid("", "The number of toolResult blocks exceeds the number of toolUse blocks of previous turn: %q.", id)
		}
		delete(open, id)
		for _, p := range list(r["content"]) {
			if j, ok := object(p)["json"]; ok && object(j) == nil {
				return invalid("", "toolResult.content.json must be an object")
			}
			if f := converseFile(object(p), q); f != nil {
				return f
			}
		}
		q.results = append(q.results, flat(r["content"]))
	}
	for id := range open {
		return invalid("", "Expected toolResult blocks for the following Ids: %s", id)
	}
	if documents > 0 && !written {
		return invalid("", "A text block must be included with documents.")
	}
	return nil
}

// converseFile reads an image or a document: bytes, never an address of the web.
func converseFile(b doc, q *asked) *refusal {
	for _, name := range []string{"image", "document", "video", "audio"} {
		f := object(b[name])
		if f == nil {
			continue
		}
		if name == "document" && !cleanName(text(f["name"])) {
			return invalid("", "The provided document name %q can only contain alphanumeric characters, whitespace characters, hyphens, parentheses and square brackets.", text(f["name"]))
		}
		switch s := object(f["source"]); {
		case s["bytes"] != nil:
			kind := name + "/" + text(f["format"])
			if name == "document" && text(f["format"]) == "pdf" {
				kind = "application/pdf"
			}
			return q.base64File(kind, text(s["bytes"]))
		case s["text"] != nil:
			q.files = append(q.files, file{kind: "text/plain", data: []byte(text(s["text"]))})
		case s["s3Location"] == nil && s["content"] == nil:
			return invalid("", "The %s source holds neither bytes nor an S3 location.", name)
		}
	}
	return nil
}

func cleanName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !letter(c) && !strings.ContainsRune(" -()[]", rune(c)) {
			return false
		}
	}
	return s != "" && !strings.Contains(s, "  ")
}

func converseAssistant(content []any, q *asked) (open map[string]bool, f *refusal) {
	open = map[string]bool{}
	q.results = nil
	for i, v := range content {
		b := object(v)
		if s, ok := b["text"]; ok && text(s) == "" {
			return nil, invalid("", "The text field in the ContentBlock object at messages.%d is blank.", i)
		}
		if r := object(at(b, "reasoningContent", "reasoningText")); r != nil && text(r["signature"]) != signature("converse") {
			return nil, invalid("", "The model returned the following errors: messages: Invalid `signature` in `thinking` block")
		}
		u := object(b["toolUse"])
		if u == nil {
			continue
		}
		id := text(u["toolUseId"])
		if !named(strings.NewReplacer(".", "_", ":", "_").Replace(id)) || object(u["input"]) == nil || open[id] {
			return nil, invalid("", "The value at messages.toolUse (id %q) is not valid: input must be an object", id)
		}
		if q.thinks && object(content[0])["reasoningContent"] == nil {
			return nil, invalid("", "The model returned the following errors: messages: Expected `thinking` or `redacted_thinking`, but found `tool_use`.")
		}
		open[id] = true
		q.calls++
	}
	return open, nil
}
