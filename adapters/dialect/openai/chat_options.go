package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// numbers writes the settings that are numbers. Those that only other formats have are recorded as dropped.
func (o *chatOut) numbers() {
	c := o.c
	if c.MaxTokens != nil {
		name := "max_completion_tokens"
		if o.quirks&core.QuirkMaxTokens != 0 && (!o.own || c.Shape&chatBothLimits == 0) || o.own && c.Shape&chatOldLimit != 0 {
			name = "max_tokens"
		}
		o.dst = appendMember(o.dst, name, c.MaxTokens)
	}
	seed := "seed"
	if o.own && c.Shape&chatRandomSeed != 0 {
		seed = "random_seed"
	}
	for _, f := range [...]struct {
		name  string
		value []byte
	}{{"temperature", c.Temperature}, {"top_p", c.TopP}, {"n", c.N}, {seed, c.Seed}, {"frequency_penalty", c.FrequencyPenalty},
		{"presence_penalty", c.PresencePenalty}, {"top_logprobs", c.TopLogprobs}, {"logit_bias", c.LogitBias}} {
		if f.value != nil {
			o.dst = appendMember(o.dst, f.name, f.value)
		}
	}
	if c.TopK != nil && o.own {
		o.dst = appendMember(o.dst, "top_k", c.TopK)
	} else if c.TopK != nil {
		c.Drop("top_k")
	}
	o.dst = appendTri(o.dst, "logprobs", c.Logprobs)
}

// words writes the settings that are strings, and lists of them.
func (o *chatOut) words() {
	c := o.c
	if len(c.Stop) == 1 && (!o.own || c.Shape&chatStopText != 0) {
		o.dst = appendTextMember(o.dst, "stop", c.Stop[0])
	} else if len(c.Stop) > 0 {
		o.dst = appendTextList(o.dst, "stop", c.Stop)
	}
	if c.User != nil {
		name := "user"
		if o.own && c.Shape&chatSafety != 0 {
			name = "safety_identifier"
		}
		o.dst = appendTextMember(o.dst, name, c.User)
	}
	if len(c.Modes) > 0 && (o.own || len(c.Modes) > 1 || string(c.Modes[0]) != "text") {
		o.dst = appendTextList(o.dst, "modalities", c.Modes)
	}
	if c.Verbose != nil {
		o.dst = appendTextMember(o.dst, "verbosity", c.Verbose)
	}
	if c.CacheKey != nil {
		o.dst = appendTextMember(o.dst, "prompt_cache_key", c.CacheKey)
	}
	if o.family {
		if c.Tier != nil {
			o.dst = appendTextMember(o.dst, "service_tier", c.Tier)
		}
		if c.Metadata != nil {
			o.dst = appendMember(o.dst, "metadata", c.Metadata)
		}
		o.dst = appendTri(o.dst, "store", c.Store)
		return
	}
	if c.Tier != nil {
		c.Drop("service_tier")
	}
	if c.Metadata != nil {
		c.Drop("metadata")
	}
	if c.Store != core.Unsaid {
		c.Drop("store")
	}
}

func appendTextList(dst []byte, name string, list []core.Text) []byte {
	dst = appendMember(dst, name, []byte{'['})
	for i, t := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = scan.AppendQuoted(dst, t)
	}
	return append(dst, ']')
}

// The efforts for budgets of thinking: the most tokens for each. OpenAI does not document how many tokens an
// effort is. All servers know these words.
const (
	lowBudget    = 4096
	mediumBudget = 12288
)

