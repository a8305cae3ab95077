package build

import (
	"fmt"

	"asbru/core"
	"asbru/core/config"
)

// A reach says which providers and models may serve callers, whatever the name they asked for leads to.
type reach struct {
	shares  map[string]*portion // by provider; nil: all are
	barred  map[string]bool     // providers that never serve
	blocked *modelSet           // models that never serve, not even behind an alias; nil: none
	of      map[string]*core.Route
	plain   map[*core.Target][]byte // the names of the targets' models
}

// A portion is what callers may use of one provider.
type portion struct {
	allowed *modelNames     // nil: all
	blocked *modelNames     // nil: none
	keys    map[string]bool // nil: all
}

// reachOf compiles which providers may serve the callers of r; nil: all.
func (c *compiler) reachOf(r *rules) *reach {
	k := r.key
	if k == nil || len(k.Providers) == 0 && len(k.BlockedProviders) == 0 && len(r.blocked) == 0 {
		return nil
	}
	out := &reach{barred: map[string]bool{}, of: c.next.Providers, plain: c.plainNames()}
	for _, name := range k.BlockedProviders {
		out.barred[name] = true
	}
	if r.grants != nil {
		out.blocked = r.grants.blocked
	}
	for i := range k.Providers {
		if out.shares == nil {
			out.shares = map[string]*portion{}
		}
		out.shares[k.Providers[i].Provider] = newPortion(&k.Providers[i])
	}
	return out
}

func newPortion(p *config.KeyProvider) *portion {
	s := &portion{allowed: newModelNames(p.AllowedModels), blocked: newModelNames(p.BlockedModels)}
	for _, name := range p.Keys {
		if s.keys == nil {
			s.keys = map[string]bool{}
		}
		s.keys[name] = true
	}
	return s
}

// plainNames returns the names of the targets' models as bytes, made once for the hot path.
func (c *compiler) plainNames() map[*core.Target][]byte {
	if c.plain == nil {
		c.plain = map[*core.Target][]byte{}
		for _, list := range [][]*core.Target{c.next.Targets, c.pinned, c.shaded} {
			for _, t := range list {
				if t.Model != "" {
					c.plain[t] = []byte(t.Model)
				}
			}
		}
	}
	return c.plain
}

// serves implements Policy.Serves.
func (r *reach) serves(t *core.Target, k *core.ProviderKey, name []byte) bool {
	if !r.provider(t.Provider) {
		return false
	}
	if plain := r.plain[t]; plain != nil {
		name = plain
	}
	if r.blocked != nil && (len(name) == 0 || r.blocked.has(r.of[t.Provider], name)) {
		return false
	}
	s := r.shares[t.Provider]
	switch {
	case s == nil:
		return true
	case k != nil && s.keys != nil && !s.keys[k.Name]:
		return false
	case s.allowed != nil && !s.allowed.has(name):
		return false
	}
	return s.blocked == nil || len(name) > 0 && !s.blocked.has(name)
}

// provider reports whether a provider may serve anything.
func (r *reach) provider(name string) bool {
	return !r.barred[name] && (r.shares == nil || r.shares[name] != nil)
}

// within is the stage that refuses a request if none of its targets may serve the caller. Pick skips
// such targets; this stage says why if no other is left.
func (c *compiler) within(r *rules, op core.Op) (core.Stage, string) {
	if r.reach == nil || op == core.OpModels {
		return nil, ""
	}
	return func(x *core.Exchange) core.Verdict {
		known := false
		for _, t := range x.Route.Targets {
			if r.reach.serves(t, nil, x.Name) {
				return core.Continue
			}
			known = known || r.reach.provider(t.Provider)
		}
		x.Fault = beyond(x, known)
		return core.Refuse
	}, r.from
}

// beyond is the fault of a request that no target may serve; provider reports that one of
// the providers may serve other models.
func beyond(x *core.Exchange, provider bool) *core.Fault {
	t := x.Route.Targets[0]
	if !provider {
		return &core.Fault{
			Code: core.Forbidden, Kind: "provider_blocked", Param: "model",
			Message: fmt.Sprintf("key %q may not be served by provider %q", x.Key.Name, t.Provider),
			Hint:    "ask for a model of another provider, or have this one added to the key's providers",
		}
	}
	return &core.Fault{
		Code: core.Forbidden, Kind: "model_blocked", Param: "model",
		Message: fmt.Sprintf("key %q may not use model %q of provider %q", x.Key.Name, x.Name, t.Provider),
		Hint:    "ask for another model, or have it taken from the key's blocked_models",
	}
}
