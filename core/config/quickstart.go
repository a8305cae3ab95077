package config

import (
	"slices"
	"strings"
)

// An Offer is a provider that needs no configuration but a key in a variable.
type Offer struct{ Provider, Variable string }

// Quickstart returns the document for a user who has none: each offered provider
// whose variable is set, on the default address, through the proxy that the
// environment names. Its references say which variables were found. If none is set, the Document is
// nil and the Problem names what could be set.
func Quickstart(env Env, offers []Offer) (*Document, []Problem) {
	d := &Document{}
	var names []string
	for _, o := range offers {
		if !slices.Contains(names, o.Variable) { // two providers may use the same variable
			names = append(names, o.Variable)
		}
		if v, ok := env.lookup(o.Variable); ok && v != "" {
			d.Providers = append(d.Providers, Provider{Name: o.Provider, APIKey: NewSecret("env."+o.Variable, v), Network: Network{Proxy: "env"}})
		}
	}
	if len(d.Providers) == 0 {
		slices.Sort(names)
		return nil, []Problem{{Message: "no key of a provider is in the environment", Hint: "set one of " + strings.Join(names, ", ") + ", or write a configuration file"}}
	}
	problems := d.Validate(env)
	if Failed(problems) {
		d = nil
	}
	return d, problems
}
