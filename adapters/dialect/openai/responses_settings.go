package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// thinking appends reasoning.
func (w *writer) thinking(dst []byte) []byte {
	if w.own && w.Shape&askIsThinks != 0 {
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
	return append(append(dst[:at], dst[at+1:]...), '}') // removes the first comma
}

// effortOf returns the effort for a budget of tokens, "" for none in particular.
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

// settings appends the settings that are single values.
func (w *writer) settings(dst []byte, stream bool) []byte {
	switch {
	case stream:
		dst = append(dst, `,"stream":true`...)
	case w.own && w.Shape&askIsStreamed != 0:
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
		store = core.No // in other formats the default is not to store
	}
	dst = appendTruth(dst, "store", store)
	if w.CacheKey != nil {
		dst = appendField(dst, "prompt_cache_key", w.CacheKey)
	}
	if w.Tier != nil && w.From == &dialect {
		dst = appendField(dst, "service_tier", w.Tier)
	}
	switch {
	case w.User == nil:
	case w.own && w.Shape&askIsSafety != 0:
		dst = appendField(dst, "safety_identifier", w.User)
	case w.own || len(w.User) <= maxUser:
		dst = appendField(dst, "user", w.User)
	default:
		w.Drop("user")
	}
	if w.own && w.Previous != nil && w.Shape&askIsState == 0 {
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

// foreign appends what follows from a request of another dialect or face, and records what is dropped.
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
	w.DropMarks()
	if w.Tier != nil && w.From != &dialect {
		w.Drop("service_tier")
	}
	w.DropMembers()
	for n := w.More; n != 0; {
		e, next := w.Extra(n)
		n = next
		if w.From == &dialect && shared(e.Key) {
			dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
		} else if w.Loses(&e) && (w.From != &dialect || string(e.Key) != "stream_options") { // this format always has usage
			w.Drop(string(e.Key))
		}
	}
	return dst
}

// shared reports whether the member key of the chat face has the same meaning here.
func shared(key []byte) bool {
	switch string(key) {
	case "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "moderation":
		return true
	}
	return false
}
