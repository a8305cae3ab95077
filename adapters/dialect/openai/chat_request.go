package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// parseChat is the ParseRequest of chat completions.
func parseChat(c *core.Chat, raw []byte) *core.Fault {
	c.From, c.Op = &dialect, core.OpChat
	w := scan.Members(raw)
	var room [keyRoom]byte
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		name := plainKey(key, &room)
		if tail := w.Tail(); string(name) == "messages" && len(tail) > 0 && tail[0] == '[' {
			rest, f := parseMessages(c, tail)
			if f != nil {
				return f
			}
			w.Resume(rest)
			continue
		}
		value, _ := w.Value()
		if len(value) == 0 {
			break
		}
		if f := parseField(c, key, name, value); f != nil {
			return f
		}
	}
	if w.Rest() == nil {
		return body.Invalid("", "cannot read the request body: it is not one JSON object", "send one JSON object (RFC 8259) in UTF-8")
	}
	if len(c.Turns) == 0 {
		return body.Invalid("messages", "cannot read the request: it has no messages", `set "messages" to an array with one message at least`)
	}
	return nil
}

// parseField reads one top-level member. One that c does not have, or whose value has an unexpected type, is
// kept among the extras.
func parseField(c *core.Chat, key, name, value []byte) *core.Fault {
	if value[0] == 'n' || !numberField(c, name, value) && !wordField(c, name, value) && !otherField(c, name, value) {
		switch {
		case string(name) == "tools" && value[0] == '[':
			return parseTools(c, value, 0)
		case string(name) == "functions" && value[0] == '[':
			return parseTools(c, value, toolOld)
		}
		c.Keep(&c.More, key, value)
	}
	return nil
}

// numberField reads the members that are numbers.
func numberField(c *core.Chat, name, value []byte) bool {
	if !isNumber(value) {
		return false
	}
	switch string(name) {
	case "temperature":
		c.Temperature = value
	case "top_p":
		c.TopP = value
	case "top_k":
		c.TopK = value
	case "n":
		c.N = value
	case "frequency_penalty":
		c.FrequencyPenalty = value
	case "presence_penalty":
		c.PresencePenalty = value
	case "top_logprobs":
		c.TopLogprobs = value
	case "seed", "random_seed":
		if c.Seed != nil {
			return false
		}
		if c.Seed = value; string(name) != "seed" {
			c.Shape |= chatRandomSeed
		}
	case "max_completion_tokens":
		if c.MaxTokens != nil {
			c.Keep(&c.More, core.Text("max_tokens"), c.MaxTokens)
			c.Shape |= chatBothLimits
		}
		c.MaxTokens = value
		c.Shape &^= chatOldLimit
	case "max_tokens":
		if c.MaxTokens != nil {
			c.Shape |= chatBothLimits
			return false
		}
		c.MaxTokens = value
		c.Shape |= chatOldLimit
	default:
		return false
	}
	return true
}

// wordField reads the members that are strings.
func wordField(c *core.Chat, name, value []byte) bool {
	text := quoted(value)
	if text == nil {
		return false
	}
	switch string(name) {
	case "model":
		c.Model = text
	case "reasoning_effort":
		if c.Shape&chatEffort != 0 {
			return false
		}
		c.Effort = text
		c.Shape &^= chatOwnEffort
	case "verbosity":
		c.Verbose = text
	case "user", "safety_identifier":
		if c.User != nil {
			return false
		}
		if c.User = text; string(name) != "user" {
			c.Shape |= chatSafety
		}
	case "service_tier":
		c.Tier = text
	case "prompt_cache_key":
		c.CacheKey = text
	case "stop":
		c.Stop = append(c.Stop, text)
		c.Shape |= chatStopText
	case "tool_choice", "function_call":
		if c.Choice != core.ChooseUnsaid {
			return false
		}
		return parseChoiceWord(c, string(name) == "function_call", text)
	default:
		return false
	}
	return true
}

