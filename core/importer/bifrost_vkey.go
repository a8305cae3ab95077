package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"asbru/core/config"
)

// virtualKey imports one entry of virtual_keys.
func (b *bifrost) virtualKey(f field, def string) {
	id := f.at("id").text()
	k := config.VirtualKey{Name: b.called("virtual key", cmp.Or(f.at("name").text(), id, def), f)}
	k.Key = f.at("value").secret("VIRTUAL_KEY_" + k.Name)
	if !k.Key.Set() && b.o.serve {
		f.leave("it has no value: Bifrost made one up and keeps it in its store")
		return
	}
	if !k.Key.Set() {
		variable := b.variable("VIRTUAL_KEY_" + k.Name)
		b.refers(variable, "")
		k.Key = config.NewSecret("env."+variable, "")
		f.tell("set "+variable, "has no value in the file: env.%s stands in its place", variable)
	}
	b.ids["virtual_key:"+id] = k.Name
	k.Description = f.at("description").written("")
	if on, ok := f.at("is_active").flag(); ok {
		k.Disabled = !on
	}
	if at := f.at("expires_at"); at.there() {
		if _, err := time.Parse(time.RFC3339, at.text()); err != nil {
			at.leave("it is no moment in the form of RFC 3339: the key is disabled")
			k.Disabled = true
		} else {
			k.Expires = config.Moment(at.text())
		}
	}
	if off, ok := f.at("disable_content_logging").flag(); ok {
		on := !off
		k.ContentLogging = &on
	}
	k.Team, k.Customer = b.refer("team", f.at("team_id")), b.refer("customer", f.at("customer_id"))
	k.Budgets = b.budgets(f, "virtual_key_id", id)
	var shut bool
	if k.RateLimits, shut = b.rates(f.at("rate_limit_id")); shut {
		f.at("rate_limit_id").partly("lets nothing through: the key is disabled")
		k.Disabled = true
	}
	if b.shut["team:"+k.Team] || b.shut["customer:"+k.Customer] {
		f.partly("is disabled: the rate limit of its team or customer lets nothing through")
		k.Disabled = true
	}
	b.mayUse(f, &k)
	f.leaveAll([]left{{"delete_after_expire", "the document is not changed by the program"},
		{"access_profile_id", "there are no users"}, {"mcp_configs", "asbru is no gateway for MCP"}})
	b.origins[fmt.Sprintf("virtual_keys[%d]", len(b.doc.VirtualKeys))] = f.v
	b.doc.VirtualKeys = append(b.doc.VirtualKeys, k)
}

// mayUse imports which providers and models a key may use. A key that may use nothing is disabled.
func (b *bifrost) mayUse(f field, k *config.VirtualKey) {
	configs := f.at("provider_configs")
	every := f.at("allow_all_providers").on() || b.open && len(configs.items()) == 0
	var weights []float64
	var weighted []int
	for _, c := range configs.items() {
		if !c.object() {
			continue
		}
		name := c.at("provider").text()
		if b.provider[name] == "" {
			c.leave("there is no provider %s here", short(name))
			continue
		}
		for _, p := range b.keyProviders(c, name, k) {
			if w, ok := c.at("weight").number(); ok {
				weights, weighted = append(weights, w), append(weighted, len(k.Providers))
			}
			k.Providers = append(k.Providers, p)
		}
	}
	ints, _ := whole(weights)
	for i, at := range weighted {
		k.Providers[at].Weight = &ints[i]
	}
	switch {
	case every && len(k.Providers) > 0:
		configs.partly("restricts nothing: allow_all_providers lets the key use them all")
		k.Providers = nil
	case !every && len(k.Providers) == 0:
		k.Disabled = true
		f.partly("may use no provider that is known here: it is disabled")
	}
}

// keyProviders converts one provider of a key to ours: one for each of its servers that the
// key may use.
func (b *bifrost) keyProviders(c field, name string, k *config.VirtualKey) (all []config.KeyProvider) {
	models, id := c.at("allowed_models"), c.at("id").text()
	allowed, every := models.names()
	blocked, _ := c.at("blacklisted_models").names()
	pinned, any := c.at("key_ids").names()
	if budgets := b.budgets(c, "provider_config_id", id); len(budgets) > 0 {
		for _, x := range budgets {
			x.Providers = b.parts(name)
			k.Budgets = append(k.Budgets, x)
		}
	}
	if c.at("rate_limit_id").there() {
		if _, shut := b.rates(c.at("rate_limit_id")); shut {
			c.leave("its rate limit lets nothing through")
			k.BlockedProviders = append(k.BlockedProviders, b.parts(name)...)
			return nil
		}
		c.at("rate_limit_id").leave("a key has no rate limit for one of its providers; it can have one for all")
	}
	switch {
	case every || b.open && len(allowed) == 0:
		allowed = nil
	case len(allowed) == 0:
		c.leave("it allows no model")
		return nil
	}
	for _, part := range b.parts(name) {
		p := config.KeyProvider{Provider: part, AllowedModels: b.asked(name, allowed), BlockedModels: b.asked(name, blocked)}
		if !any && len(pinned) > 0 {
			for _, key := range pinned {
				if at, ok := b.keyAt[name+"/"+key]; ok && at[0] == part {
					p.Keys = append(p.Keys, at[1])
				}
			}
			if len(p.Keys) == 0 {
				continue
			}
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		c.leave("none of its key_ids is in the file")
	}
	return all
}

// asked adds to models the provider's names for them: those that an alias leads to.
func (b *bifrost) asked(provider string, models []string) (all []string) {
	for _, m := range models {
		m = strings.TrimPrefix(m, provider+"/")
		all = append(all, escaped(m))
		for _, p := range b.pending {
			if p.provider != b.provider[provider] || p.name != m {
				continue
			}
			for _, t := range p.targets {
				if !slices.Contains(all, t.Model) {
					all = append(all, t.Model)
				}
			}
		}
	}
	return all
}
