package bedrock

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// Texts added to the system prompt for settings that Converse does not have.
const (
	sayJSON   = `Answer with one JSON object and nothing else.`
	sayNoTool = `Do not use any tools now: answer in text.`
)

// system appends the texts of all system turns, since Converse has only one place for them.
func (q *requestWriter) system(dst []byte) []byte {
	c := q.c
	at := len(dst)
	dst = append(dst, `,"system":[`...)
	start := len(dst)
	for i := range c.Turns {
		t := &c.Turns[i]
		if t.Role != core.System && t.Role != core.Developer {
			continue
		}
		for p := t.From; p < t.To; p += 1 + c.Parts[p].Inner {
			part := &c.Parts[p]
			if !q.own && part.Kind != core.PartText {
				c.Drop("system content that is no text")
				continue
			}
			if !q.own && blank(part.Text) {
				continue
			}
			dst = q.block(dst, int(p))
		}
	}
	if !q.own && c.Format == core.FormatJSON {
		dst = append(dst, `{"text":"`+sayJSON+`"},`...)
	}
	if c.Choice == core.ChooseNone && q.calls {
		dst = append(dst, `{"text":"`+sayNoTool+`"},`...)
	}
	if len(dst) > start {
		dst[len(dst)-1] = ']'
		return dst
	}
	if q.own && c.Shape&shapeSystem != 0 {
		return append(dst, ']')
	}
	return dst[:at]
}

// tools appends toolConfig, which is required if the conversation has tool blocks. Converse cannot forbid
// calls: then toolConfig is left out, or, if it is required, a sentence to the model forbids them.
func (q *requestWriter) tools(dst []byte) []byte {
	c := q.c
	if q.own && c.Shape&shapeTools == 0 || !q.own && !q.calls && (len(c.Tools) == 0 || c.Choice == core.ChooseNone) {
		return dst
	}
	at := len(dst)
	dst = append(dst, `,"toolConfig":{"tools":[`...)
	list := len(dst)
	for i := range c.Tools {
		if dst = q.tool(dst, &c.Tools[i]); q.fault != nil {
			return dst
		}
	}
	if len(dst) == list && !q.own {
		dst = q.told(dst)
	}
	if len(dst) > list {
		dst[len(dst)-1] = ']'
	} else if !q.own {
		return dst[:at] // none of the tools may be called
	} else {
		dst = append(dst, ']')
	}
	dst = q.choice(dst)
	for n := c.More; q.own && n != 0; {
		var e core.Extra
		e, n = c.Extra(n)
		if key, ok := cutPrefix(e.Key, toolsPrefix); ok {
			dst = append(append(scan.AppendQuoted(append(dst, ','), key), ':'), e.Value...)
		}
	}
	return append(dst, '}')
}

// tool appends one tool and a comma.
func (q *requestWriter) tool(dst []byte, t *core.Tool) []byte {
	if t.Type != nil {
		if !q.own {
			q.fault = cannot("tools", "the tool "+string(t.Type)+" is run by another provider", "use function tools, or send the request there")
			return dst
		}
		return append(append(dst, t.Raw...), ',')
	}
	if !q.own && !q.allowed(t.Name) {
		return dst
	}
	dst = scan.AppendQuoted(append(dst, `{"toolSpec":{"name":`...), t.Name)
	if len(t.Note) > 0 || q.own && t.Note != nil {
		dst = scan.AppendQuoted(append(dst, `,"description":`...), t.Note)
	}
	switch {
	case t.Schema != nil && !q.own && t.Strict == core.Yes && q.m.strict():
		dst = append(body.AppendFit(append(dst, `,"inputSchema":{"json":`...), t.Schema, q.c, core.LostOfTool), '}')
	case t.Schema != nil:
		dst = append(append(append(dst, `,"inputSchema":{"json":`...), t.Schema...), '}')
	case !q.own:
		dst = append(dst, `,"inputSchema":{"json":{"type":"object","properties":{}}}`...)
	}
	switch {
	case t.Strict == core.Unsaid || !q.own && t.Strict == core.No:
	case !q.own && !q.m.strict():
		q.c.Drop("strict")
	case t.Strict == core.Yes:
		dst = append(dst, `,"strict":true`...)
	default:
		dst = append(dst, `,"strict":false`...)
	}
	if q.own {
		dst = appendChain(dst, &q.c.Tree, t.More)
	}
	dst = append(dst, "}},"...)
	if t.Cache != nil && (q.own || q.m.caches()) {
		dst = appendCachePoint(dst, t.Cache)
	}
	return dst
}

// allowed reports whether the client allows the model to call name.
func (q *requestWriter) allowed(name core.Text) bool {
	for _, a := range q.c.Allowed {
		if string(a) == string(name) {
			return true
		}
	}
	return len(q.c.Allowed) == 0
}

// told appends the tools that were called in the conversation, if the request itself has none. Only their names
// are known.
func (q *requestWriter) told(dst []byte) []byte {
	c := q.c
next:
	for i := range c.Parts {
		p := &c.Parts[i]
		if p.Kind != core.PartCall {
			continue
		}
		for j := range c.Parts[:i] {
			if o := &c.Parts[j]; o.Kind == core.PartCall && string(o.Name) == string(p.Name) {
				continue next
			}
		}
		dst = scan.AppendQuoted(append(dst, `{"toolSpec":{"name":`...), p.Name)
		dst = append(dst, `,"inputSchema":{"json":{"type":"object"}}}},`...)
	}
	return dst
}

// choice appends toolChoice after the tools. A choice that forces a call is not allowed with thinking, nor
// together with Claude's own tool_choice.
func (q *requestWriter) choice(dst []byte) []byte {
	c := q.c
	if q.alone() || c.Choice == core.ChooseUnsaid || c.Choice == core.ChooseNone {
		return dst
	}
	switch q.chosen() {
	case core.ChooseAny:
		return append(dst, `,"toolChoice":{"any":{}}`...)
	case core.ChooseNamed:
		return append(scan.AppendQuoted(append(dst, `,"toolChoice":{"tool":{"name":`...), c.ChoiceName), "}}"...)
	}
	return append(dst, `,"toolChoice":{"auto":{}}`...)
}

// chosen returns the choice that is compatible with the rest of the request.
func (q *requestWriter) chosen() core.ToolChoice {
	if !q.own && q.think.on && (q.c.Choice == core.ChooseAny || q.c.Choice == core.ChooseNamed) {
		q.c.Drop("tool_choice")
		return core.ChooseAuto
	}
	return q.c.Choice
}

// alone reports whether Claude's own tool_choice is needed, to allow only one call at a time.
func (q *requestWriter) alone() bool {
	return !q.own && q.m.claude && q.c.Parallel == core.No && len(q.c.Tools) > 0 && q.c.Choice != core.ChooseNone
}

// format appends outputConfig.
func (q *requestWriter) format(dst []byte) []byte {
	c := q.c
	if q.own || c.Format != core.FormatSchema {
		return dst
	}
	dst = append(dst, `,"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"`...)
	dst = append(scan.AppendEscaped(dst, body.AppendFit(nil, c.Schema, c, core.LostOfSchema)), '"')
	if len(c.FormatName) > 0 {
		dst = scan.AppendQuoted(append(dst, `,"name":`...), c.FormatName)
	}
	if len(c.FormatNote) > 0 {
		dst = scan.AppendQuoted(append(dst, `,"description":`...), c.FormatNote)
	}
	return append(dst, "}}}}"...)
}