// otherField reads the members that are booleans, arrays and objects.
func otherField(c *core.Chat, name, value []byte) bool {
	switch string(name) {
	case "stream":
		on, ok := scan.Bool(value)
		if c.Stream = on; ok && !on {
			c.Shape |= chatNoStream
		}
		return ok
	case "parallel_tool_calls":
		return setTri(&c.Parallel, value)
	case "logprobs":
		return setTri(&c.Logprobs, value)
	case "store":
		return setTri(&c.Store, value)
	case "stop":
		return textList(&c.Stop, value)
	case "modalities":
		return textList(&c.Modes, value)
	case "logit_bias":
		if opens(value) {
			c.LogitBias = value
			return true
		}
	case "metadata":
		if opens(value) {
			c.Metadata = value
			return true
		}
	case "response_format":
		return opens(value) && parseFormat(c, value)
	case "tool_choice":
		return opens(value) && c.Choice == core.ChooseUnsaid && parseChoice(c, value)
	case "function_call":
		return opens(value) && c.Choice == core.ChooseUnsaid && parseOldChoice(c, value)
	case "stream_options", "reasoning", "thinking":
		return opens(value) && soleField(c, string(name), value) || glance(c, value)
	case "enable_thinking": // Qwen
		if on, ok := scan.Bool(value); ok && c.Budget == core.BudgetUnset {
			c.Budget = switched(on)
		}
	}
	return false
}

// soleField reads a setting that is an object with one member, as most such objects are.
func soleField(c *core.Chat, name string, value []byte) (ok bool) {
	w := scan.Members(value)
	key, v, some := w.Next()
	if _, _, more := w.Next(); !some || more {
		return false
	}
	switch {
	case name == "stream_options" && string(key) == "include_usage":
		if c.Usage, ok = scan.Bool(v); ok {
			c.Shape |= chatAsked
		}
	case name == "reasoning" && string(key) == "effort" && quoted(v) != nil && c.Effort == nil:
		c.Effort, ok = quoted(v), true
		c.Shape |= chatEffort
	case name == "thinking" && string(key) == "type" && c.Budget == core.BudgetUnset:
		switch string(v) {
		case `"enabled"`:
			c.Budget, ok = core.BudgetAuto, true
		case `"disabled"`:
			c.Budget, ok = 0, true
		}
		if ok {
			c.Shape |= chatSwitch
		}
	}
	return ok
}

// glance reads, from a member that is kept, what other formats can express too. taken is always false.
func glance(c *core.Chat, value []byte) (taken bool) {
	w := scan.Members(value)
	for {
		key, v, ok := w.Next()
		if !ok {
			return false
		}
		on, isBool := scan.Bool(v)
		n, isInt := scan.Int(v)
		switch text := quoted(v); string(key) {
		case "include_usage":
			c.Usage = on
		case "effort":
			if text != nil && c.Effort == nil {
				c.Effort, c.Shape = text, c.Shape|chatOwnEffort
			}
		case "type": // DeepSeek, Z.ai
			if c.Budget == core.BudgetUnset && text != nil {
				c.Budget = switched(string(text) != "disabled")
			}
		case "enabled":
			if c.Budget == core.BudgetUnset && isBool {
				c.Budget = switched(on)
			}
		case "max_tokens", "budget_tokens":
			if isInt && n >= 0 {
				c.Budget = n
			}
		case "exclude":
			if isBool {
				c.Shows = core.Of(!on)
			}
		}
	}
}

// switched returns the budget for thinking that is only switched on or off.
func switched(on bool) int64 {
	if on {
		return core.BudgetAuto
	}
	return 0
}

func setTri(t *core.Tri, raw []byte) bool {
	on, ok := scan.Bool(raw)
	if ok {
		*t = core.Of(on)
	}
	return ok
}

// textList reads an array of strings. ok is false if it is empty or has other elements.
func textList(list *[]core.Text, raw []byte) (ok bool) {
	from := len(*list)
	w := scan.Elements(raw)
	for {
		_, value, more := w.Next()
		if !more {
			return len(*list) > from
		}
		text := quoted(value)
		if text == nil {
			*list = (*list)[:from]
			return false
		}
		*list = append(*list, text)
	}
}