// thinking writes how much the model should think.
func (o *chatOut) thinking() {
	c := o.c
	if c.Summary != nil && !o.own {
		c.Drop("reasoning.summary")
	}
	if o.own {
		o.ownThinking()
		return
	}
	effort := c.Effort
	if effort == nil && c.Budget == core.BudgetUnset {
		return
	}
	if o.quirks&core.QuirkThinkingSwitch != 0 {
		word := "enabled"
		if string(effort) == "none" || effort == nil && c.Budget == 0 {
			word = "disabled"
		}
		o.dst = append(append(append(o.dst, `,"thinking":{"type":"`...), word...), `"}`...)
		if word == "disabled" {
			return
		}
	}
	if o.quirks&core.QuirkNoEffort != 0 {
		if effort != nil && o.quirks&core.QuirkThinkingSwitch == 0 {
			c.Drop("reasoning_effort")
		} else if o.quirks&core.QuirkThinkingSwitch == 0 {
			c.Drop("thinking")
		}
		return
	}
	if effort != nil {
		o.dst = appendTextMember(o.dst, "reasoning_effort", effort)
		return
	}
	switch {
	case c.Budget == core.BudgetAuto: // the default of models
	case c.Budget == 0:
		c.Drop("thinking") // "none" is an error for models that do not think, and for many that do
	case c.Budget <= lowBudget:
		o.dst = append(o.dst, `,"reasoning_effort":"low"`...)
	case c.Budget <= mediumBudget:
		o.dst = append(o.dst, `,"reasoning_effort":"medium"`...)
	default:
		o.dst = append(o.dst, `,"reasoning_effort":"high"`...)
	}
}

// ownThinking writes the settings of thinking of the same family as they came; the rest is among the extras.
func (o *chatOut) ownThinking() {
	c := o.c
	if c.Shape&chatSwitch != 0 {
		word := "enabled"
		if c.Budget == 0 {
			word = "disabled"
		}
		o.dst = append(append(append(o.dst, `,"thinking":{"type":"`...), word...), `"}`...)
	}
	switch {
	case c.Effort == nil || c.Shape&chatOwnEffort != 0:
	case c.Shape&chatEffort != 0:
		o.dst = append(o.dst, `,"reasoning":{"effort":`...)
		o.dst = append(scan.AppendQuoted(o.dst, c.Effort), '}')
	case o.quirks&core.QuirkNoEffort != 0:
		c.Drop("reasoning_effort")
	default:
		o.dst = appendTextMember(o.dst, "reasoning_effort", c.Effort)
	}
}

// extra returns the value of a top-level member that the neutral form does not have; nil: absent.
func (o *chatOut) extra(name string) []byte {
	for more := o.c.More; more != 0; {
		var e core.Extra
		if e, more = o.c.Extra(more); string(e.Key) == name {
			return e.Value
		}
	}
	return nil
}

// options writes whether a stream is wanted, and that it should include usage if the target supports that.
func (o *chatOut) options() {
	var told []byte
	if o.own {
		told = o.extra("stream_options")
	}
	switch {
	case o.s.Stream:
		o.dst = append(o.dst, `,"stream":true`...)
	case o.own && o.c.Shape&chatNoStream != 0:
		o.dst = append(o.dst, `,"stream":false`...)
	}
	ask := o.s.Stream && (o.s.Face == nil && !o.own && o.c.Usage || o.s.Face != nil && o.s.Face.AskUsage)
	switch {
	case told == nil && ask:
		o.dst = append(o.dst, `,"stream_options":{"include_usage":true}`...)
	case o.own && o.c.Shape&chatAsked != 0 && (o.s.Stream || !o.c.Stream):
		o.dst = append(o.dst, `,"stream_options":{"include_usage":`...)
		if o.c.Usage {
			o.dst = append(o.dst, `true}`...)
		} else {
			o.dst = append(o.dst, `false}`...)
		}
	case told == nil || o.c.Stream && !o.s.Stream:
	case !ask || o.c.Usage:
		o.dst = appendMember(o.dst, "stream_options", told)
	default:
		o.dst = append(o.dst, `,"stream_options":{"include_usage":true`...)
		w := scan.Members(told)
		for {
			key, value, ok := w.Next()
			if !ok {
				break
			}
			if string(key) != "include_usage" {
				o.dst = append(append(scan.AppendQuoted(append(o.dst, ','), key), ':'), value...)
			}
		}
		o.dst = append(o.dst, '}')
	}
}
