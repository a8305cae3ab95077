package build

import (
	"asbru/core"
	"asbru/core/config"
	"asbru/core/route"
)

// bytesPerToken turns the length of a request into tokens of its prompt, for the cap on what
// hedges may cost: JSON of English prose has more.
const bytesPerToken = 4

// hedge says when an alias asks a second target beside the first; nil: never.
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

// pricing reckons what a hedge costs. Who is outrun has read the prompt; of an answer that is
// no stream it may have written all. A target without a price is beyond any cap.
func pricing(m *config.Model, r *core.Route) func(*core.Exchange, *core.Target) core.Money {
	prices := map[*core.Target]config.Price{}
	for i := range m.Targets {
		if p := m.Targets[i].Price; p != nil {
			prices[r.Targets[i]] = *p
		}
	}
	return func(x *core.Exchange, t *core.Target) core.Money {
		p, known := prices[t]
		if !known {
			return core.MaxMoney
		}
		cost := p.Input * float64(len(x.Body)/bytesPerToken)
		if !x.Peek.Stream {
			cost += p.Output * float64(x.Peek.MaxTokens)
		}
		return core.Money(cost * 1e3) // dollars for a million tokens → nanodollars for one
	}
}
