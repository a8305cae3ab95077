package standin

import "strings"

const (
	geminiMembers = " contents systemInstruction system_instruction tools toolConfig tool_config safetySettings safety_settings generationConfig generation_config " +
		"cachedContent cached_content labels model serviceTier service_tier store "
	geminiSettings = " maxOutputTokens temperature topP topK candidateCount stopSequences seed responseMimeType responseSchema responseJsonSchema " +
		"_responseJsonSchema responseModalities speechConfig imageConfig responseLogprobs logprobs thinkingConfig mediaResolution presencePenalty frequencyPenalty " +
		"enableEnhancedCivicAnswers audioTimestamp routingConfig modelSelectionConfig responseFormat " +
		"max_output_tokens top_p top_k candidate_count stop_sequences response_mime_type response_schema response_json_schema response_modalities thinking_config "
	geminiParts = " text inlineData inline_data fileData file_data functionCall function_call functionResponse function_response executableCode executable_code " +
		"codeExecutionResult code_execution_result toolCall toolResponse thought thoughtSignature thought_signature mediaResolution media_resolution videoMetadata video_metadata partMetadata "
)

// readGemini reads a request for generateContent.
func readGemini(ex *exchange) *refusal {
	d, q := ex.d, &ex.q
	if name, ok := unknown(d, geminiMembers); ok {
		return invalid(name, "Invalid JSON payload received. Unknown name %q: Cannot find field.", name)
	}
	g := object(either(d, "generationConfig", "generation_config"))
	if name, ok := unknown(g, geminiSettings); ok {
		return invalid(name, "Invalid JSON payload received. Unknown name %q at 'generation_config': Cannot find field.", name)
	}
	for _, s := range list(either(g, "stopSequences", "stop_sequences")) {
		q.stops = append(q.stops, text(s))
	}
	if t := object(either(g, "thinkingConfig", "thinking_config")); t != nil {
		q.thinks = either(t, "includeThoughts", "include_thoughts") == true
		if t["thinkingBudget"] != nil && t["thinkingLevel"] != nil {
			return invalid("thinking_config", "You can only set only one of thinking budget and thinking level.")
		}
		if l := strings.ToUpper(text(t["thinkingLevel"])); l != "" && !strings.Contains(" MINIMAL LOW MEDIUM HIGH ", " "+l+" ") {
			return invalid("thinking_config", "Invalid value at 'generation_config.thinking_config.thinking_level': %q", l)
		}
	}
	if f := geminiSchema(g, q); f != nil {
		return f
	}
	if f := geminiTools(d, q); f != nil {
		return f
	}
	s := object(either(d, "systemInstruction", "system_instruction"))
	if s != nil && len(list(s["parts"])) == 0 && object(s["parts"]) == nil {
		return invalid("system_instruction", "system_instruction.parts: must not be empty")
	}
	return geminiContents(list(d["contents"]), q)
}

func geminiSchema(g doc, q *asked) *refusal {
	kind := text(either(g, "responseMimeType", "response_mime_type"))
	plain, own := either(g, "responseJsonSchema", "response_json_schema"), either(g, "responseSchema", "response_schema")
	if plain == nil {
		plain = g["_responseJsonSchema"]
	}
	q.json = kind == "application/json"
	switch {
	case plain == nil && own == nil:
		return nil
	case kind != "application/json" && kind != "text/x.enum":
		return invalid("generation_config", "response_schema is only allowed when response_mime_type is application/json")
	case plain != nil && own != nil:
		return invalid("generation_config", "only one of response_schema and response_json_schema may be set")
	case own != nil:
		q.schema = own
		return openAPI(own, "generation_config.response_schema", 0)
	}
	q.schema = plain
	return nil
}

