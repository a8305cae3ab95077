package config

import (
	"slices"
	"strings"
)

// An Offer is a provider that needs nothing but the key in a variable.
type Offer struct{ Provider, Variable string }

// Quickstart is the document of somebody who has none: each offered provider
// whose variable is set, on the default address, through the proxy that the
// environment names. The references in it say which variables were found. Without any, the Document is nil and the Problem names
// what could be set.
func Quickstart(env Env, offers []Offer) (*Document, []Problem) {
	d := &Document{}
	var names []string
	for _, o := range offers {
		if !slices.Contains(names, o.Variable) { // one may be for two providers of a house
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
