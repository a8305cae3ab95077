package importer

import (
	"cmp"
	"fmt"
	"slices"

	"asbru/adapters"
	"asbru/core/config"
)

// places makes a provider for each server that keys name; the first gets the name of the original.
func (b *bifrost) places(f field, name string, p config.Provider, keys []keyed) {
	var groups [][]keyed
	var parts []string
	for _, k := range keys {
		at := slices.IndexFunc(groups, func(g []keyed) bool { return g[0].place() == k.place() })
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], k)
	}
	if len(groups) == 0 {
		groups = [][]keyed{nil}
	}
	for i, g := range groups {
		next := p
		if i > 0 {
			next.Name = b.called("provider", p.Name+"-"+g[0].name, g[0].from)
			next.Type = cmp.Or(p.Type, p.Name)
			if next.Type != "" && adapterless(next.Type) {
				next.Type = ""
			}
			g[0].from.partly("has a server of its own: it is provider %s here", next.Name)
		}
		b.append(f, next, g, len(groups) > 1)
		for j := range g {
			g[j].provider = next.Name
			for _, id := range []string{g[j].name, g[j].id} {
				if !g[j].bare {
					b.keyAt[name+"/"+id] = [2]string{next.Name, g[j].Name}
				}
			}
		}
		parts = append(parts, next.Name)
	}
	b.split[name] = parts
	var all []keyed
	for _, g := range groups {
		all = append(all, g...)
	}
	b.aliases(p.Name, all, len(groups) > 1)
}

func adapterless(kind string) bool { _, ok := adapters.Find(kind); return !ok }

// append adds a provider with its keys to the document.
func (b *bifrost) append(f field, p config.Provider, keys []keyed, apart bool) {
	at := fmt.Sprintf("providers[%d]", len(b.doc.Providers))
	b.origins[at] = f.v
	for _, k := range keys {
		if p.BaseURL == "" || k.base != "" {
			p.BaseURL = cmp.Or(k.base, p.BaseURL)
		}
		p.Options = k.options
		if k.bare {
			continue
		}
		b.origins[fmt.Sprintf("%s.keys[%d]", at, len(p.Keys))] = k.from.v
		p.Keys = append(p.Keys, k.Key)
	}
	if !apart {
		p.Models = ownModels(p, keys)
	}
	b.doc.Providers = append(b.doc.Providers, p)
}

// ownModels returns the models that keys name, for a server whose models are not known otherwise.
func ownModels(p config.Provider, keys []keyed) (all []string) {
	a, ok := adapters.Find(cmp.Or(p.Type, p.Name))
	if !ok || !a.Local && a.Base != "" {
		return nil
	}
	for _, k := range keys {
		if len(k.Models) == 0 {
			return nil
		}
		for _, m := range k.Models {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}
