package route

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"asbru/core"
)

// The parts of the adaptive strategy's score. 0 is the best score; as it rises to 1 the weight
// falls from bestWeight to leastWeight. Even the worst target gets a hundredth of the best one's
// share, so that its recovery is noticed.
const (
	errorPart   = 0.50 // share of failures, forgotten with the time constant faded
	latencyPart = 0.20 // 1 - best/own of the time to the reply head
	ttftPart    = 0.15 // 1 - best/own of the time to the first content
	loadPart    = 0.15 // share of the requests under way in excess of a fair one
	momentum    = 0.10 // subtracted while failures get fewer

	bestWeight  = 1000
	leastWeight = 10
)

// score recomputes the weights and the order for Adaptive and Fastest. One caller at a time.
func (p *picker) score(now int64) {
	if p.how == Fastest {
		order := make([]int, p.group)
		for i := range order {
			order[i] = i
		}
		rate := func(i int) float64 {
			if r := p.slots[i].pulse.rate.get(); r > 0 {
				return r
			}
			return 1e18 // never measured: goes first
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rate(b), rate(a)) })
		p.order.Store(&order)
		return
	}
	weights := make([]int, p.group)
	for i, s := range p.scores(now) {
		w := leastWeight + int((1-s)*(bestWeight-leastWeight))
		if p.weights[i] > 0 {
			weights[i] = max(w*p.weights[i]/p.heaviest(), 1)
		}
	}
	next := new(ring)
	next.set(weights)
	next.turn.Store(rand.Uint64N(next.total))
	p.scored.Store(next)
}

// heaviest bounds the sums of weights.
func (p *picker) heaviest() int { return max(slices.Max(p.weights)/100, 1) }

// scores rates the group, each from 0 to 1.
func (p *picker) scores(now int64) []float64 {
	var latency, ttft float64 // the best of those measured
	var busy int64
	for i := range p.group {
		l := p.slots[i].pulse
		latency = least(latency, l.latency.fading(now, slow))
		ttft = least(ttft, l.ttft.fading(now, slow))
		busy += p.slots[i].inflight()
	}
	out := make([]float64, p.group)
	for i := range out {
		s := &p.slots[i]
		e := s.pulse.errors.fading(now, faded)
		score := errorPart*e + latencyPart*worse(latency, s.pulse.latency.fading(now, slow)) + ttftPart*worse(ttft, s.pulse.ttft.fading(now, slow))
		if fair := 1 / float64(p.group); busy > 0 {
			score += loadPart * max(float64(s.inflight())/float64(busy)-fair, 0) / (1 - fair)
		}
		score -= momentum * max(s.pulse.before.get()-e, 0)
		out[i] = min(max(score, 0), 1)
	}
	return out
}

func least(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

func worse(best, own float64) float64 {
	if own <= 0 || best <= 0 {
		return 0
	}
	return 1 - best/own
}

// say is a RoutePlan's Say.
func (p *picker) say() []core.Candidate {
	now := p.book.clock()
	var all []core.Candidate
	for i := range p.slots {
		s := &p.slots[i]
		for _, k := range append(slices.Clone(s.target.Keys), nil)[:max(len(s.target.Keys), 1)] {
			l := p.book.seats[seat{s.target, k}]
			if l == nil {
				continue
			}
			c := candidate(seat{s.target, k}, l, now)
			if i < p.group {
				c.Reason = p.reason(i, now)
			}
			all = append(all, c)
		}
	}
	p.mark(all, now)
	return all
}

// mark marks the target that would be asked now. Strategies that take turns or draw lots choose
// another one each time, so for those it is only an example.
func (p *picker) mark(all []core.Candidate, now int64) {
	order := make([]int, len(p.slots))
	for i := range order {
		order[i] = i
	}
	group := order[:p.group]
	switch p.how {
	case Cheapest, Fastest:
		copy(group, *p.order.Load())
	case LeastInFlight:
		slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(p.slots[a].inflight(), p.slots[b].inflight()) })
	case LeastLatency, LeastTTFT:
		slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(p.cost(a, now), p.cost(b, now)) })
	case Weighted, Adaptive:
		r := p.scored.Load()
		slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(r.width(b), r.width(a)) })
	}
	for _, i := range order {
		for j := range all {
			if c := &all[j]; c.Target == p.slots[i].target && p.book.seats[seat{c.Target, c.Key}].ready(now) && (c.Key == nil || c.Key.Weight > 0) {
				c.Next = true
				return
			}
		}
	}
}

// reason shows the figures that the strategy compares.
func (p *picker) reason(i int, now int64) string {
	s := &p.slots[i]
	switch p.how {
	case Weighted, Adaptive:
		r := p.scored.Load()
		return percent(float64(r.width(i))/float64(r.total)) + " of requests"
	case LeastInFlight:
		return number(float64(s.inflight())) + " under way"
	case LeastLatency, LeastTTFT:
		return "cost " + time.Duration(p.cost(i, now)).Round(time.Microsecond).String()
	case Fastest:
		return number(s.pulse.rate.get()) + " tokens/s"
	}
	return ""
}
