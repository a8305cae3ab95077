package cli

import (
	"fmt"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// route prints the targets in the order they are tried.
func (q *question) route(x *core.Exchange, sent string) {
	r := x.Route
	q.strategy(r)
	q.care(r)
	for i, t := range r.Targets {
		model := t.Model
		if model == "" {
			model = sent
		}
		q.line(fmt.Sprintf("target %d", i+1), fmt.Sprintf("%s, model %s", q.p.bold(t.Name), model))
		path := ""
		if f, as := t.Face(openai.API, q.number, []byte(model)); f != nil {
			path = string(f.AppendPath(nil, as, false, []byte(model)))
		}
		switch {
		case path == "":
			q.line("", q.p.warn("cannot do "+q.op+": it is skipped"))
		case q.number == core.OpPass:
			q.line("", "sent to "+t.Host+path+"/…")
		default:
			q.line("", "sent to "+t.Host+path)
		}
		if via := q.via(t); via != "" {
			q.line("", q.p.warn("rehearsed: "+via+" stands in its place"))
		}
		if p := x.Key.Policy; p != nil && p.Serves != nil && !p.Serves(t, nil, []byte(model)) {
			q.line("", q.p.warn("may not serve this key: it is skipped"))
		}
		q.price(x, t, model)
		q.line("", "waits: "+waits(t.Waits))
		if t.Gate != nil {
			q.line("", "bound: "+bound(t.Gate.Gauges()))
		}
		q.keys(t, model)
	}
}

// via returns what replaces a target's provider in a rehearsal; empty: nothing does.
func (q *question) via(t *core.Target) string {
	for e, pool := range q.snap.Pools {
		if pool != nil && pool == t.Pool {
			return e.Via
		}
	}
	return ""
}

// price prints what the target costs now.
func (q *question) price(x *core.Exchange, t *core.Target, model string) {
	if t.Price == nil {
		return
	}
	p := t.Price(x, nil, []byte(model))
	if p == nil {
		q.line("", q.p.warn("has no known price: callers with a budget are refused"))
		return
	}
	p = p.At(time.Now().Unix())
	from := p.From
	if p.Model != from { // the ceiling has no row
		from += " (" + p.Model + ")"
	}
	q.line("", fmt.Sprintf("costs %v in and %v out a million tokens, by %s", p.In, p.Out, from))
}

// care prints the route's hedging, rescue and shadow.
func (q *question) care(r *core.Route) {
	if r.Care == nil {
		return
	}
	if h := r.Care.Hedge; h != nil {
		q.line("hedge", "another target is asked too "+h.Say)
	}
	if s := r.Care.Shadow; s != nil {
		q.line("shadow", s.Say)
	}
	if r.Care.Rescue {
		q.line("rescue", "a stream that breaks off in its text is continued by the next target")
	}
}

func waits(w core.Waits) string {
	return fmt.Sprintf("connect %s, head %s, first content %s, stall %s, all in all %s", w.Connect.Round(time.Millisecond), w.Header.Round(time.Millisecond),
		w.First.Round(time.Millisecond), w.Stall.Round(time.Millisecond), w.Total.Round(time.Millisecond))
}

// bound says how many requests a target may have in flight, as in a process that has just
// started.
func bound(g core.GateGauges) string {
	under := fmt.Sprintf("%d under way", g.Limit)
	if g.Least < g.Most {
		under += fmt.Sprintf(" at first, then what it bears from %d to %d", g.Least, g.Most)
	}
	if g.Queue == 0 {
		return under + "; nobody waits"
	}
	return under + fmt.Sprintf("; %d may wait for %s; batch has %g %% of the turns", g.Queue, time.Duration(g.Wait), g.BatchShare*100)
}

// strategy prints how the route chooses among its targets, their state as in a process that
// has just started, and which one a request would go to.
func (q *question) strategy(r *core.Route) {
	plan := &r.Plan
	if plan.Say == nil {
		return
	}
	switch {
	case plan.Balanced > 1:
		q.line("strategy", fmt.Sprintf("%s over targets 1 to %d, then in order", q.p.bold(plan.Strategy), plan.Balanced))
	default:
		q.line("strategy", "in order")
	}
	for _, c := range plan.Say() {
		name := c.Target.Name
		if c.Key != nil {
			name += " with key " + c.Key.Name
		}
		text := name + ": " + c.State
		if c.Why != "" {
			text += fmt.Sprintf(" for %s (%s)", c.Rest.Round(time.Second), c.Why)
		}
		if c.Reason != "" {
			text += ", " + c.Reason
		}
		if c.Next {
			text += "; " + q.p.good("chosen: "+why(plan))
		}
		q.line("", text)
	}
}

// why says what a strategy's choice depends on.
func why(p *core.RoutePlan) string {
	switch p.Strategy {
	case "weighted", "adaptive":
		return "it has the largest share"
	case "round-robin":
		return "it is the first in turn"
	case "least-in-flight":
		return "it has least to do"
	case "least-latency", "least-ttft":
		return "it costs least, as far as is known"
	case "cheapest":
		return "it has the lowest price"
	case "fastest":
		return "it has the most tokens a second, as far as is known"
	}
	return "it is the first that may be asked"
}

// keys prints a target's keys by name, with their shares of this model's requests.
func (q *question) keys(t *core.Target, model string) {
	usable := func(k *core.ProviderKey) bool { return k.Weight > 0 && (k.Models == nil || k.Models[model]) }
	sum := 0
	for _, k := range t.Keys {
		if usable(k) {
			sum += k.Weight
		}
	}
	if len(t.Keys) == 0 {
		q.line("", "no key is sent")
	}
	for _, k := range t.Keys {
		switch {
		case k.Weight == 0:
			q.line("", "key "+k.Name+": "+q.p.dim("disabled, weight 0"))
		case !usable(k):
			q.line("", "key "+k.Name+": "+q.p.dim("not for "+model))
		default:
			q.line("", fmt.Sprintf("key %s: weight %d, %.0f%% of requests", k.Name, k.Weight, 100*float64(k.Weight)/float64(sum)))
		}
	}
}
