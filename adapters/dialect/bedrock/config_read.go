package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// tools reads toolConfig.
func (q *requestReader) tools(value []byte) *core.Fault {
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return nil
		}
		switch string(key) {
		case "tools":
			list := scan.Elements(v)
			for {
				_, one, more := list.Next()
				if !more {
					break
				}
				if f := q.tool(one); f != nil {
					return f
				}
			}
		case "toolChoice":
			q.choice(v)
		default:
			q.c.Keep(&q.c.More, q.c.Took(append(append(q.c.Room(), toolsPrefix...), key...)), v)
		}
	}
}

// choice reads toolChoice: {auto: {}}, {any: {}} or {tool: {name}}.
func (q *requestReader) choice(value []byte) {
	w := scan.Members(value)
	key, v, _ := w.Next()
	switch string(key) {
	case "auto":
		q.c.Choice = core.ChooseAuto
	case "any":
		q.c.Choice = core.ChooseAny
	case "tool":
		q.c.Choice, q.c.ChoiceName = core.ChooseNamed, member(v, "name")
	}
}

// tool reads one entry of tools: toolSpec, systemTool, or cachePoint, which marks the entry before it.
func (q *requestReader) tool(raw []byte) *core.Fault {
	c := q.c
	w := scan.Members(raw)
	key, v, ok := w.Next()
	if !ok {
		return body.Invalid("toolConfig.tools", "cannot read toolConfig.tools: each must be an object with one member", "")
	}
	switch string(key) {
	case "toolSpec":
		c.Tools = append(c.Tools, core.Tool{})
		q.spec(&c.Tools[len(c.Tools)-1], v)
		return nil
	case "cachePoint":
		if n := len(c.Tools); n > 0 && c.Tools[n-1].Cache == nil {
			if ttl, plain := cachePoint(v); plain {
				c.Tools[n-1].Cache = ttl
				return nil
			}
		}
	}
	t := core.Tool{Type: member(v, "name"), Raw: raw}
	if t.Type == nil {
		t.Type = key
	}
	c.Tools = append(c.Tools, t)
	return nil
}

func (q *requestReader) spec(t *core.Tool, value []byte) {
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "name":
			t.Name = inside(v)
		case "description":
			t.Note = inside(v)
		case "inputSchema":
			t.Schema = get(v, "json")
		case "strict":
			if b, isBool := scan.Bool(v); isBool {
				t.Strict = core.Of(b)
			}
		default:
			q.c.Keep(&t.More, key, v)
		}
	}
}

// cachePoint reads {type: default, ttl}. plain is false if it has other members.
func cachePoint(value []byte) (ttl core.Text, plain bool) {
	w := scan.Members(value)
	plain = true
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "type":
			plain = plain && string(v) == `"default"`
		case "ttl":
			ttl = inside(v)
		default:
			plain = false
		}
	}
	if ttl == nil {
		ttl = value[len(value):] // "", and not nil
	}
	return ttl, plain
}

// output reads outputConfig: {textFormat: {type: json_schema, structure: {jsonSchema:
// {schema, name, description}}}}, where schema is a string that holds JSON.
func (q *requestReader) output(value []byte) *core.Fault {
	c := q.c
	w := scan.Members(get(get(get(value, "textFormat"), "structure"), "jsonSchema"))
	for {
		key, v, ok := w.Next()
		if !ok {
			return nil
		}
		switch string(key) {
		case "schema":
			if t := inside(v); t != nil {
				c.Format = core.FormatSchema
				c.Schema = c.Took(scan.AppendUnescaped(c.Room(), t))
				if scan.Object(c.Schema, nil, nil) != nil { // it will be written unchanged in place of other formats' schemas
					return body.Invalid("outputConfig", "cannot read outputConfig: the schema of its jsonSchema must be a string that holds a JSON object", "")
				}
			}
		case "name":
			c.FormatName = inside(v)
		case "description":
			c.FormatNote = inside(v)
		}
	}
}

// additional reads additionalModelRequestFields, which are defined by the model's vendor, as far as the neutral
// form has them: the settings of thinking of Claude, Nova and gpt-oss, and top_k.
func (q *requestReader) additional(value []byte) {
	c := q.c
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "thinking", "reasoning_config":
			q.thinking(v)
		case "reasoningConfig": // Nova
			c.Effort = member(v, "maxReasoningEffort")
			switch string(member(v, "type")) {
			case "enabled":
				c.Shows = core.Yes
			case "disabled":
				if c.Effort == nil {
					c.Budget = 0
				}
			}
		case "output_config":
			if e := member(v, "effort"); e != nil {
				c.Effort = e
			}
			q.claudeFormat(get(v, "format"))
		case "reasoning_effort":
			c.Effort = inside(v)
		case "top_k":
			c.TopK = number(v)
		case "inferenceConfig": // Nova
			c.TopK = number(get(v, "topK"))
		case "anthropic_beta":
			c.Betas = v
		}
	}
}

// claudeFormat reads Claude's own {type: json_schema, schema}, unless the request has Converse's.
func (q *requestReader) claudeFormat(value []byte) {
	if schema := get(value, "schema"); schema != nil && q.c.Format == core.FormatUnsaid {
		q.c.Format, q.c.Schema = core.FormatSchema, schema
	}
}

// thinking reads Claude's own object. Clients that send it see the thoughts.
func (q *requestReader) thinking(value []byte) {
	switch string(member(value, "type")) {
	case "enabled":
		if n, ok := scan.Int(get(value, "budget_tokens")); ok && n >= 0 {
			q.c.Budget, q.c.Shows = n, core.Yes
		}
	case "adaptive":
		q.c.Budget, q.c.Shows = core.BudgetAuto, core.Yes
	case "disabled":
		q.c.Budget = 0
	}
}
