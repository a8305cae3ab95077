package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// The top-level members that the neutral form has a place for. One that was null is a
// bit of Chat.Shape by its number.
const (
	askModel = iota
	askInput
	askInstructions
	askStream
	askTools
	askChoice
	askParallel
	askText
	askReasoning
	askMaxTokens
	askTemperature
	askTopP
	askPrevious
	askStore
	askMetadata
	askTier
	askCacheKey
	askUser
	askSafety
	askTopLogprobs
	askInclude
	askBackground
	askConversation
	askPrompt
	numAsks
)

// More bits of Chat.Shape. The model cannot be null, which leaves its bit to the tools.
const (
	chatNoTools  = 1 << askModel // tools was []
	chatString   = 1 << (numAsks + iota - 1)
	chatNoInput  // there was no input
	chatStreamed // stream was said
	chatSafety   // the user is called safety_identifier
	chatText     // text is among the extras
	chatThinks   // reasoning is among the extras
	chatChoice   // tool_choice is among the extras
	chatState    // Previous stands for another member that asks for state, which is among the extras
)

var askNames = [numAsks]string{"model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls",
	"text", "reasoning", "max_output_tokens", "temperature", "top_p", "previous_response_id", "store", "metadata",
	"service_tier", "prompt_cache_key", "user", "safety_identifier", "top_logprobs", "include", "background",
	"conversation", "prompt"}

// askOf is the number of a top-level member, -1 for one the neutral form has no place for.
func askOf(key []byte) int {
	for i := range askNames {
		if len(key) == len(askNames[i]) && string(key) == askNames[i] {
			return i
		}
	}
	return -1
}

// An ask is a request while it is read.
type ask struct {
	*core.Chat
	raw [numAsks][]byte
}

// parseAsk is the face's ParseRequest.
func parseAsk(c *core.Chat, doc []byte) *core.Fault {
	c.From, c.Op, c.Usage = &api, core.OpResponses, true
	a := ask{Chat: c}
	w := scan.Members(doc)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch n := askOf(key); {
		case n < 0:
			c.Keep(&c.More, key, value)
		case scan.IsNull(value):
			c.Shape |= 1 << n
		default:
			a.raw[n] = value
		}
	}
	c.Model, _ = scan.Inside(a.raw[askModel])
	if f := a.instructions(); f != nil {
		return f
	}
	if f := a.input(); f != nil {
		return f
	}
	if f := a.tools(); f != nil {
		return f
	}
	a.choice()
	a.format()
	a.thinking()
	a.settings()
	a.state()
	return nil
}

// keep puts the member n among the extras, as it stands.
func (a *ask) keep(n int) {
	if a.raw[n] != nil {
		a.Keep(&a.More, a.word(n), a.raw[n])
	}
}

// word is the name of the member n.
func (a *ask) word(n int) core.Text { return a.Took(append(a.Room(), askNames[n]...)) }

// text reads a member that is a string; anything else is kept for this face only.
func (a *ask) text(n int, dst *core.Text) {
	var ok bool
	if *dst, ok = scan.Inside(a.raw[n]); !ok {
		a.keep(n)
	}
}

// tri reads a member that is a boolean.
func (a *ask) tri(n int, dst *core.Tri) {
	if v, ok := scan.Bool(a.raw[n]); ok {
		*dst = core.Of(v)
	} else {
		a.keep(n)
	}
}

// instructions are the first turn, ahead of the input wherever they stand.
func (a *ask) instructions() *core.Fault {
	raw := a.raw[askInstructions]
	if raw == nil {
		return nil
	}
	text, ok := scan.Inside(raw)
	if !ok {
		return body.Invalid("instructions", "cannot read instructions: they must be a string", "")
	}
	n := a.Begin(core.System)
	a.Add(core.Part{Kind: core.PartText, Text: text})
	a.End(n)
	a.Turns[n].Shape = turnInstructions
	return nil
}

