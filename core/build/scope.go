package build

import (
	"fmt"
	"strings"

	"asbru/core"
)

// grants say where callers may be led, by Route: to all names of it or to
// some. They are written while compiling only.
type grants map[*core.Route]*grant

type grant struct {
	all   bool
	names map[string]bool
}

// grants compiles allowed models: an alias, a served name, provider/model or
// provider/*. What leads nowhere allows nothing. Two spellings of one model at one provider are one grant; an alias
// is granted by its own name only, together with its fallbacks.
func (c *compiler) grants(r *rules) grants {
	g := grants{}
	for _, name := range r.allowed {
		if provider, ok := strings.CutSuffix(name, "/*"); ok {
			if p := c.byName[provider]; p != nil {
				g.on(p.route).all = true
			}
			continue
		}
		if strings.Contains(name, "*") {
			c.fail(r.from, fmt.Sprintf("holds %q; * stands for all models of a provider only, as in %q", name, "openai/*"), "leave allowed_models out to allow every model")
			continue
		}
		to, model := c.next.Resolve([]byte(name))
		switch {
		case to == nil && c.contested(name):
			c.warn(r.from, fmt.Sprintf("holds %q, which several providers serve: it allows nothing", name), "write provider/"+name)
		case to == nil: // told when the document was validated
		case to.Targets[0].Model != "":
			g.on(to).all = true // an alias is its Route
		default:
			g.on(to).name(string(model))
		}
	}
	return g
}

func (g grants) on(r *core.Route) *grant {
	if g[r] == nil {
		g[r] = &grant{}
	}
	return g[r]
}

func (g *grant) name(model string) {
	if g.names == nil {
		g.names = map[string]bool{}
	}
	g.names[model] = true
}

// allow is a Policy's Allows.
func (g grants) allow(r *core.Route, name []byte) bool {
	to := g[r]
	return to != nil && (to.all || to.names[string(name)])
}

// scope refuses models that the caller's key is not allowed, in the request
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
	f := &core.Fault{
		Code:    core.Forbidden,
		Param:   param,
		Message: fmt.Sprintf("key %q may not use model %q; it may use %s", x.Key.Name, model, listed(r.allowed)),
		Hint:    "ask for one of these, or have the model added to the key's allowed_models",
	}
	if len(model) == 0 {
		f.Param = ""
		f.Message = fmt.Sprintf("key %q may use %s only, and this request does not name a model", x.Key.Name, listed(r.allowed))
		f.Hint = "name a model, or have the provider's models allowed as a whole, as in \"openai/*\""
	}
	return f
}
