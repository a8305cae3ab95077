package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Kept is what a store adds to a document. It holds no secret: keys are stored as digests.
type Kept struct {
	VirtualKeys []VirtualKey
	Teams       []Team
	Customers   []Customer
	Overrides   []PriceOverride
	Providers   []KeptProvider
	Models      []KeptModel
}

// A KeptProvider adds limits and budgets to a provider of the document.
type KeptProvider struct {
	Name       string      `json:"name"`
	Budgets    []Budget    `json:"budgets,omitempty"`
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// A KeptModel adds limits and budgets for a model: its budgets apply to everyone or to one key;
// its rate limits are those of an alias.
type KeptModel struct {
	Model      string      `json:"model"`              // as in allowed_models
	Provider   string      `json:"provider,omitempty"` // only what this one serves; empty: any
	Key        string      `json:"key,omitempty"`      // only of this virtual key; empty: of everybody
	Budgets    []Budget    `json:"budgets,omitempty"`  // with names
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// With returns d together with what is kept. Neither is changed, but the result shares their lists,
// so none of them may be modified afterwards. In each list the kept entries come after those
// of d.
func (d *Document) With(k *Kept) *Document {
	out := *d
	if k == nil {
		return &out
	}
	if out.VirtualKeys = k.VirtualKeys; len(d.VirtualKeys) > 0 || slices.ContainsFunc(k.Models, ofKey) {
		out.VirtualKeys = slices.Concat(d.VirtualKeys, k.VirtualKeys) // an unchanged list is shared: 100,000 keys need not be in memory twice
	}
	out.Teams = slices.Concat(d.Teams, k.Teams)
	out.Customers = slices.Concat(d.Customers, k.Customers)
	out.Prices.Overrides = slices.Concat(d.Prices.Overrides, k.Overrides)
	if len(k.Providers) > 0 {
		out.Providers = slices.Clone(d.Providers)
	}
	for _, p := range k.Providers {
		for i := range out.Providers {
			if at := &out.Providers[i]; at.Name == p.Name {
				at.Budgets, at.RateLimits = slices.Concat(at.Budgets, p.Budgets), slices.Concat(at.RateLimits, p.RateLimits)
			}
		}
	}
	if len(k.Models) > 0 {
		out.Models = slices.Clone(d.Models)
	}
	for i := range k.Models {
		out.addModel(&k.Models[i])
	}
	return &out
}

// ofKey reports whether budgets belong to one virtual key, whose own they extend.
func ofKey(m KeptModel) bool { return m.Key != "" }

// addModel adds the limits and budgets of a model. The lists that it changes belong to d alone.
func (d *Document) addModel(m *KeptModel) {
	for _, b := range m.Budgets {
		b.Models, b.Providers = []string{m.Model}, nil
		if m.Provider != "" {
			b.Providers = []string{m.Provider}
		}
		if m.Key == "" {
			d.Budgets = slices.Concat(d.Budgets, []Budget{b})
			continue
		}
		for i := range d.VirtualKeys {
			if k := &d.VirtualKeys[i]; k.Name == m.Key {
				k.Budgets = slices.Concat(k.Budgets, []Budget{b})
			}
		}
	}
	for i := range d.Models {
		if at := &d.Models[i]; at.Alias == m.Model && len(m.RateLimits) > 0 {
			at.RateLimits = slices.Concat(at.RateLimits, m.RateLimits)
		}
	}
}

// InStore is the File of a Problem about what is kept in a store.
const InStore = "store"

// Place rewrites problems of d.With(k) that concern kept entries: their File becomes InStore, and
// their path has the entry's name instead of its index.
func (k *Kept) Place(d *Document, problems []Problem) {
	if k == nil {
		return
	}
	for i := range problems {
		p := &problems[i]
		list, at, rest, ok := splitPath(p.Path)
		if !ok {
			continue
		}
		name := ""
		switch list {
		case "virtual_keys":
			name = nameAt(k.VirtualKeys, at-len(d.VirtualKeys), func(v *VirtualKey) string { return v.Name })
		case "teams":
			name = nameAt(k.Teams, at-len(d.Teams), func(t *Team) string { return t.Name })
		case "customers":
			name = nameAt(k.Customers, at-len(d.Customers), func(c *Customer) string { return c.Name })
		case "prices.overrides":
			name = nameAt(k.Overrides, at-len(d.Prices.Overrides), func(o *PriceOverride) string { return o.Name })
		}
		if name != "" {
			p.File, p.Line, p.Column = InStore, 0, 0
			p.Path = fmt.Sprintf("%s[%q]%s", list, name, rest)
		}
	}
}

// splitPath splits a path after its first index.
func splitPath(path string) (list string, at int, rest string, ok bool) {
	list, rest, ok = strings.Cut(path, "[")
	number, rest, closed := strings.Cut(rest, "]")
	at, err := strconv.Atoi(number)
	return list, at, rest, ok && closed && err == nil
}

func nameAt[T any](list []T, at int, name func(*T) string) string {
	if at < 0 || at >= len(list) {
		return ""
	}
	return name(&list[at])
}