func (a *ask) input() *core.Fault {
	raw := a.raw[askInput]
	switch {
	case raw == nil:
		a.Shape |= chatNoInput
		return nil
	case raw[0] == '"':
		text, _ := scan.Inside(raw)
		a.Shape |= chatString
		n := a.Begin(core.User)
		a.Add(core.Part{Kind: core.PartText, Text: text})
		a.End(n)
		return nil
	case raw[0] != '[':
		return body.Invalid("input", "cannot read input: it must be a string or an array of items", "")
	}
	return a.items(raw)
}

func (a *ask) tools() *core.Fault {
	raw := a.raw[askTools]
	if raw == nil {
		return nil
	}
	if raw[0] != '[' {
		return body.Invalid("tools", "cannot read tools: they must be an array", "")
	}
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			break
		}
		if value[0] != '{' {
			return body.Invalid("tools", "cannot read tools: each must be an object", "")
		}
		a.tool(value)
	}
	if len(a.Tools) == 0 {
		a.Shape |= chatNoTools
	}
	return nil
}

// Bits of Tool.Shape.
const (
	toolNoStrict   = 1 << iota // strict was not said
	toolNullStrict             // strict was null
)

// tool reads one tool. A null counts as absent for others and is kept for this face.
func (a *ask) tool(raw []byte) {
	var t core.Tool
	t.Shape = toolNoStrict
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		ok := false
		switch string(key) {
		case "type":
			t.Type, ok = scan.Inside(value)
		case "name":
			t.Name, ok = scan.Inside(value)
		case "description":
			t.Note, ok = scan.Inside(value)
		case "parameters":
			if ok = value[0] == '{'; ok {
				t.Schema = value
			}
		case "strict":
			t.Shape &^= toolNoStrict
			strict, said := scan.Bool(value)
			if ok = true; said {
				t.Strict = core.Of(strict)
			} else {
				t.Shape |= toolNullStrict
			}
		}
		if !ok {
			a.Keep(&t.More, key, value)
		}
	}
	if string(t.Type) != "function" {
		t.Raw = raw
	} else {
		t.Type = nil
		if t.Strict == core.Unsaid && closed(t.Schema, maxSchemaDepth) {
			t.Strict = core.Yes // the default here, where the schema allows it
		}
	}
	a.Chat.Tools = append(a.Chat.Tools, t)
}

// choice reads tool_choice.
func (a *ask) choice() {
	raw := a.raw[askChoice]
	if raw == nil {
		return
	}
	word, _ := scan.Inside(raw)
	switch string(word) {
	case "auto":
		a.Choice = core.ChooseAuto
	case "none":
		a.Choice = core.ChooseNone
	case "required":
		a.Choice = core.ChooseAny
	default:
		if raw[0] != '{' || !a.chosen(raw) {
			a.Shape |= chatChoice
			a.keep(askChoice)
		}
	}
}

// chosen reads a tool_choice that names functions: {type: function, name} or
// {type: allowed_tools, mode, tools}. It reports whether that is all there was to it.
func (a *ask) chosen(raw []byte) bool {
	var kind, name, mode, list []byte
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "type":
			kind = value
		case "name":
			name = value
		case "mode":
			mode = value
		case "tools":
			list = value
		default:
			return false
		}
	}
	switch string(kind) {
	case `"function"`:
		text, ok := scan.Inside(name)
		if !ok || mode != nil || list != nil {
			return false
		}
		a.Choice, a.ChoiceName = core.ChooseNamed, text
		return true
	case `"allowed_tools"`:
		choice := core.ChooseAuto
		if string(mode) == `"required"` {
			choice = core.ChooseAny
		} else if string(mode) != `"auto"` {
			return false
		}
		if name != nil || !a.allowed(list) {
			a.Allowed = a.Allowed[:0]
			return false
		}
		a.Choice = choice
		return true
	}
	return false
}

// allowed reads the functions of an allowed_tools choice; false: not only such.
func (a *ask) allowed(list []byte) bool {
	w := scan.Elements(list)
	for {
		_, value, more := w.Next()
		if !more {
			return len(a.Allowed) > 0
		}
		m := scan.Members(value)
		var name core.Text
		function := false
		for {
			key, v, more := m.Next()
			if !more {
				break
			}
			switch string(key) {
			case "type":
				function = string(v) == `"function"`
			case "name":
				name, _ = scan.Inside(v)
			default:
				return false
			}
		}
		if !function || name == nil {
			return false
		}
		a.Allowed = append(a.Allowed, name)
	}
}

