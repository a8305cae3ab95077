package build

import (
	"cmp"
	"fmt"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/route"
)

// routeOf makes the Route of an alias, without its fallbacks; nil if none of its
// targets exists.
func (c *compiler) routeOf(m *config.Model, at string) *core.Route {
	if len(m.Targets) == 0 {
		if t := c.targetAt(m.Provider, cmp.Or(m.Model, m.Alias), at); t != nil {
			return c.route(m.Alias, t)
		}
		return nil
	}
	var ts []*core.Target
	for i := range m.Targets {
		mt := &m.Targets[i]
		if t := c.targetAt(mt.Provider, cmp.Or(mt.Model, m.Alias), fmt.Sprintf("%s.targets[%d]", at, i)); t != nil {
			ts = append(ts, t)
		}
	}
	if len(ts) != len(m.Targets) {
		return nil // an error was reported, so this Snapshot is not served
	}
	return c.route(m.Alias, ts...)
}

// targetAt returns the target of a model at a named provider.
func (c *compiler) targetAt(provider, model, at string) *core.Target {
	p := c.byName[provider]
	if p == nil && c.documented(provider) {
		return nil // reported already
	}
	if p == nil {
		c.fail(at+".provider", fmt.Sprintf("is %q, which is no provider's name", provider), near(provider, names(c.byName)))
		return nil
	}
	return c.target(p, model)
}

// spec says how an alias chooses among the targets that it lists. Its fallbacks are never
// balanced.
func spec(m *config.Model, r *core.Route) route.Spec {
	s := route.Spec{Balanced: len(r.Targets), Bind: bind(m.Affinity), Hedge: hedge(m, r), Rescue: m.Rescue == "continue"}
	if m.Strategy != "ordered" {
		s.Strategy = route.Strategy(m.Strategy)
	}
	for i := range m.Targets {
		t := &m.Targets[i]
		weight, price := 1, 0.0
		if t.Weight != nil {
			weight = *t.Weight
		}
		if t.Price != nil {
			price = (3*t.Price.Input + t.Price.Output) / 4
		}
		s.Weights, s.Prices = append(s.Weights, weight), append(s.Prices, price)
	}
	s.Attempts, s.Retry, s.Breaker = bounds(m.Retry, m.Breaker)
	return s
}

// bounds converts the settings of attempts, retries and breakers; nil: the defaults of core/route.
func bounds(r *config.Retry, b *config.Breaker) (attempts int, retry *route.Retry, breaker *route.Breaker) {
	if r != nil {
		attempts, retry = r.Attempts, &route.Retry{
			Share: route.DefaultShare, Rate: route.DefaultRate, Again: r.Again, Backoff: time.Duration(r.Backoff), Longest: time.Duration(r.Longest),
		}
		if r.Share != nil {
			retry.Share = *r.Share
		}
		if r.PerSecond != nil {
			retry.Rate = *r.PerSecond
		}
	}
	if b != nil {
		breaker = &route.Breaker{Off: b.Off, Failures: b.Failures, Ratio: b.Ratio, Least: b.Least, Open: time.Duration(b.Open), Try: b.WhenAllBenched == "try", Refuse: b.WhenAllBenched == "refuse"}
	}
	return attempts, retry, breaker
}

func bind(a *config.Affinity) time.Duration {
	switch {
	case a == nil:
		return 0
	case a.Off:
		return -1
	}
	return time.Duration(a.TTL)
}
