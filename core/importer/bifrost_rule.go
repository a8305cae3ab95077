package importer

import (
	"cmp"
	"fmt"
	"strings"

	"asbru/core/config"
)

// rules imports routing_rules. ids map to our names of keys, teams and customers.
func (b *bifrost) rules(f field) {
	for i, r := range f.items() {
		if r.object() {
			b.rule(r, fmt.Sprintf("rule-%d", i+1))
		}
	}
}

func (b *bifrost) rule(f field, def string) {
	name := cmp.Or(f.at("name").text(), f.at("id").text(), def)
	f.at("id")
	rule := config.Rule{When: escaped(f.at("cel_expression").text()), Chain: f.at("chain_rule").on()}
	if when := f.at("condition").text(); rule.When == "" {
		rule.When = escaped(when)
	}
	rule.Priority, _ = f.at("priority").count(1 << 30)
	if on, ok := f.at("enabled").flag(); ok {
		rule.Disabled = !on
	}
	if !b.scope(f, &rule) {
		return
	}
	var weights []float64
	for _, t := range f.at("targets").items() {
		if target, weight, ok := b.ruleTarget(t); ok {
			rule.Targets = append(rule.Targets, target)
			weights = append(weights, weight)
		}
	}
	ints, exact := whole(weights)
	for i := range ints {
		if len(ints) > 1 {
			rule.Targets[i].Weight = &ints[i]
		}
	}
	if !exact {
		f.at("targets").partly("its weights are rounded")
	}
	for _, t := range f.at("fallbacks").items() {
		if to := b.fallback(t); to != "" {
			rule.Fallbacks = append(rule.Fallbacks, to)
		}
	}
	f.leaveAll([]left{{"description", "a rule has a name only"}, {"query", "it is how the rule is drawn"}})
	if len(rule.Targets) == 0 {
		f.leave("it leads to no target that is known here")
		return
	}
	rule.Name = b.called("rule", name, f)
	b.origins[fmt.Sprintf("routing.rules[%d]", len(b.doc.Routing.Rules))] = f.v
	b.doc.Routing.Rules = append(b.doc.Routing.Rules, rule)
}

// scope imports whose requests a rule is for; ok is false if the rule cannot be imported.
func (b *bifrost) scope(f field, rule *config.Rule) (ok bool) {
	id := f.at("scope_id").text()
	known := map[string]*string{"virtual_key": &rule.Scope.Key, "team": &rule.Scope.Team, "customer": &rule.Scope.Customer}
	switch scope := f.at("scope").text(); scope {
	case "", "global":
		return true
	case "virtual_key", "team", "customer":
		if name := b.ids[scope+":"+id]; name != "" {
			*known[scope] = name
			return true
		}
		f.leave("there is no %s with the id %s", strings.ReplaceAll(scope, "_", " "), short(id))
	default:
		f.leave("rules are for keys, teams, customers and everybody, not for a %s", short(scope))
	}
	return false
}

func (b *bifrost) ruleTarget(f field) (t config.RuleTarget, weight float64, ok bool) {
	if !f.object() {
		return t, 0, false
	}
	provider := f.at("provider").text()
	t.Provider, t.Model = b.provider[provider], f.at("model").written("")
	if provider != "" && t.Provider == "" {
		f.leave("there is no provider %s here", short(provider))
		return t, 0, false
	}
	for _, name := range []string{"provider_key_name", "key_id"} {
		if key := f.at(name).text(); key != "" {
			if t.Key = b.key[key]; t.Key == "" {
				f.at(name).leave("no key of the file has that name or id")
			}
		}
	}
	weight, has := f.at("weight").number()
	if !has {
		weight = 1
	}
	return t, weight, true
}

// fallback converts a fallback to ours: provider/model, provider/ for the model asked for, or a name.
func (b *bifrost) fallback(f field) string {
	if f.v.Form == config.Object {
		provider := f.at("provider").text()
		f.leaveAll([]left{{"provider_key_name", "a fallback is asked with any key of the provider"}, {"key_id", "a fallback is asked with any key of the provider"}})
		if b.provider[provider] == "" {
			f.leave("there is no provider %s here", short(provider))
			return ""
		}
		return b.provider[provider] + "/" + f.at("model").written("")
	}
	text := f.written("")
	if provider, model, ok := strings.Cut(text, "/"); ok && b.provider[provider] != "" {
		return b.provider[provider] + "/" + model
	}
	return text
}
