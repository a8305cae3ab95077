package meter

import "asbru/core"

// gates writes the state of the Gates of targets, at most MaxSets of them; nothing if there are
// none.
func gates(p *page, s *core.Snapshot) {
	if s == nil || !s.Gated {
		return
	}
	var labels []string
	var gauges []core.GateGauges
	for _, t := range s.Targets {
		if t.Gate != nil && len(labels) < MaxSets {
			labels = append(labels, join(label("target", t.Name), label("provider", t.Provider)))
			gauges = append(gauges, t.Gate.Gauges())
		}
	}
	each := func(name, kind, help string, write func(name, labels string, g *core.GateGauges)) {
		p.family(name, kind, help)
		for i := range gauges {
			write(name, labels[i], &gauges[i])
		}
	}
	each("asbru_overload_limit", "gauge", "Requests that a target may have under way now.", func(name, l string, g *core.GateGauges) {
		p.int(name, l, int64(g.Limit))
	})
	each("asbru_overload_in_flight", "gauge", "Requests that hold one of these places.", func(name, l string, g *core.GateGauges) {
		p.int(name, l, int64(g.Inflight))
	})
	each("asbru_overload_waiting", "gauge", "Requests that wait for a place, by lane.", func(name, l string, g *core.GateGauges) {
		for u, n := range g.Waiting {
			p.int(name, join(l, label("lane", core.Urgency(u).String())), int64(n))
		}
	})
	each("asbru_overload_queued_total", "counter", "Requests that had to wait for a place, by lane.", func(name, l string, g *core.GateGauges) {
		for u, n := range g.Queued {
			p.uint(name, join(l, label("lane", core.Urgency(u).String())), n)
		}
	})
	each("asbru_overload_refused_total", "counter", "Requests that got no place: overload (503), share of the caller (429), wait too long (503).", func(name, l string, g *core.GateGauges) {
		for r := core.NoRefusal + 1; r < core.NumRefusals; r++ {
			p.uint(name, join(l, label("reason", r.String())), g.Refused[r])
		}
	})
	each("asbru_overload_quick_seconds", "gauge", "What an answer, or the first content of a stream, takes when the target is at ease; 0: not known yet.", func(name, l string, g *core.GateGauges) {
		p.float(name, l, float64(g.Quick)/1e9)
	})
	each("asbru_overload_wait_seconds", "histogram", "Waits for a place of those that got one.", func(name, l string, g *core.GateGauges) {
		p.histogram(name, l, coarse, g.Waited)
	})
}
