package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// The top-level members that the neutral form has. For each that was null, the bit of its number is set in
// Chat.Shape.
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

// More bits of Chat.Shape. The model cannot be null, so its bit is used for the tools.
const (
	askIsNoTools  = 1 << askModel // tools was []
	askIsString   = 1 << (numAsks + iota - 1)
	askIsNoInput  // there was no input
	askIsStreamed // stream was given
	askIsSafety   // the user was called safety_identifier
	askIsText     // text is among the extras
	askIsThinks   // reasoning is among the extras
	askIsChoice   // tool_choice is among the extras
	askIsState    // Previous is from another member that asks for state, which is among the extras
)

var askNames = [numAsks]string{"model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls",
	"text", "reasoning", "max_output_tokens", "temperature", "top_p", "previous_response_id", "store", "metadata",
	"service_tier", "prompt_cache_key", "user", "safety_identifier", "top_logprobs", "include", "background",
	"conversation", "prompt"}

// askOf returns the number of a top-level member, -1 for one that the neutral form does not have.
func askOf(key []byte) int {
	for i := range askNames {
		if len(key) == len(askNames[i]) && string(key) == askNames[i] {
			return i
		}
	}
	return -1
}

// An ask is a request being read.
type ask struct {
	*core.Chat
	raw [numAsks][]byte
}

// parseAsk is the face's ParseRequest.
func parseAsk(c *core.Chat, doc []byte) *core.Fault {
	c.From, c.Op, c.Usage = &dialect, core.OpResponses, true
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

// keep adds the member n to the extras, unchanged.
func (a *ask) keep(n int) {
	if a.raw[n] != nil {
		a.Keep(&a.More, a.word(n), a.raw[n])
	}
}

// word returns the name of the member n.
func (a *ask) word(n int) core.Text { return a.Took(append(a.Room(), askNames[n]...)) }

// text reads a member that is a string. Another value is kept for this face.
func (a *ask) text(n int, dst *core.Text) {
	var ok bool
	if *dst, ok = scan.Inside(a.raw[n]); !ok {
		a.keep(n)
	}
}

// tri reads a member that is a boolean. Another value is kept for this face.
func (a *ask) tri(n int, dst *core.Tri) {
	if v, ok := scan.Bool(a.raw[n]); ok {
		*dst = core.Of(v)
	} else {
		a.keep(n)
	}
}

// instructions reads the instructions, which become the first turn even if they come after the input.
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
		a.Shape |= askIsNoInput
		return nil
	case raw[0] == '"':
		text, _ := scan.Inside(raw)
		a.Shape |= askIsString
		n := a.Begin(core.User)
		a.Add(core.Part{Kind: core.PartText, Text: text})
		a.End(n)
		return nil
	case raw[0] != '[':
		return body.Invalid("input", "cannot read input: it must be a string or an array of items", "")
	}
	return a.items(raw)
}

// settings reads the settings that are single values.
func (a *ask) settings() {
	if raw := a.raw[askStream]; raw != nil {
		a.Stream, _ = scan.Bool(raw)
		a.Shape |= askIsStreamed
	}
	a.tri(askParallel, &a.Parallel)
	a.tri(askStore, &a.Store)
	a.MaxTokens, a.Temperature, a.TopP = a.raw[askMaxTokens], a.raw[askTemperature], a.raw[askTopP]
	a.TopLogprobs, a.Metadata = a.raw[askTopLogprobs], a.raw[askMetadata]
	a.text(askTier, &a.Tier)
	a.text(askCacheKey, &a.CacheKey)
	if a.raw[askSafety] != nil {
		a.Shape |= askIsSafety
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

// state reads the members that refer to state held by the provider. A non-nil Previous tells other dialects
// that they cannot answer; its text names the member.
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
			a.Shape |= askIsState
		}
	}
}
