package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/adapters"
	"asbru/core/config"
)

// Kinds describes the adapters for the validation of documents.
func Kinds() map[string]config.Kind {
	kinds := make(map[string]config.Kind, len(adapters.All))
	for _, a := range adapters.All {
		k := config.Kind{NeedsKey: a.Env != "", HasBase: a.Base != "", Serves: patterns(a), Needs: a.Needs(), Auth: authTypes[a.Auth.Kind]}
		for _, o := range a.Options {
			k.Options = append(k.Options, o.Name)
		}
		for _, f := range a.Faces {
			if !slices.Contains(k.Dialects, f.Dialect.Name) {
				k.Dialects = append(k.Dialects, f.Dialect.Name)
			}
		}
		kinds[a.Name] = k
	}
	return kinds
}

// findAdapter finds the adapter of p: its type, else its name if that is an adapter,
// else, with an address of its own, the adapter for servers of its dialect.
func (c *compiler) findAdapter(p *provider) bool {
	kind, at := p.doc.Type, p.at+".type"
	if kind == "" {
		kind, at = p.doc.Name, p.at+".name"
	}
	a, ok := adapters.Find(kind)
	if !ok && p.doc.Type == "" && p.doc.BaseURL != "" {
		dialect := cmp.Or(p.doc.Dialect, "openai")
		if a, ok = adapters.Find(dialect + "-compatible"); !ok {
			a, ok = adapters.Find(dialect)
		}
	}
	if !ok {
		c.fail(at, fmt.Sprintf("is %q, a provider nobody here knows", kind), "if it speaks OpenAI's or Anthropic's API, set base_url, and dialect: anthropic for the latter")
		return false
	}
	p.adapter, p.options = a, a.Filled(p.doc.Options)
	return true
}

// serves lists the bare names of p, with "*" at the end for a prefix. An adapter's
// own list applies to the provider itself, not to a compatible server at
// another address.
func (p *provider) serves() []string {
	switch {
	case len(p.doc.Models) > 0:
		return p.doc.Models
	case p.doc.BaseURL == "" || p.doc.Name == p.adapter.Name:
		return patterns(p.adapter)
	}
	return nil
}

// patterns returns the prefixes of a's names in the notation of a document.
func patterns(a *adapters.Adapter) []string {
	out := make([]string, len(a.Serves))
	for i, prefix := range a.Serves {
		out[i] = strings.TrimSuffix(prefix, "*") + "*"
	}
	return out
}
