package standin

// strict returns why schema does not allow OpenAI's strict mode; empty: it does.
func strict(schema any, depth int) string {
	d := object(schema)
	if d == nil || depth > maxDepth {
		return ""
	}
	if props := object(d["properties"]); props != nil || text(d["type"]) == "object" {
		if d["additionalProperties"] != false {
			return "'additionalProperties' is required to be supplied and to be false."
		}
		required := map[string]bool{}
		for _, v := range list(d["required"]) {
			required[text(v)] = true
		}
		for name, p := range props {
			if !required[name] {
				return "'required' is required to be supplied and to be an array including every key in properties. Missing '" + name + "'."
			}
			if why := strict(p, depth+1); why != "" {
				return why
			}
		}
	}
	for _, v := range object(d["$defs"]) {
		if why := strict(v, depth+1); why != "" {
			return why
		}
	}
	return strict(d["items"], depth+1)
}
