package importer

import (
	"cmp"
	"fmt"

	"asbru/core/config"
)

// governance imports the block governance.
func (b *bifrost) governance(f field) {
	if !f.object() {
		return
	}
	b.money(f)
	for i, o := range f.at("customers").items() {
		if o.object() {
			b.customer(o, fmt.Sprintf("customer-%d", i+1))
		}
	}
	for i, o := range f.at("teams").items() {
		if o.object() {
			b.team(o, fmt.Sprintf("team-%d", i+1))
		}
	}
	for i, k := range f.at("virtual_keys").items() {
		if k.object() {
			b.virtualKey(k, fmt.Sprintf("key-%d", i+1))
		}
	}
	for _, m := range f.at("model_configs").items() {
		if m.object() {
			b.modelConfig(m)
		}
	}
	for _, p := range f.at("providers").items() {
		if p.object() {
			b.providerLimits(p)
		}
	}
	b.rules(f.at("routing_rules"))
	b.prices(f.at("pricing_overrides"))
	f.leaveAll(bifrostGovernLeft)
	b.unowned()
}

var bifrostGovernLeft = []left{
	{"business_units", "there are customers and teams, and nothing above them"},
	{"roles", "there are no users"},
	{"auth_config", "there is no login: admin.token guards the admin listener"},
	{"complexity_analyzer_config", "requests are not judged by how hard they are"},
}

// bifrostOwnerLeft lists settings of customers and teams that have no counterpart.
var bifrostOwnerLeft = []left{
	{"business_unit_id", "there is nothing above customers"},
	{"source_id", "there are no users"},
	{"description", "it has a name only"},
	{"profile", "it has a name only"},
	{"config", "it has a name only"},
	{"claims", "it has a name only"},
}

func (b *bifrost) customer(f field, def string) {
	id := f.at("id").text()
	c := config.Customer{Name: b.called("customer", cmp.Or(f.at("name").text(), id, def), f)}
	b.ids["customer:"+id] = c.Name
	c.Budgets = b.budgets(f, "customer_id", id)
	c.RateLimits, b.shut["customer:"+c.Name] = b.rates(f.at("rate_limit_id"))
	f.leaveAll(bifrostOwnerLeft)
	b.origins[fmt.Sprintf("customers[%d]", len(b.doc.Customers))] = f.v
	b.doc.Customers = append(b.doc.Customers, c)
}

func (b *bifrost) team(f field, def string) {
	id := f.at("id").text()
	t := config.Team{Name: b.called("team", cmp.Or(f.at("name").text(), id, def), f)}
	b.ids["team:"+id] = t.Name
	t.Customer = b.refer("customer", f.at("customer_id"))
	t.Budgets = b.budgets(f, "team_id", id)
	limits, shut := b.rates(f.at("rate_limit_id"))
	t.RateLimits, b.shut["team:"+t.Name] = limits, shut || b.shut["customer:"+t.Customer]
	f.leaveAll(bifrostOwnerLeft)
	b.origins[fmt.Sprintf("teams[%d]", len(b.doc.Teams))] = f.v
	b.doc.Teams = append(b.doc.Teams, t)
}

// refer returns our name for an id of the file.
func (b *bifrost) refer(kind string, f field) string {
	id := f.text()
	if id == "" {
		return ""
	}
	name := b.ids[kind+":"+id]
	if name == "" {
		f.leave("there is no %s with that id in the file", kind)
	}
	return name
}

// modelConfig imports the limits of a model.
func (b *bifrost) modelConfig(f field) {
	model, provider := f.at("model_name").written(""), f.at("provider").text()
	list := b.budgets(f, "model_config_id", f.at("id").text())
	for i := range list {
		list[i].Models = []string{model}
		if provider != "" {
			list[i].Models, list[i].Providers = []string{"*"}, b.parts(provider)
			if model != "" {
				list[i].Models = []string{model}
			}
		}
	}
	switch scope := f.at("scope").text(); {
	case model == "" || provider != "" && b.provider[provider] == "":
		f.leave("it names no model, or a provider that is not here")
		return
	case scope == "virtual_key":
		name := b.refer("virtual_key", f.at("scope_id"))
		for i := range b.doc.VirtualKeys {
			if k := &b.doc.VirtualKeys[i]; k.Name == name {
				k.Budgets = append(k.Budgets, list...)
			}
		}
	case scope != "" && scope != "global":
		f.leave("limits of a model are for a virtual key or for everybody")
	default:
		b.doc.Budgets = append(b.doc.Budgets, list...)
	}
	f.at("rate_limit_id").leave("a model has a rate limit only as an alias: models[].rate_limits")
}

// providerLimits imports the limits of a provider.
func (b *bifrost) providerLimits(f field) {
	name := cmp.Or(f.at("name").text(), f.at("provider").text())
	parts := b.parts(name)
	if len(parts) == 0 {
		f.leave("there is no provider %s here", short(name))
		return
	}
	list := b.budgets(f, "provider_id", name)
	limits, shut := b.rates(f.at("rate_limit_id"))
	if shut {
		f.at("rate_limit_id").partly("lets one request a year through here, the least there is; take the provider out if that is too much")
		limits = []config.RateLimit{{Requests: 1, Per: config.Duration(365 * day)}}
	}
	if len(parts) > 1 {
		for i := range list {
			list[i].Providers = parts
		}
		b.doc.Budgets = append(b.doc.Budgets, list...)
		list = nil
		if len(limits) > 0 {
			f.at("rate_limit_id").partly("holds for each of its servers: %v", parts)
		}
	}
	for i := range b.doc.Providers {
		p := &b.doc.Providers[i]
		for _, part := range parts {
			if p.Name == part {
				p.Budgets, p.RateLimits = append(p.Budgets, list...), append(p.RateLimits, limits...)
			}
		}
	}
	f.at("id").leave("it has no name of its own")
}
