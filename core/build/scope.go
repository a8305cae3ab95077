package build

import (
	"fmt"

	"asbru/core"
)

// scope is the stage that refuses models that the caller's key may not use, in the request
// and in its own list of fallbacks.
func (c *compiler) scope(r *rules, op core.Op) (core.Stage, string) {
	if r.grants == nil || op == core.OpModels {
		return nil, ""
	}
	return func(x *core.Exchange) core.Verdict {
		if !r.grants.allow(x.Route, x.Name) {
			x.Fault = r.forbidden(x, x.Peek.Model, "model")
			return core.Refuse
		}
		for _, name := range x.Peek.Fallbacks {
			if len(name) == 0 {
				continue
			}
			if to, model := x.Snap.Resolve(name); to != nil && !r.grants.allow(to, model) {
				x.Fault = r.forbidden(x, name, "fallbacks")
				return core.Refuse
			}
		}
		return core.Continue
	}, r.from
}

func (r *rules) forbidden(x *core.Exchange, model []byte, param string) *core.Fault {
	f := &core.Fault{Code: core.Forbidden, Kind: "model_blocked", Param: param}
	some := len(r.allowed) > 0
	switch {
	case len(model) == 0 && some:
		f.Param = ""
		f.Message = fmt.Sprintf("key %q may use %s only, and this request does not name a model", x.Key.Name, listed(r.allowed))
		f.Hint = "name a model, or have the provider's models allowed as a whole, as in \"openai/*\""
	case len(model) == 0:
		f.Param = ""
		f.Message = fmt.Sprintf("key %q may not use %s, and this request does not name a model", x.Key.Name, listed(r.blocked))
		f.Hint = "name a model"
	case some:
		f.Message = fmt.Sprintf("key %q may not use model %q; it may use %s", x.Key.Name, model, listed(r.allowed))
		f.Hint = "ask for one of these, or have the model added to the key's allowed_models"
		if len(r.blocked) > 0 {
			f.Message += " but not " + listed(r.blocked)
		}
	default:
		f.Message = fmt.Sprintf("key %q may not use model %q", x.Key.Name, model)
		f.Hint = "ask for another one, or have it taken from the key's blocked_models"
	}
	return f
}