// openAPI refuses keywords that Gemini's own kind of schema does not have.
func openAPI(schema any, path string, depth int) *refusal {
	d := object(schema)
	if d == nil || depth > maxDepth {
		return nil
	}
	if name, ok := unknown(d, " type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength "+
		"pattern example anyOf propertyOrdering property_ordering default items minimum maximum additionalProperties $ref $defs "); ok {
		return invalid("schema", "Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, path)
	}
	if _, ok := d["type"].([]any); ok {
		return invalid("schema", "Invalid value at '%s.type': Proto field is not repeating, cannot start list.", path)
	}
	for name, p := range object(d["properties"]) {
		if f := openAPI(p, path+".properties["+name+"]", depth+1); f != nil {
			return f
		}
	}
	return openAPI(d["items"], path+".items", depth+1)
}

func geminiTools(d doc, q *asked) *refusal {
	for _, v := range list(d["tools"]) {
		for _, w := range list(either(object(v), "functionDeclarations", "function_declarations")) {
			t := object(w)
			own, plain := t["parameters"], either(t, "parametersJsonSchema", "parameters_json_schema")
			if text(t["name"]) == "" || own != nil && plain != nil {
				return invalid("tools", "Invalid function declaration %q: give a name, and parameters or parameters_json_schema.", text(t["name"]))
			}
			if f := openAPI(own, "tools.function_declarations.parameters", 0); f != nil {
				return f
			}
			if plain == nil {
				plain = own
			}
			q.tools = append(q.tools, tool{text(t["name"]), plain})
		}
	}
	c := object(either(object(either(d, "toolConfig", "tool_config")), "functionCallingConfig", "function_calling_config"))
	names := list(either(c, "allowedFunctionNames", "allowed_function_names"))
	switch mode := strings.ToUpper(text(c["mode"])); mode {
	case "", "AUTO", "VALIDATED", "MODE_UNSPECIFIED":
	case "NONE":
		q.choice = "none"
	case "ANY":
		if q.choice = "any"; len(names) == 1 {
			return choose(q, doc{"name": names[0]})
		}
	default:
		return invalid("tool_config", "Invalid value at 'tool_config.function_calling_config.mode': %q", mode)
	}
	if c != nil && q.choice == "any" && len(q.tools) == 0 {
		return invalid("tool_config", "Function calling config is set without function_declarations.")
	}
	return nil
}

// geminiContents checks a conversation: a turn has as many responses as there are calls before, with their names.
func geminiContents(contents []any, q *asked) *refusal {
	if len(contents) == 0 {
		return invalid("contents", "* GenerateContentRequest.contents: contents is not specified")
	}
	var open []doc
	last := ""
	for i, v := range contents {
		c := object(v)
		role := text(c["role"])
		if role != "user" && role != "model" && role != "function" && role != "" {
			return invalid("contents", "Please use a valid role: user, model.")
		}
		parts := list(c["parts"])
		if p := object(c["parts"]); p != nil {
			parts = []any{p}
		}
		if len(parts) == 0 {
			return invalid("contents", "* GenerateContentRequest.contents[%d].parts: contents.parts must not be empty.", i)
		}
		var f *refusal
		if role == "model" {
			open, f = geminiModel(parts, last, q)
		} else {
			f = geminiUser(parts, open, q)
			open = nil
		}
		if f != nil {
			return f
		}
		last = role
	}
	if len(open) > 0 {
		return invalid("contents", "Please ensure that function call turn is followed by a function response turn.")
	}
	return nil
}

func geminiModel(parts []any, last string, q *asked) (open []doc, f *refusal) {
	q.results = nil
	needs := strings.HasSuffix(q.model, "think-tool")
	for _, v := range parts {
		p := object(v)
		if name, ok := unknown(p, geminiParts); ok {
			return nil, invalid("contents", "Invalid JSON payload received. Unknown name %q at 'contents.parts': Cannot find field.", name)
		}
		sign := text(either(p, "thoughtSignature", "thought_signature"))
		if sign != "" && plainBase64(sign) != signature("gemini") && sign != skipSignature && sign != skipContext {
			return nil, invalid("contents", "Corrupted thought signature.")
		}
		c := object(either(p, "functionCall", "function_call"))
		if c == nil {
			continue
		}
		if last != "user" && last != "function" && last != "" {
			return nil, invalid("contents", "Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
		}
		if a, ok := c["args"]; ok && object(a) == nil {
			return nil, invalid("contents", "Invalid value at 'contents.parts.function_call.args': must be an object")
		}
		if needs && len(open) == 0 && sign == "" {
			return nil, invalid("contents", "Function call is missing a thought_signature in functionCall parts. Function call `default_api:%s`.", text(c["name"]))
		}
		open = append(open, c)
		q.calls++
	}
	return open, nil
}

// The placeholders that Google accepts as the signature of another model's call, in base64 and as documented.
const (
	skipSignature = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
	skipContext   = "skip_thought_signature_validator"
)

func geminiUser(parts []any, open []doc, q *asked) *refusal {
	q.results, q.files = nil, nil
	for _, v := range parts {
		p := object(v)
		if name, ok := unknown(p, geminiParts); ok {
			return invalid("contents", "Invalid JSON payload received. Unknown name %q at 'contents.parts': Cannot find field.", name)
		}
		if b := object(either(p, "inlineData", "inline_data")); b != nil {
			if f := q.base64File(text(either(b, "mimeType", "mime_type")), plainBase64(text(b["data"]))); f != nil {
				return f
			}
		}
		if u := object(either(p, "fileData", "file_data")); u != nil {
			if f := q.urlFile(text(either(u, "mimeType", "mime_type")), text(either(u, "fileUri", "file_uri"))); f != nil {
				return f
			}
		}
		r := object(either(p, "functionResponse", "function_response"))
		if r == nil {
			continue
		}
		answer := object(r["response"])
		if answer == nil {
			return invalid("contents", "Invalid value at 'contents.parts.function_response.response': must be an object")
		}
		if len(q.results) >= len(open) || !answersCall(r, open) {
			return invalid("contents", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn: %q.", text(r["name"]))
		}
		q.results = append(q.results, resultText(answer))
	}
	if len(q.results) != len(open) {
		return invalid("contents", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
	}
	return nil
}

// answersCall reports whether a call of that name, and id if there is one, is open.
func answersCall(r doc, open []doc) bool {
	for _, c := range open {
		if text(c["name"]) == text(r["name"]) && (text(c["id"]) == text(r["id"]) || text(r["id"]) == "") {
			return true
		}
	}
	return false
}

// resultText returns the text of a result, which has to be an object.
func resultText(d doc) string {
	for _, name := range []string{"result", "output", "error", "content"} {
		if s, ok := d[name].(string); ok && len(d) == 1 {
			return s
		}
	}
	return string(encode(d))
}

// plainBase64 returns s in the standard alphabet, because Google also accepts the one for URLs.
func plainBase64(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) }
