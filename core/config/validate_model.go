package config

import (
	"fmt"
	"slices"
	"strings"

	"asbru/core"
)

// names is the set of model names that a document can resolve.
type names struct {
	providers []string
	known     map[string]bool // provider names
	aliases   map[string]bool
	exact     map[string]bool // bare names that providers serve
	prefixes  []string        // of bare names that providers serve
}

func (c *checker) all() *names {
	if c.names != nil {
		return c.names
	}
	n := &names{known: map[string]bool{}, aliases: map[string]bool{}, exact: map[string]bool{}}
	for i := range c.doc.Providers {
		p := &c.doc.Providers[i]
		n.providers = append(n.providers, p.Name)
		n.known[p.Name] = true
		serves := p.Models
		if kind, _ := p.Kind(c.env); len(serves) == 0 {
			serves = c.env.Known[kind].Serves
		}
		for _, m := range serves {
			if prefix, ok := strings.CutSuffix(m, "*"); ok {
				n.prefixes = append(n.prefixes, prefix)
			} else {
				n.exact[m] = true
			}
		}
	}
	for _, m := range c.doc.Models {
		n.aliases[m.Alias] = true
	}
	c.names = n
	return n
}

// leads reports whether a name resolves to a provider.
func (n *names) leads(name string) bool {
	if n.aliases[name] || n.exact[name] {
		return true
	}
	if provider, model, ok := strings.Cut(name, "/"); ok && model != "" && n.known[provider] {
		return true
	}
	return slices.ContainsFunc(n.prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// near returns a hint for a name that does not resolve.
func (n *names) near(name string) string {
	words := make([]string, 0, len(n.aliases)+len(n.exact))
	for a := range n.aliases {
		words = append(words, a)
	}
	for e := range n.exact {
		words = append(words, e)
	}
	slices.Sort(words)
	if hint := didYouMean(name, words); hint != "" {
		return hint
	}
	return "name an alias, or write provider/model"
}

// modelName checks the form of a model's name and reports whether it is valid.
func (c *checker) modelName(path, name string) bool {
	switch {
	case name == "":
		c.fail(path, "", "a model needs a name")
	case len(name) > core.MaxModelName:
		c.fail(path, "", "is %d bytes long; a model's name has at most %d", len(name), core.MaxModelName)
	case strings.ContainsFunc(name, notInWord) || strings.ContainsAny(name, `"\`):
		c.fail(path, "", "%s holds characters that no model's name has", quote(name))
	default:
		return true
	}
	return false
}

func (c *checker) models() {
	n := c.all()
	isNew := c.unique("alias")
	for i := range c.doc.Models {
		m := &c.doc.Models[i]
		path := fmt.Sprintf("models[%d]", i)
		if c.modelName(path+".alias", m.Alias) {
			isNew(path+".alias", m.Alias)
		}
		if prefix, _, ok := strings.Cut(m.Alias, "/"); ok && n.known[prefix] {
			c.warn(path+".alias", "", "%s hides a model of provider %s", quote(m.Alias), prefix)
		}
		if len(m.Targets) > 0 {
			c.targets(path, m)
		} else {
			c.modelAt(path, m.Provider, m.Model, m.Alias)
		}
		c.choice(path, m)
		c.fallback(path, m)
	}
	c.overloads()
}

// modelAt checks a provider's name and its name for a model.
func (c *checker) modelAt(path, provider, model, alias string) {
	n := c.all()
	switch {
	case provider == "":
		c.fail(path+".provider", "", "alias %s needs a provider", quote(alias))
	case !n.known[provider]:
		hint := didYouMean(provider, n.providers)
		if hint == "" {
			hint = "add it to providers"
		}
		c.fail(path+".provider", hint, "no provider is named %s", quote(provider))
	}
	if model != "" {
		c.modelName(path+".model", model)
	}
}

func (c *checker) fallback(path string, m *Model) {
	for j, f := range m.Fallback {
		at := fmt.Sprintf("%s.fallback[%d]", path, j)
		switch {
		case !c.modelName(at, f):
		case f == m.Alias:
			c.fail(at, "name another one", "is the model itself")
		case slices.Contains(m.Fallback[:j], f):
			c.warn(at, "", "%s is in the list already", quote(f))
		case !c.all().leads(f):
			c.warn(at, c.all().near(f), "no provider serves %s: it will be skipped", quote(f))
		}
	}
	most := core.MaxAttempts
	if m.Retry != nil && m.Retry.Attempts > 0 {
		most = m.Retry.Attempts
	}
	if n := len(m.Fallback); n >= most {
		c.warn(path+".fallback", "", "lists %d; at most %d attempts are made for a request, the first and %d fallbacks", n, most, most-1)
	}
}
