package build

import (
	"bytes"
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/config"
)

// around lists endings of paths whose answers let a client bypass this gateway: short-lived
// secrets for the provider, and connections that carry sound directly.
//
// Source: https://platform.openai.com/docs/api-reference/realtime-sessions,
// https://ai.google.dev/gemini-api/docs/ephemeral-tokens
var around = [...]string{"/client_secrets", "/realtime/sessions", "/transcription_sessions", "/realtime/calls", "/auth_tokens"}

// secrets is the stage that refuses those paths to restricted callers: what they do with such a
// secret is neither limited, nor counted, nor ended with their key.
func (c *compiler) secrets(_ *rules, op core.Op) (core.Stage, string) {
	if op != core.OpPass {
		return nil, ""
	}
	return func(x *core.Exchange) core.Verdict {
		if !x.Key.Bound {
			return core.Continue
		}
		path := bytes.TrimSuffix(x.Path, []byte("/"))
		for _, end := range around {
			if bytes.HasSuffix(path, []byte(end)) {
				x.Fault = &core.Fault{
					Code: core.Forbidden, Kind: "access_blocked",
					Message: fmt.Sprintf("key %q has limits, and what this path gives would let it go round them", x.Key.Name),
					Hint:    "connect to /v1/realtime here with the key itself, from a browser in the subprotocol openai-insecure-api-key.KEY",
				}
				return core.Refuse
			}
		}
		return core.Continue
	}, "virtual_keys"
}

// bound reports whether anything limits what a key may use or spend, or for how long.
func (c *compiler) bound(v *config.VirtualKey) bool {
	d, customer := c.doc, c.customerOf(v)
	own := len(v.BlockedModels)+len(v.Providers)+len(v.BlockedProviders)+len(v.RequiredHeaders)+len(v.Budgets)+len(v.RateLimits) > 0
	if own || len(v.AllowedModels) > 0 && !slices.Contains(v.AllowedModels, "*") || v.BudgetUSDPerMonth != nil || v.Expires.Unix() > 0 {
		return true
	}
	if len(d.RateLimits)+len(d.Budgets) > 0 {
		return true
	}
	for i := range d.Teams {
		if t := &d.Teams[i]; t.Name == v.Team && len(t.Budgets)+len(t.RateLimits) > 0 {
			return true
		}
	}
	for i := range d.Customers {
		if p := &d.Customers[i]; p.Name == customer && customer != "" && len(p.Budgets)+len(p.RateLimits) > 0 {
			return true
		}
	}
	return false
}
