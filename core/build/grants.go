package build

import (
	"fmt"
	"strings"
	"sync"

	"asbru/core"
	"asbru/core/price"
)

// grants say which models callers may use. They are written only while compiling; nil grants
// allow everything.
type grants struct {
	allowed *modelSet // nil: all
	blocked *modelSet // nil: none. Takes precedence
}

// A modelSet is a set of models, given by the Route they lead to, or by pattern.
type modelSet struct {
	by   map[*core.Route]*grant
	bare map[string]bool // names that are meant at whichever provider; nil: none
	like likes
	of   map[string]*core.Route // the Snapshot's Providers

	wholes *sync.Pool // for patterns
}

type grant struct {
	all   bool
	names map[string]bool
}

// grants compiles the models that r allows and blocks; nil if it allows everything.
func (c *compiler) grants(r *rules) *grants {
	g := &grants{allowed: c.allowedSet(r.allowed, r.from), blocked: newModelSet(c.next, r.blocked).anywhere(c.next, r.blocked, true)}
	if g.allowed == nil && g.blocked == nil {
		return nil
	}
	return g
}

// allowedSet compiles a list of allowed models, and warns about names that several providers serve.
func (c *compiler) allowedSet(list []string, from string) *modelSet {
	m := newModelSet(c.next, list)
	for _, name := range list {
		if _, pattern := newPattern(name); pattern {
			continue
		}
		if to, _ := c.next.Resolve([]byte(name)); to == nil && c.contested(name) {
			c.warn(from, fmt.Sprintf("holds %q, which several providers serve: it allows nothing", name), "write provider/"+name)
		}
	}
	return m
}

// newModelSet resolves a list against s: an alias, a served name, provider/model, provider/* or a
// pattern; nil for an empty list. A name that leads nowhere matches nothing. Two spellings of one model at one
// provider are the same; an alias is matched only by its own name, and stands for its fallbacks too.
func newModelSet(s *core.Snapshot, list []string) *modelSet {
	if len(list) == 0 {
		return nil
	}
	m := &modelSet{by: map[*core.Route]*grant{}, of: s.Providers, wholes: &sync.Pool{New: func() any { return new([]byte) }}}
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
		case to == nil: // reported when the document was validated
		case to.Targets[0].Model != "":
			m.on(to).all = true // an alias is identified by its Route
		default:
			m.on(to).name(string(model))
		}
	}
	return m
}

// anywhere adds the names of a list as what they are at every provider: all of them, or those that lead nowhere by
// themselves, because several providers serve them or none is known to. A list that forbids or caps must not lose a name
// when a second provider comes to serve it.
func (m *modelSet) anywhere(s *core.Snapshot, list []string, all bool) *modelSet {
	for _, name := range list {
		if _, ok := newPattern(name); ok {
			continue
		}
		if to, _ := s.Resolve([]byte(name)); all || to == nil {
			if m.bare == nil {
				m.bare = map[string]bool{}
			}
			m.bare[name] = true
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

// has reports whether r under name is in m. Patterns are matched against the alias,
// or against the name with and without provider/.
func (m *modelSet) has(r *core.Route, name []byte) bool {
	if to := m.by[r]; to != nil && (to.all || to.names[string(name)]) {
		return true
	}
	if r == nil || len(m.like) == 0 && len(m.bare) == 0 && len(r.Targets) < 2 {
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

// hasTarget is has for r, the Route of t's provider, and what t is asked for: its own model or, if it has none, name.
func (m *modelSet) hasTarget(r *core.Route, t *core.Target, name []byte) bool {
	if t.Model == "" {
		return m.has(r, name)
	}
	b := m.wholes.Get().(*[]byte)
	defer m.wholes.Put(b)
	*b = append((*b)[:0], t.Model...)
	return m.has(r, *b)
}

// hasAt is has for a Route to which the name itself is sent: of one provider, or of several that
// share the name.
func (m *modelSet) hasAt(r *core.Route, name []byte) bool {
	if m.bare[string(name)] {
		return true
	}
	for _, t := range r.Targets {
		if m.like.matchAt(m.wholes, t.Provider, name) {
			return true
		}
		if own := m.of[t.Provider]; len(r.Targets) > 1 && own != r && m.has(own, name) {
			return true
		}
	}
	return false
}

// open reports whether models outside the list may be allowed.
func (g *grants) open() bool { return g.allowed == nil || len(g.allowed.like) > 0 }

// allow implements Policy.Allows. A request that names no model is refused to callers with
// restricted models, because its model is unknown.
func (g *grants) allow(r *core.Route, name []byte) bool {
	if g.allowed != nil && !g.allowed.has(r, name) {
		return false
	}
	if g.blocked == nil {
		return true
	}
	return r != nil && (len(name) > 0 || r.Targets[0].Model != "") && !g.blocked.has(r, name)
}
