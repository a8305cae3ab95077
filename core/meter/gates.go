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
	each("asbru_overload_limit", "gauge", "Requests that a target may have in flight at the moment.", func(name, l string, g *core.GateGauges) {
		p.int(name, l, int64(g.Limit))
	})
	each("asbru_overload_in_flight", "gauge", "Requests in flight at a target that has a limit.", func(name, l string, g *core.GateGauges) {
		p.int(name, l, int64(g.Inflight))
	})
	each("asbru_overload_waiting", "gauge", "Requests that wait for a place at a target, by lane.", func(name, l string, g *core.GateGauges) {
		for u, n := range g.Waiting {
			p.int(name, join(l, label("lane", core.Urgency(u).String())), int64(n))
		}
	})
	each("asbru_overload_queued_total", "counter", "Requests that had to wait for a place at a target, by lane.", func(name, l string, g *core.GateGauges) {
		for u, n := range g.Queued {
			p.uint(name, join(l, label("lane", core.Urgency(u).String())), n)
		}
	})
	each("asbru_overload_refused_total", "counter", "Requests refused a place at a target, by reason: overload (503), the caller's share (429), too long a wait (503).", func(name, l string, g *core.GateGauges) {
		for r := core.NoRefusal + 1; r < core.NumRefusals; r++ {
			p.uint(name, join(l, label("reason", r.String())), g.Refused[r])
		}
	})
	each("asbru_overload_quick_seconds", "gauge", "Time to an answer, or to the first content of a stream, when the target is not busy; 0 until it is known.", func(name, l string, g *core.GateGauges) {
		p.float(name, l, float64(g.Quick)/1e9)
	})
	each("asbru_overload_wait_seconds", "histogram", "Time that requests waited for a place at a target and got one.", func(name, l string, g *core.GateGauges) {
		p.histogram(name, l, coarse, g.Waited)
	})
}
