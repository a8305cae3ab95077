package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/core/config"
)

// A group is a model group of LiteLLM: the deployments of one model_name.
type group struct {
	name    string
	from    field
	targets []config.ModelTarget
	weights []float64
	order   []float64
}

// deployment imports one entry of model_list.
func (l *litellm) deployment(f field) {
	params, info := f.at("litellm_params"), f.at("model_info")
	if !params.object() {
		f.leave("it has no litellm_params")
		return
	}
	d := lookup{params, field{l.run, nil}}
	if named := params.at("litellm_credential_name"); named.there() {
		if c, ok := l.credentials[named.text()]; ok {
			d.named = c
		} else {
			named.leave("there is no credential of that name in credential_list")
		}
	}
	name := escaped(f.at("model_name").text())
	if !isModel(name) {
		f.leave("its model_name cannot be the name of a model here: it holds spaces or quotes, or is not there")
		return
	}
	p, model, ok := l.provider(f, d)
	if !ok {
		return
	}
	if strings.Contains(name, "*") {
		l.wildcard(f, name, model, p)
		params.leaveAll(litellmWildLeft)
		l.leaveParams(params, info)
		return
	}
	t := config.ModelTarget{Provider: p.Name, Model: escaped(model)}
	l.price(f, params, info, &t)
	weight, order := 1.0, 0.0
	for _, name := range []string{"tpm", "rpm", "weight"} { // the last one that is set
		if w, ok := params.at(name).number(); ok && w > 0 {
			weight = w
		}
	}
	if o, ok := params.at("order").number(); ok {
		order = o
	}
	for _, limit := range []string{"rpm", "tpm", "max_parallel_requests"} {
		params.at(limit).partly("is no limit here: rate_limits of a provider are")
	}
	l.join(name, f, t, weight, order)
	l.leaveParams(params, info)
}

// join adds a target to its group, unless it is there already.
func (l *litellm) join(name string, f field, t config.ModelTarget, weight, order float64) {
	at := slices.IndexFunc(l.groups, func(g *group) bool { return g.name == name })
	if at < 0 {
		l.groups = append(l.groups, &group{name: name, from: f})
		at = len(l.groups) - 1
	}
	g := l.groups[at]
	for i := range g.targets {
		if g.targets[i].Provider == t.Provider && g.targets[i].Model == t.Model {
			g.weights[i] += weight
			return
		}
	}
	g.targets, g.weights, g.order = append(g.targets, t), append(g.weights, weight), append(g.order, order)
}

// wildcard imports a name that contains *: all the models of a provider.
func (l *litellm) wildcard(f field, name, model string, p *config.Provider) {
	prefix, rest, cut := strings.Cut(name, "/")
	switch {
	case cut && rest == "*" && prefix == p.Name && model == "*":
		// provider/model resolves without an alias
	case strings.HasSuffix(name, "*") && strings.Count(name, "*") == 1 && (name == model || model == "*" && !cut):
		p.Models = append(p.Models, name)
	default:
		f.leave("names with * lead to a provider that has that name (%s/*), or are the beginning of a model's name", p.Name)
	}
}

// price imports what a deployment costs.
func (l *litellm) price(f, params, info field, t *config.ModelTarget) {
	cost := func(name string) (float64, bool) {
		if x, ok := params.at(name).number(); ok {
			return perMillion(x), true
		}
		x, ok := info.at(name).number()
		return perMillion(x), ok
	}
	in, hasIn := cost("input_cost_per_token")
	out, hasOut := cost("output_cost_per_token")
	if !hasIn && !hasOut {
		return
	}
	t.Price = &config.Price{Input: in, Output: out}
	o := config.PriceOverride{Name: l.called("price", cmp.Or(t.Model, "price"), field{l.run, nil}), Model: t.Model, Input: &in, Output: &out}
	o.Scope.Provider = t.Provider
	if strings.Contains(t.Model, "*") || slices.ContainsFunc(l.doc.Prices.Overrides, func(x config.PriceOverride) bool { return x.Model == o.Model && x.Scope == o.Scope }) {
		return
	}
	l.origins[fmt.Sprintf("prices.overrides[%d]", len(l.doc.Prices.Overrides))] = f.v
	l.doc.Prices.Overrides = append(l.doc.Prices.Overrides, o)
}

// models makes the aliases, with the settings shared by all of them.
func (l *litellm) models() {
	retry, breaker := l.retry(), l.breaker()
	for _, g := range l.groups {
		m := config.Model{Alias: g.name, Retry: retry, Breaker: breaker}
		l.targets(g, &m)
		l.origins[fmt.Sprintf("models[%d]", len(l.doc.Models))] = g.from.v
		l.doc.Models = append(l.doc.Models, m)
	}
	l.sameAs(l.router.at("model_group_alias"))
	for _, from := range []field{l.router, l.settings} {
		l.fallbacks(from.at("fallbacks"))
		for _, to := range from.at("default_fallbacks").items() {
			for i := range l.doc.Models {
				fallBack(&l.doc.Models[i], to.text())
			}
		}
	}
}