// format reads text, with the format of the answer and how long it is to be. If
// there is more in it, this face gets it as it stands.
func (a *ask) format() {
	raw := a.raw[askText]
	if raw == nil {
		return
	}
	known, some := raw[0] == '{', false
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		some = true
		switch string(key) {
		case "format":
			known = a.answer(value) && known
		case "verbosity":
			text, ok := scan.Inside(value)
			a.Verbose, known = text, known && ok
		default:
			known = false
		}
	}
	if !known || !some {
		a.Shape |= chatText
		a.keep(askText)
	}
}

// answer reads text.format and reports whether that is all there was to it.
func (a *ask) answer(raw []byte) (known bool) {
	known = true
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return known && a.Format != core.FormatUnsaid
		}
		ok := false
		switch string(key) {
		case "type":
			ok = true
			switch string(value) {
			case `"text"`:
				a.Format = core.FormatText
			case `"json_object"`:
				a.Format = core.FormatJSON
			case `"json_schema"`:
				a.Format = core.FormatSchema
			default:
				ok = false
			}
		case "name":
			a.FormatName, ok = scan.Inside(value)
		case "description":
			a.FormatNote, ok = scan.Inside(value)
		case "schema":
			a.Schema, ok = value, value[0] == '{'
		case "strict":
			var v bool
			if v, ok = scan.Bool(value); ok {
				a.Strict = core.Of(v)
			}
		}
		known = known && ok
	}
}

// thinking reads reasoning. If there is more in it, this face gets it as it stands.
func (a *ask) thinking() {
	raw := a.raw[askReasoning]
	if raw == nil {
		return
	}
	known, some := raw[0] == '{', false
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		some = true
		text, ok := scan.Inside(value)
		switch string(key) {
		case "effort":
			a.Effort = text
		case "summary":
			a.Summary = text
			if ok && string(text) != "none" {
				a.Shows = core.Yes
			}
		default:
			ok = false
		}
		known = known && ok
	}
	if !known || !some {
		a.Shape |= chatThinks
		a.keep(askReasoning)
	}
}

// settings reads what is one value each.
func (a *ask) settings() {
	if raw := a.raw[askStream]; raw != nil {
		a.Stream, _ = scan.Bool(raw)
		a.Shape |= chatStreamed
	}
	a.tri(askParallel, &a.Parallel)
	a.tri(askStore, &a.Store)
	a.MaxTokens, a.Temperature, a.TopP = a.raw[askMaxTokens], a.raw[askTemperature], a.raw[askTopP]
	a.TopLogprobs, a.Metadata = a.raw[askTopLogprobs], a.raw[askMetadata]
	a.text(askTier, &a.Tier)
	a.text(askCacheKey, &a.CacheKey)
	if a.raw[askSafety] != nil {
		a.Shape |= chatSafety
		a.text(askSafety, &a.User)
		a.keep(askUser)
	} else {
		a.text(askUser, &a.User)
	}
	w := scan.Elements(a.raw[askInclude])
	for {
		_, value, more := w.Next()
		if !more {
			break
		}
		if string(value) == `"message.output_text.logprobs"` {
			a.Logprobs = core.Yes
		}
	}
	a.keep(askInclude)
}

// state reads what asks the provider to remember something, or to have remembered it.
// Previous tells other dialects that they cannot answer; which one it was, its text.
func (a *ask) state() {
	a.text(askPrevious, &a.Previous)
	for _, n := range [...]int{askBackground, askConversation, askPrompt} {
		raw := a.raw[n]
		a.keep(n)
		if raw == nil || n == askBackground && string(raw) != "true" {
			continue
		}
		if a.Previous == nil {
			a.Previous = a.word(n)
			a.Shape |= chatState
		}
	}
}
