package meter

import (
	"cmp"
	"maps"
	"slices"

	"asbru/core"
)

// health writes what Routes have learnt about targets and keys, at most MaxSets of
// them; nothing if they keep nothing. Counters that are zero, as nearly all are,
// are left out.
func health(p *page, s *core.Snapshot) {
	if s == nil || s.Health == nil {
		return
	}
	all := s.Health.Report()
	all = all[:min(len(all), MaxSets)]
	labels := make([]string, len(all))
	for i := range all {
		labels[i] = join(label("target", all[i].Target.Name), label("provider", all[i].Target.Provider))
		if k := all[i].Key; k != nil {
			labels[i] = join(labels[i], label("key", k.Name))
		}
	}
	p.family("asbru_breaker_closed", "gauge", "1 while a target may be asked with a key; the label state is that of its breaker.")
	for i, c := range all {
		p.int("asbru_breaker_closed", join(labels[i], label("state", c.State)), one(c.State == "closed"))
	}
	count := func(name, help string, n func(*core.Candidate) uint64) {
		p.family(name, "counter", help)
		for i := range all {
			if v := n(&all[i]); v > 0 {
				p.uint(name, labels[i], v)
			}
		}
	}
	count("asbru_breaker_opened_total", "Times that the breaker of a target and key opened, after failures or a failed health probe.", func(c *core.Candidate) uint64 { return c.Opened })
	count("asbru_key_benched_total", "Times that a provider asked for a pause of a key, with 429 or Retry-After.", func(c *core.Candidate) uint64 { return c.Benched })
	count("asbru_key_refused_total", "Times that a provider refused a key, with 401, 402 or 403 or because its account was used up; alert on it.", func(c *core.Candidate) uint64 { return c.Dead })
	routes(p, s)
}

// gauged returns the Routes of aliases and providers that keep gauges, by name; at most MaxSets.
func gauged(s *core.Snapshot) []*core.Route {
	var rs []*core.Route
	seen := map[string]bool{}
	for _, all := range [...]map[string]*core.Route{s.Models, s.Providers} {
		for r := range maps.Values(all) {
			if r != nil && r.Plan.Gauges != nil && !seen[r.Name] {
				seen[r.Name] = true
				rs = append(rs, r)
			}
		}
	}
	slices.SortFunc(rs, func(a, b *core.Route) int { return cmp.Compare(a.Name, b.Name) })
	return rs[:min(len(rs), MaxSets)]
}

// routes writes what the Routes of aliases and providers counted.
func routes(p *page, s *core.Snapshot) {
	rs := gauged(s)
	gauges := make([]core.RouteGauges, len(rs))
	for i, r := range rs {
		gauges[i] = r.Plan.Gauges()
	}
	p.family("asbru_retry_budget", "gauge", "Retries that the retry budget of a route allows at the moment.")
	for i, r := range rs {
		p.float("asbru_retry_budget", label("route", r.Name), gauges[i].Budget)
	}
	count := func(name, help string, n func(*core.RouteGauges) []uint64, kinds ...string) {
		p.family(name, "counter", help)
		for i, r := range rs {
			for j, v := range n(&gauges[i]) {
				if v == 0 {
					continue
				}
				kind := ""
				if kinds != nil {
					kind = label("outcome", kinds[j])
				}
				p.uint(name, join(label("route", r.Name), kind), v)
			}
		}
	}
	count("asbru_retries_total", "Retries by whether the retry budget of the route allowed them.", func(g *core.RouteGauges) []uint64 { return []uint64{g.Retries, g.Refused} }, "paid", "refused")
	count("asbru_affinity_total", "Requests of a session, by whether its binding was found or was written.", func(g *core.RouteGauges) []uint64 { return []uint64{g.Hits, g.Misses, g.Kept} }, "hit", "miss", "bound")
	count("asbru_hedges_total", "Attempts made beside a slow one, by whether they were made, answered first, or were prevented by a cap.", func(g *core.RouteGauges) []uint64 { return []uint64{g.Hedges, g.Won, g.Capped} }, "made", "won", "capped")
	count("asbru_rescues_total", "Attempts to continue a broken stream at another target, by outcome.", func(g *core.RouteGauges) []uint64 { return []uint64{g.Rescued, g.Unrescued} }, "continued", "failed")
	p.family("asbru_hedge_after_seconds", "gauge", "How long a request of the route waits for content before another target is asked as well.")
	for i, r := range rs {
		if d := gauges[i].HedgeAfter; d > 0 {
			p.float("asbru_hedge_after_seconds", label("route", r.Name), d.Seconds())
		}
	}
	count("asbru_all_benched_total", "Requests refused because every target of the route was benched.", func(g *core.RouteGauges) []uint64 { return []uint64{g.Benched} })
	shadows(p, rs)
}
