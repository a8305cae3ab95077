package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// maxUser is what OpenAI takes as an end user's name, in characters; the longer ones of
// other vendors' clients are left out.
const maxUser = 64

// appendAsk is the face's AppendRequest.
func appendAsk(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at, own := len(dst), ours(c)
	w := writer{Chat: c, own: own, sign: core.OpenAI}
	if s.Face != nil {
		w.quirks = s.Face.Quirks
		if s.Face.Vendor != core.NoVendor {
			w.sign = s.Face.Vendor
		}
	}
	if f := w.refuse(); f != nil {
		return dst, f
	}
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = w.instructions(dst)
	if !own || c.Shape&chatNoInput == 0 {
		var f *core.Fault
		if dst, f = w.input(append(dst, `,"input":`...)); f != nil {
			return dst, f
		}
	}
	dst, f := w.tools(dst)
	if f != nil {
		return dst, f
	}
	dst = w.choice(dst)
	dst = w.format(dst)
	dst = w.thinking(dst)
	dst = w.settings(dst, s.Stream)
	if own {
		dst = w.nulls(dst)
		dst, _ = appendExtras(dst, &c.Tree, c.More)
	} else {
		dst = w.foreign(dst)
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// A writer is a request while it is written.
type writer struct {
	*core.Chat
	own     bool // it was read from this face
	sign    core.Vendor
	quirks  core.Quirk
	lead    int // turns that went into instructions
	calls   int // calls and results without an id so far, which get one by their order
	results int
}

// refuse finds what this face has nothing for and the answer depends on.
func (w *writer) refuse() *core.Fault {
	if w.own {
		return nil
	}
	if w.N != nil && string(w.N) != "1" {
		return body.Invalid("n", "cannot ask for more than one answer: the Responses API gives one", "leave n out, or name a model that is served by another API")
	}
	if w.Previous != nil {
		return body.Invalid("previous_response_id", "cannot continue a response that this provider does not hold", "send the whole conversation")
	}
	for _, m := range w.Modes {
		if string(m) != "text" {
			return body.Invalid("modalities", "cannot ask the Responses API for an answer in "+string(m), `leave modalities out, or say ["text"]`)
		}
	}
	return nil
}

// choice appends tool_choice and parallel_tool_calls, which OpenAI refuses without tools.
func (w *writer) choice(dst []byte) []byte {
	if !w.own && len(w.Tools) == 0 {
		return dst
	}
	switch {
	case w.Allowed != nil && len(w.Allowed) > 0:
		dst = append(dst, `,"tool_choice":{"type":"allowed_tools","mode":"`...)
		if w.Choice == core.ChooseAny {
			dst = append(dst, "required"...)
		} else {
			dst = append(dst, "auto"...)
		}
		dst = append(dst, `","tools":[`...)
		for i, name := range w.Allowed {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(scan.AppendQuoted(append(dst, `{"type":"function","name":`...), name), '}')
		}
		dst = append(dst, `]}`...)
	case w.Choice == core.ChooseAuto:
		dst = append(dst, `,"tool_choice":"auto"`...)
	case w.Choice == core.ChooseNone:
		dst = append(dst, `,"tool_choice":"none"`...)
	case w.Choice == core.ChooseAny && w.quirks&core.QuirkAnyChoice != 0:
		dst = append(dst, `,"tool_choice":"any"`...)
	case w.Choice == core.ChooseAny:
		dst = append(dst, `,"tool_choice":"required"`...)
	case w.Choice == core.ChooseNamed:
		dst = append(scan.AppendQuoted(append(dst, `,"tool_choice":{"type":"function","name":`...), w.ChoiceName), '}')
	}
	return appendTri(dst, "parallel_tool_calls", w.Parallel)
}

func appendTri(dst []byte, key string, v core.Tri) []byte {
	switch v {
	case core.Yes:
		return append(append(append(dst, ',', '"'), key...), `":true`...)
	case core.No:
		return append(append(append(dst, ',', '"'), key...), `":false`...)
	}
	return dst
}

// format appends text: the answer's format and how long it is to be.
func (w *writer) format(dst []byte) []byte {
	if w.own && w.Shape&chatText != 0 || w.Format == core.FormatUnsaid && w.Verbose == nil {
		return dst
	}
	dst = append(dst, `,"text":{`...)
	if w.Format != core.FormatUnsaid {
		dst = w.answer(append(dst, `"format":`...))
		if w.Verbose != nil {
			dst = append(dst, ',')
		}
	}
	if w.Verbose != nil {
		dst = scan.AppendQuoted(append(dst, `"verbosity":`...), w.Verbose)
	}
	return append(dst, '}')
}

// answer appends the format of the answer.
func (w *writer) answer(dst []byte) []byte {
	switch {
	case w.Format == core.FormatText:
		return append(dst, `{"type":"text"}`...)
	case w.Format == core.FormatJSON || w.quirks&core.QuirkNoSchema != 0:
		return append(dst, `{"type":"json_object"}`...)
	}
	dst = append(dst, `{"type":"json_schema"`...)
	switch {
	case w.FormatName != nil:
		dst = appendField(dst, "name", w.FormatName)
	case !w.own:
		dst = append(dst, `,"name":"answer"`...) // it must have one
	}
	if w.FormatNote != nil {
		dst = appendField(dst, "description", w.FormatNote)
	}
	if w.Schema != nil {
		dst = appendRaw(dst, "schema", w.Schema)
	}
	strict := w.Strict
	if strict == core.Unsaid && !w.own {
		strict = core.No
	}
	return append(appendTri(dst, "strict", strict), '}')
}

// thinking appends reasoning.
func (w *writer) thinking(dst []byte) []byte {
	if w.own && w.Shape&chatThinks != 0 {
		return dst
	}
	effort, summary := w.Effort, w.Summary
	word := ""
	if effort == nil {
		word = effortOf(w.Budget)
	}
	if effort != nil || word != "" {
		if w.quirks&core.QuirkNoEffort != 0 {
			w.Drop("reasoning_effort")
			effort, word = nil, ""
		}
	}
	shows := !w.own && summary == nil && w.Shows == core.Yes
	if !w.own && string(summary) == "none" {
		summary = nil
	}
	if effort == nil && word == "" && summary == nil && !shows {
		return dst
	}
	dst = append(dst, `,"reasoning":{`...)
	at := len(dst)
	if effort != nil {
		dst = appendField(dst, "effort", effort)
	} else if word != "" {
		dst = appendField(dst, "effort", nil)
		dst = append(append(dst[:len(dst)-1], word...), '"')
	}
	if summary != nil {
		dst = appendField(dst, "summary", summary)
	} else if shows {
		dst = append(dst, `,"summary":"auto"`...)
	}
	return append(append(dst[:at], dst[at+1:]...), '}') // without the first comma
}

// effortOf is the effort that stands for a budget of tokens, "" for none in particular.
func effortOf(budget int64) string {
	switch {
	case budget < 0:
		return ""
	case budget == 0:
		return "none"
	case budget <= 1024:
		return "minimal"
	case budget <= 4096:
		return "low"
	case budget <= 12288:
		return "medium"
	}
	return "high"
}

// settings appends what is one value each.
func (w *writer) settings(dst []byte, stream bool) []byte {
	switch {
	case stream:
		dst = append(dst, `,"stream":true`...)
	case w.own && w.Shape&chatStreamed != 0:
		dst = append(dst, `,"stream":false`...)
	}
	for _, m := range [...]struct {
		key string
		raw []byte
	}{
		{"max_output_tokens", w.MaxTokens}, {"temperature", w.Temperature}, {"top_p", w.TopP},
		{"top_logprobs", w.TopLogprobs}, {"metadata", w.Metadata},
	} {
		if m.raw != nil {
			dst = appendRaw(dst, m.key, m.raw)
		}
	}
	store := w.Store
	if store == core.Unsaid && !w.own {
		store = core.No // elsewhere nothing is stored unless it is said, here all is
	}
	dst = appendTri(dst, "store", store)
	if w.CacheKey != nil {
		dst = appendField(dst, "prompt_cache_key", w.CacheKey)
	}
	if w.Tier != nil && w.From == &api {
		dst = appendField(dst, "service_tier", w.Tier)
	}
	switch {
	case w.User == nil:
	case w.own && w.Shape&chatSafety != 0:
		dst = appendField(dst, "safety_identifier", w.User)
	case w.own || len(w.User) <= maxUser:
		dst = appendField(dst, "user", w.User)
	default:
		w.Drop("user")
	}
	if w.own && w.Previous != nil && w.Shape&chatState == 0 {
		dst = appendField(dst, "previous_response_id", w.Previous)
	}
	return dst
}

// nulls appends the members that were null.
func (w *writer) nulls(dst []byte) []byte {
	for n := askInput; n < numAsks; n++ {
		if w.Shape&(1<<n) != 0 {
			dst = appendRaw(dst, askNames[n], []byte("null"))
		}
	}
	return dst
}

// foreign appends what follows from another dialect's or face's request, and notes
// what is left out of it.
func (w *writer) foreign(dst []byte) []byte {
	thinks := w.Effort != nil && string(w.Effort) != "none" || w.Budget > 0 || w.Budget == core.BudgetAuto || w.Shows == core.Yes
	probs := w.Logprobs == core.Yes
	switch {
	case thinks && probs:
		dst = append(dst, `,"include":["reasoning.encrypted_content","message.output_text.logprobs"]`...)
	case thinks:
		dst = append(dst, `,"include":["reasoning.encrypted_content"]`...)
	case probs:
		dst = append(dst, `,"include":["message.output_text.logprobs"]`...)
	}
	for _, m := range [...]struct {
		key string
		raw []byte
	}{
		{"top_k", w.TopK}, {"seed", w.Seed}, {"frequency_penalty", w.FrequencyPenalty},
		{"presence_penalty", w.PresencePenalty}, {"logit_bias", w.LogitBias},
	} {
		if m.raw != nil {
			w.Drop(m.key)
		}
	}
	if len(w.Stop) > 0 {
		w.Drop("stop")
	}
	if w.Tier != nil && w.From != &api {
		w.Drop("service_tier")
	}
	for n := w.More; n != 0; {
		e, next := w.Extra(n)
		n = next
		if w.From == &api && shared(e.Key) {
			dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
		} else {
			w.Drop(string(e.Key))
		}
	}
	return dst
}

// shared reports whether the chat face has a member that means the same here.
func shared(key []byte) bool {
	switch string(key) {
	case "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "moderation":
		return true
	}
	return false
}
