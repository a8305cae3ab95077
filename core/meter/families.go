package meter

import (
	"cmp"
	"slices"
	"sync/atomic"

	"asbru/core"
)

// total adds up one counter of every Tally.
func (g *group) total(f func(*core.Tally) *atomic.Uint64) (n uint64) {
	for _, t := range g.tallies {
		n += f(t).Load()
	}
	return n
}

func (g *group) inflight() (n int64) {
	for _, t := range g.tallies {
		n += t.Inflight.Load()
	}
	return n
}

func (g *group) histograms(f func(*core.Tally) *core.Histogram) []*core.Histogram {
	hs := make([]*core.Histogram, len(g.tallies))
	for i, t := range g.tallies {
		hs[i] = f(t)
	}
	return hs
}

// targets writes the metrics of Targets.
func targets(p *page, gs []group) {
	p.requests("asbru_requests_total", "Requests per target, including failed attempts.", gs)
	p.faults("asbru_target_faults_total", "Faults per target, by code.", gs)
	p.tokens("asbru_tokens_total", "Tokens per target as reported by the provider; cached_in is part of in.", gs)
	p.cost("asbru_cost_nanodollars_total", "Cost of answers per target.", gs)
	p.inflight("asbru_requests_in_flight", "Requests in flight per target.", gs)
	p.spans("asbru_upstream_seconds", "Time from the last byte of a request sent to the head of the reply.", gs,
		func(t *core.Tally) *core.Histogram { return &t.Upstream })
	p.spans("asbru_ttft_seconds", "Time from the complete head of a request to the first byte of the answer's body, of streams only.", gs,
		func(t *core.Tally) *core.Histogram { return &t.TTFT })
	p.spans("asbru_inter_token_seconds", "Time between two reads of a stream.", gs,
		func(t *core.Tally) *core.Histogram { return &t.Gap })
	p.spans("asbru_request_seconds", "Time from the complete head of a request to the last byte of the answer.", gs,
		func(t *core.Tally) *core.Histogram { return &t.Total })
}

// keys writes the metrics of VirtualKeys. They count the same requests as those of
// targets do, and therefore are families of their own.
func keys(p *page, gs []group) {
	p.requests("asbru_key_requests_total", "Requests per virtual key.", gs)
	p.faults("asbru_key_faults_total", "Faults per virtual key, by code.", gs)
	p.tokens("asbru_key_tokens_total", "Tokens per virtual key as reported by providers; cached_in is part of in.", gs)
	p.cost("asbru_key_cost_nanodollars_total", "Cost of answers per virtual key.", gs)
	p.inflight("asbru_key_requests_in_flight", "Requests in flight per virtual key.", gs)
}

func (p *page) requests(name, help string, gs []group) {
	p.family(name, "counter", help)
	for i := range gs {
		p.uint(name, gs[i].labels, gs[i].total(func(t *core.Tally) *atomic.Uint64 { return &t.Requests }))
	}
}

// faults leaves out codes that have not occurred, which are most of them.
func (p *page) faults(name, help string, gs []group) {
	p.family(name, "counter", help)
	for i := range gs {
		for c := core.None + 1; c < core.NumCodes; c++ {
			if n := gs[i].total(func(t *core.Tally) *atomic.Uint64 { return &t.Faults[c] }); n > 0 {
				p.uint(name, join(gs[i].labels, label("code", c.String())), n)
			}
		}
	}
}

func (p *page) tokens(name, help string, gs []group) {
	p.family(name, "counter", help)
	for i := range gs {
		g := &gs[i]
		p.uint(name, join(g.labels, `kind="in"`), g.total(func(t *core.Tally) *atomic.Uint64 { return &t.TokensIn }))
		p.uint(name, join(g.labels, `kind="cached_in"`), g.total(func(t *core.Tally) *atomic.Uint64 { return &t.TokensCached }))
		p.uint(name, join(g.labels, `kind="out"`), g.total(func(t *core.Tally) *atomic.Uint64 { return &t.TokensOut }))
	}
}

func (p *page) cost(name, help string, gs []group) {
	p.family(name, "counter", help)
	for i := range gs {
		p.uint(name, gs[i].labels, gs[i].total(func(t *core.Tally) *atomic.Uint64 { return &t.Cost }))
	}
}

func (p *page) inflight(name, help string, gs []group) {
	p.family(name, "gauge", help)
	for i := range gs {
		p.int(name, gs[i].labels, gs[i].inflight())
	}
}

func (p *page) spans(name, help string, gs []group, f func(*core.Tally) *core.Histogram) {
	p.family(name, "histogram", help)
	for i := range gs {
		p.histogram(name, gs[i].labels, coarse, gs[i].histograms(f)...)
	}
}

// pools writes the upstream connections. Two Pools to one endpoint, one of which is
// being retired, are summed.
func pools(p *page, gs []core.Gauged) {
	all := make([]core.PoolStats, len(gs))
	for i, g := range gs {
		all[i] = g.Stats()
	}
	all = sumEnds(all)
	p.ends("asbru_upstream_connections_open", "gauge", "Open connections to an endpoint, including idle ones.", all,
		func(s *core.PoolStats) int64 { return s.Open })
	p.ends("asbru_upstream_connections_idle", "gauge", "Idle connections to an endpoint.", all,
		func(s *core.PoolStats) int64 { return s.Idle })
	p.ends("asbru_upstream_dials_total", "counter", "Connections attempted to an endpoint.", all,
		func(s *core.PoolStats) int64 { return int64(s.Dials) })
	p.ends("asbru_upstream_dial_errors_total", "counter", "Attempts to connect to an endpoint that failed.", all,
		func(s *core.PoolStats) int64 { return int64(s.DialErrors) })
}

// sumEnds adds up the Pools of each endpoint and sorts the sums, at most MaxSets of
// them.
func sumEnds(all []core.PoolStats) []core.PoolStats {
	slices.SortFunc(all, func(a, b core.PoolStats) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	var out []core.PoolStats
	for _, s := range all {
		last := len(out) - 1
		if last+1 == MaxSets {
			s.Endpoint, out[last].Endpoint = "other", "other"
		}
		if last < 0 || out[last].Endpoint != s.Endpoint {
			out = append(out, s)
			continue
		}
		o := &out[last]
		o.Open, o.Idle = o.Open+s.Open, o.Idle+s.Idle
		o.Dials, o.DialErrors = o.Dials+s.Dials, o.DialErrors+s.DialErrors
	}
	return out
}

func (p *page) ends(name, kind, help string, all []core.PoolStats, f func(*core.PoolStats) int64) {
	p.family(name, kind, help)
	for i := range all {
		p.int(name, label("endpoint", all[i].Endpoint), f(&all[i]))
	}
}
