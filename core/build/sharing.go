package build

import (
	"fmt"
	"strings"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/route"
)

// Keys whose providers have weights share the bare names that several of these providers
// serve: a request goes to one of them by weight, and to the others if it fails.

// maxSharing is the number of providers among which a key can share a name: there is a Route for each
// subset of them.
const maxSharing = 6

// A sharer is one provider of a key with a weight.
type sharer struct {
	provider *provider
	names    likes           // patterns of the names that it serves
	exact    map[string]bool // the other names
	share    *portion
	weight   int
}

// sharing compiles the weights of a key's providers; nil if no name is shared.
func (c *compiler) sharing(v *config.VirtualKey) func(name []byte) *core.Route {
	var list []sharer
	for i := range v.Providers {
		d := &v.Providers[i]
		p := c.byName[d.Provider]
		if d.Weight == nil || p == nil {
			continue
		}
		s := sharer{provider: p, exact: map[string]bool{}, share: newPortion(d), weight: *d.Weight}
		for _, name := range p.serves() {
			if pat, ok := newPattern(name); ok {
				s.names = append(s.names, pat)
			} else {
				s.exact[name] = true
			}
		}
		list = append(list, s)
	}
	if len(list) < 2 {
		return nil
	}
	if len(list) > maxSharing {
		c.fail(fmt.Sprintf("virtual_keys[%q].providers", v.Name), fmt.Sprintf("gives %d providers a weight; a key shares names among %d at most", len(list), maxSharing), "leave the weight of some out")
		return nil
	}
	routes := c.sharedRoutes(list)
	return func(name []byte) *core.Route {
		set := 0
		for i := range list {
			if list[i].serves(name) {
				set |= 1 << i
			}
		}
		return routes[set]
	}
}

// serves reports whether s serves a bare name.
func (s *sharer) serves(name []byte) bool {
	if !s.exact[string(name)] && !s.names.match(name) {
		return s.share.allowed != nil && s.share.allowed.exact[string(name)]
	}
	return (s.share.allowed == nil || s.share.allowed.has(name)) && (s.share.blocked == nil || !s.share.blocked.has(name))
}

// sharedRoutes makes the Routes of all subsets that can occur; nil for a single provider, and if none has
// a weight.
func (c *compiler) sharedRoutes(list []sharer) []*core.Route {
	out := make([]*core.Route, 1<<len(list))
	for set := range out {
		var targets []*core.Target
		var weights []int
		var names []string
		drawn := 0
		for i := range list {
			if set>>i&1 == 1 {
				targets = append(targets, list[i].provider.route.Targets[0])
				weights = append(weights, list[i].weight)
				names = append(names, fmt.Sprintf("%s:%d", list[i].provider.doc.Name, list[i].weight))
				drawn += list[i].weight
			}
		}
		if len(targets) < 2 || drawn == 0 {
			continue
		}
		id := strings.Join(names, " ")
		if c.shared[id] == nil {
			c.shared[id] = c.route("shared by "+id, targets...)
			c.specs[c.shared[id]] = route.Spec{Strategy: route.Weighted, Balanced: len(targets), Weights: weights}
		}
		out[set] = c.shared[id]
	}
	return out
}
