package build

import (
	"fmt"
	"math/rand/v2"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/price"
	"asbru/core/route"
)

// bytesPerToken converts the length of a request into tokens of its prompt, for the cap on the cost of
// hedges. English prose in JSON has more bytes for each token.
const bytesPerToken = 4

// hedge says when an alias asks a second target; nil: never.
func hedge(m *config.Model, r *core.Route) *route.Hedge {
	h := m.Hedge
	if h == nil {
		return nil
	}
	out := &route.Hedge{Share: float64(h.MaxShare)}
	if out.Share == 0 {
		out.Share = config.DefaultHedgeShare
	}
	out.After, out.Quantile, _ = h.When()
	if h.MaxPerHour != nil {
		out.PerHour = max(core.Money(*h.MaxPerHour*1e9), 1)
		out.Price = pricing(m, r)
	}
	return out
}

// pricing estimates what a hedge costs, at the price that the document gives the target of m or
// else at its known price. The slower attempt has read the prompt and, unless the answer is a
// stream, may have written all of it. A target without a price exceeds any cap.
func pricing(m *config.Model, r *core.Route) func(*core.Exchange, *core.Target) core.Money {
	own := written(m, r)
	return func(x *core.Exchange, t *core.Target) core.Money {
		p := own[t.Name]
		if p == nil && t.Price != nil {
			p = t.Price(x, nil, x.Name)
		}
		if p == nil {
			return core.MaxMoney
		}
		p = p.At(time.Now().Unix())
		u := core.Usage{In: int64(len(x.Body) / bytesPerToken)}
		if !x.Peek.Stream {
			u.Out = price.Longest(p, x.Peek.MaxTokens, x.Peek.Choices)
		}
		return p.For(u.In).Cost(&u)
	}
}

// written returns the prices that the document gives the targets of m, by name.
func written(m *config.Model, r *core.Route) map[string]*core.Price {
	prices := map[string]*core.Price{}
	for i := range m.Targets {
		if p := m.Targets[i].Price; p != nil {
			prices[r.Targets[i].Name] = flat(p)
		}
	}
	return prices
}

// flat converts a price of the document, nil if it is invalid.
func flat(p *config.Price) *core.Price {
	out, err := price.Flat("models", p.Input, p.Output)
	if err != nil {
		return nil // reported before
	}
	return out
}

// shadow sets where copies of an alias's requests go, if anywhere.
func (c *compiler) shadow(r *core.Route, m *config.Model, at string) {
	if m.Shadow == nil {
		return
	}
	to, model := c.next.Resolve([]byte(m.Shadow.Target))
	if to == nil {
		return // reported before
	}
	t := to.Targets[0]
	if t.Model == "" {
		t = c.target(c.byName[t.Provider], string(model))
	}
	one := *t
	one.Tally = nil // answers that no client gets are counted separately
	c.shaded = append(c.shaded, &one)
	share := float64(m.Shadow.Share)
	if share == 0 {
		share = config.DefaultShadowShare
	}
	spec := c.specs[r]
	spec.Shadow = &core.Shadow{
		Route: c.route(r.Name+" (shadow)", &one),
		Tally: c.shadowTally(m.Alias),
		Draw:  func() bool { return rand.Float64() < share },
		Cost:  costing(m, r, &one),
		Say:   fmt.Sprintf("%s of the requests are sent to %s too, and the answers compared", config.Percent(share), one.Name),
	}
	c.specs[r] = spec
}

// shadowTally returns the counters of an alias's shadow, carried over if there are any.
func (c *compiler) shadowTally(alias string) *core.ShadowTally {
	if r := c.prev.Models[alias]; r != nil && r.Name == alias && r.Care != nil && r.Care.Shadow != nil {
		return r.Care.Shadow.Tally
	}
	return new(core.ShadowTally)
}

// costing computes what an answer cost, at the price that the document gives the target or at
// its known price.
func costing(m *config.Model, r *core.Route, shade *core.Target) func(*core.Target, *core.Usage) (core.Money, bool) {
	own := written(m, r)
	if m.Shadow.Price != nil {
		own[shade.Name] = flat(m.Shadow.Price)
	}
	return func(t *core.Target, u *core.Usage) (core.Money, bool) {
		p := own[t.Name]
		if p == nil && t.Price != nil {
			if p = t.Price(&core.Exchange{}, nil, nil); p != nil && p.From == ceilingName {
				p = nil
			}
		}
		if p == nil || !u.Known {
			return 0, false
		}
		return p.At(time.Now().Unix()).For(u.In).Cost(u), true
	}
}
