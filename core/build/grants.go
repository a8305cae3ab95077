package build

import (
	"fmt"
	"strings"

	"asbru/core"
	"asbru/core/price"
)

// grants say where callers may be led. They are written while compiling only; nil grants
// lead everywhere.
type grants struct {
	allowed *modelSet // nil: all
	blocked *modelSet // nil: none. They win
}

// A modelSet is some of all models, by the Route they lead to, or by pattern.
type modelSet struct {
	by   map[*core.Route]*grant
	like likes
	of   map[string]*core.Route // the Snapshot's Providers
}

type grant struct {
	all   bool
	names map[string]bool
}

// grants compiles the models that r allows and blocks; nil when it leads everywhere.
func (c *compiler) grants(r *rules) *grants {
	g := &grants{allowed: c.modelSet(r.allowed, r.from, "allows"), blocked: c.modelSet(r.blocked, r.from, "blocks")}
	if g.allowed == nil && g.blocked == nil {
		return nil
	}
	return g
}

// modelSet compiles a list, and warns of what several providers serve.
func (c *compiler) modelSet(list []string, from, does string) *modelSet {
	m := newModelSet(c.next, list)
	for _, name := range list {
		if _, pattern := newPattern(name); pattern {
			continue
		}
		if to, _ := c.next.Resolve([]byte(name)); to == nil && c.contested(name) {
			c.warn(from, fmt.Sprintf("holds %q, which several providers serve: it %s nothing", name, does), "write provider/"+name)
		}
	}
	return m
}

// newModelSet reads a list as s leads names: an alias, a served name, provider/model, provider/* or a
// pattern; nil for an empty list. What leads nowhere stands for nothing. Two spellings of one model at one provider are
// one; an alias is meant by its own name only, together with its fallbacks.
func newModelSet(s *core.Snapshot, list []string) *modelSet {
	if len(list) == 0 {
		return nil
	}
	m := &modelSet{by: map[*core.Route]*grant{}, of: s.Providers}
	for _, name := range list {
		if provider, ok := strings.CutSuffix(name, "/*"); ok && s.Providers[provider] != nil {
			m.on(s.Providers[provider]).all = true
			continue
		}
		if p, ok := newPattern(name); ok {
			m.like = append(m.like, p)
			continue
		}
		to, model := s.Resolve([]byte(name))
		switch {
		case to == nil: // told when the document was validated
		case to.Targets[0].Model != "":
			m.on(to).all = true // an alias is its Route
		default:
			m.on(to).name(string(model))
		}
	}
	return m
}

func (m *modelSet) on(r *core.Route) *grant {
	if m.by[r] == nil {
		m.by[r] = &grant{}
	}
	return m.by[r]
}

func (g *grant) name(model string) {
	if g.names == nil {
		g.names = map[string]bool{}
	}
	g.names[model] = true
}

// has reports whether r under name is one of m. Patterns are held against the alias,
// or against the name with and without provider/.
func (m *modelSet) has(r *core.Route, name []byte) bool {
	if to := m.by[r]; to != nil && (to.all || to.names[string(name)]) {
		return true
	}
	if r == nil || len(m.like) == 0 && len(r.Targets) < 2 {
		return false
	}
	if r.Targets[0].Model == "" {
		return m.hasAt(r, name)
	}
	for i := range m.like {
		if p := &m.like[i]; p.expr != nil && p.expr.MatchString(r.Name) || p.expr == nil && price.Matches(p.glob, r.Name) {
			return true
		}
	}
	return false
}

// hasAt is has for a Route of providers that are sent the name itself: of one, or of several that
// share it.
func (m *modelSet) hasAt(r *core.Route, name []byte) bool {
	for _, t := range r.Targets {
		if m.like.matchAt(t.Provider, name) {
			return true
		}
		if own := m.of[t.Provider]; len(r.Targets) > 1 && own != r && m.has(own, name) {
			return true
		}
	}
	return false
}

// open reports whether more may be allowed than what the list names.
func (g *grants) open() bool { return g.allowed == nil || len(g.allowed.like) > 0 }

// allow is a Policy's Allows. A request that names no model is led nowhere by who is
// allowed some models only, or is blocked some: what it asks for cannot be seen.
func (g *grants) allow(r *core.Route, name []byte) bool {
	if g.allowed != nil && !g.allowed.has(r, name) {
		return false
	}
	if g.blocked == nil {
		return true
	}
	return r != nil && (len(name) > 0 || r.Targets[0].Model != "") && !g.blocked.has(r, name)
}
