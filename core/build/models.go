package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// compileServes finds out which provider serves each bare name. A name or prefix that two
// providers claim leads nowhere: guessing could send a caller's data to the
// wrong provider.
func (c *compiler) compileServes() {
	prefixes := map[string]*core.Route{}
	for _, p := range c.providers {
		for _, name := range p.serves() {
			into := c.next.Models
			text, isPrefix := strings.CutSuffix(name, "*")
			if isPrefix {
				into = prefixes
			}
			if r, taken := into[text]; taken && r != p.route {
				into[text] = nil
			} else {
				into[text] = p.route
			}
		}
	}
	for text, r := range prefixes {
		c.next.Serves = append(c.next.Serves, core.Prefix{Text: text, Route: r})
	}
	// the longest first: the more specific one decides
	slices.SortFunc(c.next.Serves, func(a, b core.Prefix) int {
		return cmp.Or(cmp.Compare(len(b.Text), len(a.Text)), cmp.Compare(a.Text, b.Text))
	})
}

// compileModels makes a Route of each alias. An alias takes precedence over a served name.
func (c *compiler) compileModels() {
	own := map[string]int{}
	for i := range c.doc.Models {
		m, at := &c.doc.Models[i], fmt.Sprintf("models[%d]", i)
		if j, taken := own[m.Alias]; taken {
			c.fail(at+".alias", fmt.Sprintf("is %q, like models[%d].alias", m.Alias, j), "give each alias once")
			continue
		}
		own[m.Alias] = i
		if r := c.routeOf(m, at); r != nil {
			c.next.Models[m.Alias] = r
			c.aliases[r] = true
			c.specs[r] = spec(m, r)
		}
	}
	// fallbacks may name any alias, so they come last
	for i := range c.doc.Models {
		m := &c.doc.Models[i]
		r := c.next.Models[m.Alias]
		if own[m.Alias] != i || r == nil || r.Name != m.Alias {
			continue
		}
		for j, name := range m.Fallback {
			c.addFallback(r, fmt.Sprintf("models[%d].fallback[%d]", i, j), name)
		}
		c.shadow(r, m, fmt.Sprintf("models[%d].shadow", i))
	}
}

// documented reports whether the document has a provider of that name, valid or not.
func (c *compiler) documented(name string) bool {
	return slices.ContainsFunc(c.doc.Providers, func(p config.Provider) bool { return p.Name == name })
}

// addFallback appends the targets of name: the first target of an alias (its
// own fallbacks are not followed), or the model at the provider that serves it.
func (c *compiler) addFallback(r *core.Route, at, name string) {
	to, model := c.next.Resolve([]byte(name))
	if to == nil {
		if c.contested(name) {
			c.warn(at, fmt.Sprintf("is %q, which several providers serve, and is passed over", name), "write provider/"+name)
		}
		return
	}
	t := to.Targets[0]
	if t.Model == "" {
		t = c.target(c.byName[t.Provider], string(model))
	}
	if !slices.Contains(r.Targets, t) {
		r.Targets = append(r.Targets, t)
		c.via(r, t, to)
	}
}

// via notes that t is on r for to, if that is an alias's Route.
func (c *compiler) via(r *core.Route, t *core.Target, to *core.Route) {
	if c.aliases[to] {
		r.Via = append(r.Via, core.Via{Target: t, Route: to})
	}
}

// contested reports whether a name leads nowhere because several providers claim it. That
// none does is a problem of the document and reported before.
func (c *compiler) contested(name string) bool {
	if r, ok := c.next.Models[name]; ok {
		return r == nil
	}
	return slices.ContainsFunc(c.next.Serves, func(p core.Prefix) bool {
		return p.Route == nil && strings.HasPrefix(name, p.Text)
	})
}
