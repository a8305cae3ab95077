package importer

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"asbru/core"
	"asbru/core/config"
)

// A keyed is a key of a provider, with those of its settings that belong to a provider here.
type keyed struct {
	config.Key
	name, id string // Bifrost's name and id
	from     field
	bare     bool // it has no credential and only says where a server is
	base     string
	options  map[string]string
	aliases  []alias
	named    []string // the models that it may be used for, by the names that clients use; nil: all
	weight   float64
	provider string // our provider that it was added to
}

// place identifies the server of a key.
func (k keyed) place() string { return fmt.Sprint(k.base, k.options) }

// keys imports the keys of a provider.
func (b *bifrost) keys(f field, provider, kind string, p *config.Provider) (all []keyed) {
	for i, k := range f.at("keys").items() {
		if k.object() {
			all = append(all, b.oneKey(k, provider, kind, fmt.Sprintf("key-%d", i+1)))
		}
	}
	weights := make([]float64, len(all))
	for i, k := range all {
		weights[i] = k.weight
	}
	ints, exact := whole(weights)
	for i := range all {
		if w := ints[i]; w == 0 || len(all) > 1 {
			all[i].Weight = &w
		}
		if !exact && all[i].weight > 0 {
			all[i].from.at("weight").partly("is rounded to %d", ints[i])
		}
	}
	return all
}

func (b *bifrost) oneKey(f field, provider, kind, def string) keyed {
	k := keyed{from: f, name: def, weight: 1}
	if name := f.at("name").text(); name != "" {
		k.name = name
	}
	k.Name = b.called("key of "+provider, k.name, f.at("name"))
	k.id = f.at("id").text()
	for _, name := range []string{k.name, k.id} {
		b.key[name] = k.Name
	}
	if w, ok := f.at("weight").number(); ok {
		k.weight = w
		if w == 0 {
			f.at("weight").partly("switches the key off here")
		}
	}
	if on, ok := f.at("enabled").flag(); ok && !on {
		k.weight = 0
	}
	b.keyModels(f, &k)
	k.Value = f.at("value").secret(provider + "_" + k.Name)
	k.aliases = append(k.aliases, aliasesOf(f.at("aliases"))...)
	b.ofKind(f, provider, kind, &k)
	k.resolve()
	k.bare = k.bare || !k.Value.Set() && k.Auth == nil
	f.leaveAll([]left{{"use_for_batch_api", "any key is used for batches"}, {"description", "keys have names only"},
		{"use_anthropic_endpoints", "the format is chosen by the request"}})
	return k
}

// resolve replaces the models of a key by the provider's names for them.
func (k *keyed) resolve() {
	k.named = k.Models
	if len(k.named) == 0 {
		return
	}
	k.Models = nil
	for _, m := range k.named {
		if !k.calls(m) {
			k.Models = append(k.Models, m)
		}
	}
	for i := len(k.aliases) - 1; i >= 0; i-- {
		a := k.aliases[i]
		switch {
		case !slices.Contains(k.named, a.name):
			a.from.leave("the key is not for it: models does not list %s", short(a.name))
			k.aliases = slices.Delete(k.aliases, i, i+1)
		case !slices.Contains(k.Models, a.model):
			k.Models = append(k.Models, a.model)
		}
	}
}

// keyModels imports the models that a key may be used for.
func (b *bifrost) keyModels(f field, k *keyed) {
	models := f.at("models")
	list, all := models.names()
	for _, m := range list {
		if strings.HasPrefix(m, "regex:") {
			models.partly("%s is left out: keys of a provider name models as they are", short(m))
			continue
		}
		k.Models = append(k.Models, m)
	}
	switch {
	case all:
		k.Models = nil
	case len(list) > 0 && len(k.Models) == 0:
		k.weight = 0 // its models are unknown
	case !models.there() && !b.open:
		f.partly("names no models and is for all of them here; Bifrost's version 2 takes that for none")
	case models.there() && len(list) == 0 && !b.open:
		models.partly("allows no model: the key is switched off")
		k.weight = 0
	}
	f.at("blacklisted_models").leave("keys have no list of models they are not for; name those they are for in models")
}

// names reads a list of names; all is true if it contains "*".
func (f field) names() (list []string, all bool) {
	for _, i := range f.items() {
		switch name := i.text(); {
		case name == "*":
			all = true
		case !isModel(name) && !strings.HasPrefix(name, "regex:"):
			i.leave("it cannot be the name of a model")
		case !slices.Contains(list, name):
			list = append(list, name)
		}
	}
	return list, all
}

// isModel reports whether a document accepts name as a model's.
func isModel(name string) bool {
	return name != "" && len(name) <= core.MaxModelName && utf8.ValidString(name) && !strings.ContainsAny(name, "\"\\") &&
		!strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}
