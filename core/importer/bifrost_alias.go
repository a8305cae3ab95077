package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/adapters"
	"asbru/core/config"
)

// An alias is a model name that belongs to one key.
type alias struct {
	name, model string
	from        field
}

// aliasesOf reads aliases, which are texts or objects with model_id.
func aliasesOf(f field) (all []alias) {
	for _, m := range f.members() {
		model := ""
		if m.v.Form == config.Object {
			model = m.at("model_id").written("")
			m.leaveAll(bifrostAliasLeft)
		} else {
			model = m.written("")
		}
		if model != "" {
			all = append(all, alias{m.name, model, m.field})
		}
	}
	return all
}

var bifrostAliasLeft = []left{
	{"model_name", "prices go by the model that is asked"},
	{"model_family", "the format is chosen by the model's name"},
	{"description", "an alias has a name only"},
	{"region", "the region is an option of the provider"},
	{"api_version", "the version of the API is an option of the provider"},
	{"anthropic_version", "the version is what the provider's type knows"},
	{"endpoint", "the address is that of the provider"},
	{"project_id", "the project is an option of the provider"},
	{"project_number", "the project is an option of the provider"},
	{"force_single_region", "the region that is set is the one that is asked"},
	{"inference_profile_arn", "write the profile as the model of the alias"},
	{"use_deployments_endpoint", "the path is what the provider's type knows"},
}

// A pending alias is added once all providers are known.
type pending struct {
	provider, name string
	targets        []config.ModelTarget
	from           field
}

// aliases collects the model names of keys and, if the keys belong to several
// servers, the models that only one of them lists.
func (b *bifrost) aliases(provider string, keys []keyed, apart bool) {
	var all []*pending
	add := func(k keyed, name, model string, from field) {
		at := slices.IndexFunc(all, func(p *pending) bool { return p.name == name })
		if at < 0 {
			all = append(all, &pending{provider, name, nil, from})
			at = len(all) - 1
		}
		t := config.ModelTarget{Provider: k.provider, Model: model, Weight: k.Weight}
		if !slices.ContainsFunc(all[at].targets, func(o config.ModelTarget) bool { return o.Provider == t.Provider && o.Model == t.Model }) {
			all[at].targets = append(all[at].targets, t)
		}
	}
	for _, k := range keys {
		for _, a := range k.aliases {
			if a.name != a.model || apart {
				add(k, a.name, a.model, a.from)
			}
		}
		for _, m := range k.named {
			if apart && !k.calls(m) {
				add(k, m, m, k.from)
			}
		}
	}
	for _, p := range all {
		for _, k := range keys {
			if apart && len(k.named) == 0 && !k.calls(p.name) { // it serves any model
				add(k, p.name, p.name, k.from)
			}
		}
		if len(p.targets) > 1 && !apart {
			p.from.partly("%s stands for several models: each is asked with any key of the provider", short(p.name))
		}
		b.pending = append(b.pending, *p)
	}
}

// calls reports whether a key has an alias of that name.
func (k keyed) calls(name string) bool {
	return slices.ContainsFunc(k.aliases, func(a alias) bool { return a.name == name })
}

// addAliases adds the pending aliases as provider/name, and bare if no other provider serves the bare name.
func (b *bifrost) addAliases() {
	for _, p := range b.pending {
		if !isModel(p.name) {
			p.from.leave("it cannot be the name of a model")
			continue
		}
		m := config.Model{Targets: p.targets}
		switch on := func(t config.ModelTarget) bool { return t.Weight == nil || *t.Weight > 0 }; {
		case len(m.Targets) == 1:
			m.Provider, m.Model, m.Targets = m.Targets[0].Provider, m.Targets[0].Model, nil
		case !slices.ContainsFunc(m.Targets, on):
			p.from.leave("all keys for it are switched off")
			continue
		default:
			m.Strategy = "weighted"
		}
		b.addAlias(p, p.provider+"/"+p.name, m)
		if other := b.serves(p); other != "" {
			p.from.partly("%s alone leads to provider %s; write %s/%s", short(p.name), other, p.provider, p.name)
		} else {
			b.addAlias(p, p.name, m)
		}
	}
}

func (b *bifrost) addAlias(p pending, name string, m config.Model) {
	if b.names["alias:"+name] || m.Provider+"/"+m.Model == name {
		return
	}
	b.names["alias:"+name] = true
	m.Alias = name
	b.origins[fmt.Sprintf("models[%d]", len(b.doc.Models))] = p.from.v
	b.doc.Models = append(b.doc.Models, m)
}

// serves returns the provider, other than that of p, to which the bare name of p leads.
func (b *bifrost) serves(p pending) string {
	for _, o := range b.doc.Providers {
		if o.Name == p.provider || slices.ContainsFunc(p.targets, func(t config.ModelTarget) bool { return t.Provider == o.Name }) {
			continue
		}
		models := o.Models
		if a, ok := adapters.Find(cmp.Or(o.Type, o.Name)); ok && len(models) == 0 {
			models = a.Serves
		}
		for _, m := range models {
			if prefix, many := strings.CutSuffix(m, "*"); p.name == m || (many || len(o.Models) == 0) && strings.HasPrefix(p.name, prefix) {
				return o.Name
			}
		}
	}
	return ""
}
