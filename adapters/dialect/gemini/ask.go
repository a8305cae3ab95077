package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// appendRequest is the codec's AppendRequest.
func appendRequest(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	if c.From == &api {
		dst = appendKept(dst, c, s)
		return body.Edit(dst, at, s.Face), nil
	}
	if f := refuse(c); f != nil {
		return dst, f
	}
	k := asking{c: c, own: core.Google, gen: generationOf(s.Model)}
	if s.Face != nil && s.Face.Vendor != core.NoVendor {
		k.own = s.Face.Vendor
	}
	dst, f := k.turns(append(dst, `{"contents":[`...))
	if f != nil {
		return dst, f
	}
	dst = append(dst, ']')
	if !k.systemOnly() {
		if dst, f = k.system(dst); f != nil {
			return dst, f
		}
	}
	dst = appendConfig(appendTools(dst, c), c, s.Model, k.gen)
	drop(c)
	c.DropMarks()
	return body.Edit(append(dst, '}'), at, s.Face), nil
}

// refuse returns the Fault for a feature that this format does not have and that the answer depends on.
func refuse(c *core.Chat) *core.Fault {
	if len(c.Previous) > 0 {
		return body.Invalid("previous_response_id", "cannot continue a stored response at Gemini: the conversation is kept by another provider",
			"send the whole conversation")
	}
	if len(c.Stop) > maxStops {
		return body.Invalid("stop", "cannot send more than 5 stop sequences to Gemini", "send fewer stop sequences")
	}
	for i := range c.Tools {
		if t := &c.Tools[i]; t.Type != nil {
			return body.Invalid("tools", "cannot offer the tool "+string(t.Type)+" at Gemini: only its own provider runs it",
				"declare a function, or use a model of that provider")
		}
	}
	return nil
}

// drop records as dropped the settings that Gemini does not have.
func drop(c *core.Chat) {
	note := func(said bool, name string) {
		if said {
			c.Drop(name)
		}
	}
	note(!scan.IsNull(c.LogitBias), "logit_bias")
	note(c.User != nil, "user")
	note(c.Tier != nil, "service_tier")
	note(c.CacheKey != nil, "prompt_cache_key")
	note(!scan.IsNull(c.Metadata), "metadata")
	note(c.Store != core.Unsaid, "store")
	note(c.Verbose != nil, "verbosity")
	note(c.Parallel == core.No, "parallel_tool_calls")
	for i := range c.Tools {
		note(c.Tools[i].Strict == core.Yes, "strict")
	}
	for i := range c.Turns {
		note(c.Turns[i].Name != nil, "name")
	}
	c.DropExtras()
}

// sep appends a comma unless dst ends with the bracket that opened the list.
func sep(dst []byte) []byte {
	if b := dst[len(dst)-1]; b == '{' || b == '[' {
		return dst
	}
	return append(dst, ',')
}

// field appends a member's name with quotes and colon, and a comma before it if one is due.
func field(dst []byte, name string) []byte {
	return append(append(append(sep(dst), '"'), name...), '"', ':')
}
