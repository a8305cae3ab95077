package importer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// targets imports which target of an alias is asked first.
func (l *litellm) targets(g *group, m *config.Model) {
	if len(g.targets) == 1 {
		m.Provider, m.Model = g.targets[0].Provider, g.targets[0].Model
		return
	}
	m.Targets, m.Strategy = g.targets, l.strategy
	if slices.Max(g.order) > 0 {
		l.ordered(g, m)
		return
	}
	priced := !slices.ContainsFunc(g.targets, func(t config.ModelTarget) bool { return t.Price == nil })
	if m.Strategy == "cheapest" && !priced {
		g.from.partly("is weighted here: cheapest needs input_cost_per_token and output_cost_per_token of each deployment")
		m.Strategy = "weighted"
	}
	if m.Strategy != "weighted" {
		return
	}
	ints, exact := whole(g.weights)
	if !exact {
		g.from.partly("its weights are rounded")
	}
	for i := range m.Targets {
		m.Targets[i].Weight = &ints[i]
	}
}

// ordered sorts the targets by rank; those of one rank keep their order.
func (l *litellm) ordered(g *group, m *config.Model) {
	rank := func(i int) float64 { // without an order, last
		if g.order[i] == 0 {
			return 1e18
		}
		return g.order[i]
	}
	at := make([]int, len(g.targets))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	m.Targets, m.Strategy = nil, "ordered"
	for _, i := range at {
		m.Targets = append(m.Targets, g.targets[i])
	}
}

// sameAs imports further names of aliases.
func (l *litellm) sameAs(f field) {
	for _, o := range f.members() {
		to := o.v.Text
		if o.v.Form == config.Object {
			to = o.at("model").text()
			o.at("hidden").leave("all aliases are listed")
		}
		at := slices.IndexFunc(l.doc.Models, func(m config.Model) bool { return m.Alias == to })
		if at < 0 || slices.ContainsFunc(l.doc.Models, func(m config.Model) bool { return m.Alias == o.name }) {
			o.leave("it leads to no model_name of the file, or is one")
			continue
		}
		m := l.doc.Models[at]
		m.Alias = escaped(o.name)
		l.origins[fmt.Sprintf("models[%d]", len(l.doc.Models))] = o.v
		l.doc.Models = append(l.doc.Models, m)
	}
}

// fallbacks imports a list of {model: [others]}.
func (l *litellm) fallbacks(f field) {
	for _, entry := range f.items() {
		for _, from := range entry.members() {
			at := slices.IndexFunc(l.doc.Models, func(m config.Model) bool { return m.Alias == from.name })
			if at < 0 && from.name != "*" {
				from.leave("there is no model_name %s that is taken over", short(from.name))
				continue
			}
			models := l.doc.Models
			if at >= 0 && from.name != "*" {
				models = models[at : at+1]
			}
			for _, to := range from.items() {
				for i := range models {
					fallBack(&models[i], to.text())
				}
			}
		}
	}
}

func fallBack(m *config.Model, to string) {
	if to = escaped(to); to != "" && to != m.Alias && !slices.Contains(m.Fallback, to) {
		m.Fallback = append(slices.Clone(m.Fallback), to)
	}
}

// retry imports how often a request is retried.
func (l *litellm) retry() *config.Retry {
	f := l.router.at("num_retries")
	if !f.there() {
		f = l.settings.at("num_retries")
	}
	n, ok := f.count(core.MostAttempts - 1)
	wait := l.router.at("retry_after").duration(time.Second)
	if !ok && wait == 0 {
		return nil
	}
	r := &config.Retry{Backoff: wait}
	if n > 0 {
		r.Again, r.Attempts = n, min(core.MostAttempts, n+core.MaxAttempts)
	}
	return r
}

// breaker imports when a deployment is taken out of use.
func (l *litellm) breaker() *config.Breaker {
	fails, open := l.router.at("allowed_fails"), l.router.at("cooldown_time")
	if !fails.there() {
		fails = l.settings.at("allowed_fails")
	}
	n, ok := fails.count(1000)
	if !ok && !open.there() {
		return nil
	}
	b := &config.Breaker{Open: open.duration(time.Second)}
	if ok {
		b.Failures = n + 1
	}
	return b
}
