package route

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"asbru/core"
)

// A Strategy says which of the balanced targets is asked first, and which next if that one
// fails. docs/BALANCING.md explains them to operators.
type Strategy string

const (
	Ordered       Strategy = ""
	Weighted      Strategy = "weighted"        // by weight, exactly over a cycle
	RoundRobin    Strategy = "round-robin"     // one after the other
	LeastInFlight Strategy = "least-in-flight" // the one with the fewest requests under way
	LeastLatency  Strategy = "least-latency"   // the better of two drawn at random, by the time to the reply head times the requests under way
	LeastTTFT     Strategy = "least-ttft"      // the better of two drawn at random, by the time to the first content
	Cheapest      Strategy = "cheapest"        // by price
	Fastest       Strategy = "fastest"         // by measured tokens a second
	Adaptive      Strategy = "adaptive"        // by a score of errors, latency, first content, load and momentum
)

// byWeight is the data that strategies choose by.
type byWeight struct {
	weights []int
	step    int                   // LeastInFlight
	deals   ring                  // Weighted
	scored  atomic.Pointer[ring]  // Adaptive; renewed by note
	order   atomic.Pointer[[]int] // Cheapest, Fastest: best first; that of Fastest is renewed by note
	rescore atomic.Int64          // Clock of the next renewal
}

func (p *picker) balanceBy(s *Spec) {
	if s.Balanced < 2 || s.Strategy == Ordered {
		return
	}
	p.how, p.group = s.Strategy, min(s.Balanced, len(p.slots))
	p.step = stride(p.group)
	p.weights = make([]int, p.group)
	for i := range p.weights {
		if p.weights[i] = 1; s.Weights != nil {
			p.weights[i] = max(s.Weights[i], 0)
		}
	}
	order := make([]int, p.group)
	for i := range order {
		order[i] = i
	}
	if p.how == Cheapest {
		slices.SortStableFunc(order, func(a, b int) int {
			switch x, y := s.Prices[a], s.Prices[b]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
	}
	p.order.Store(&order)
	p.deals.set(p.weights)
	p.deals.turn.Store(rand.Uint64N(p.deals.total))
	p.scored.Store(&p.deals)
}

// balance picks a slot of the group that was not tried: the strategy's first choice, or the next
// usable one after it.
func (p *picker) balance(x *core.Exchange, q search, shut *shut) (*core.Target, *core.ProviderKey) {
	if x.Bind != 0 {
		if i := p.home(x); i >= 0 {
			if t, k := p.take(x, i, q, shut); t != nil {
				return t, k
			}
		}
	}
	n := p.group
	if p.how == Cheapest || p.how == Fastest {
		order := *p.order.Load()
		if p.how == Fastest {
			if turn := p.turn.Add(1); turn%exploreEvery == 0 {
				if t, k := p.take(x, int(turn/exploreEvery%uint64(n)), q, shut); t != nil {
					return t, k
				}
			}
		}
		for _, i := range order {
			if t, k := p.take(x, i, q, shut); t != nil {
				return t, k
			}
		}
		return nil, nil
	}
	first := p.first(&q)
	if t, k := p.take(x, first, q, shut); t != nil {
		return t, k
	}
	if p.how == Weighted || p.how == Adaptive { // the share of a target that is down goes to the others by their weights
		ring := p.scored.Load()
		if i := ring.among(func(i int) bool { return i != first && p.ready(i, &q) }); i >= 0 {
			if t, k := p.take(x, i, q, shut); t != nil {
				return t, k
			}
		}
	}
	for j := 1; j < n; j++ { // those of weight 0 too, as no other is left
		if t, k := p.take(x, (first+j)%n, q, shut); t != nil {
			return t, k
		}
	}
	return nil, nil
}

// take tries to use slot i of the group.
func (p *picker) take(x *core.Exchange, i int, q search, shut *shut) (*core.Target, *core.ProviderKey) {
	s := &p.slots[i]
	if asked(s.target, q.tried) {
		return nil, nil
	}
	at := *s
	at.name = q.name
	if k, ok := p.sit(x, &at, &q, shut); ok {
		x.Name = at.name
		return at.target, k
	}
	return nil, nil
}

// ready reports whether slot i is likely to be usable.
func (p *picker) ready(i int, q *search) bool {
	s := &p.slots[i]
	if asked(s.target, q.tried) {
		return false
	}
	if s.keys.open {
		return s.keys.live.good() || s.keys.live.ready(p.time(q))
	}
	w := s.keys.fixed
	if w == nil {
		return false
	}
	for _, l := range w.lives {
		if l.good() || l.ready(p.time(q)) {
			return true
		}
	}
	return false
}

// first is the slot that the strategy prefers.
func (p *picker) first(q *search) int {
	n := p.group
	switch p.how {
	case Weighted:
		return p.deals.deal()
	case Adaptive:
		return p.scored.Load().deal()
	case LeastInFlight:
		return p.idlest(q)
	case LeastLatency, LeastTTFT:
		r := rand.Uint64()
		i := int(r >> 32 % uint64(n))
		j := (i + 1 + int(r&math.MaxUint32%uint64(n-1))) % n
		p.time(q)
		if !p.ready(i, q) || p.ready(j, q) && p.cost(j, q.now) < p.cost(i, q.now) {
			return j
		}
		return i
	}
	return int(p.turn.Add(1) % uint64(n))
}

// cost is the expected time of a request at slot i: the mean, times the requests under way there
// plus this one. A slot that was never measured costs nothing, so it soon is.
func (p *picker) cost(i int, now int64) float64 {
	s := &p.slots[i]
	a := &s.pulse.latency
	if p.how == LeastTTFT {
		a = &s.pulse.ttft
	}
	return a.fading(now, averaged) * float64(1+s.inflight())
}

func (s *slot) inflight() int64 {
	if t := s.target.Tally; t != nil {
		return max(t.Inflight.Load(), 0)
	}
	return 0
}

// idlest is the slot with the fewest requests under way, of a sample that starts at another slot
// each time.
func (p *picker) idlest(q *search) int {
	n, from := p.group, int(p.turn.Add(1)%uint64(p.group))
	best, least := from, int64(math.MaxInt64)
	for j, i := 0, from; j < min(n, sampled); j, i = j+1, (i+p.step)%n {
		if busy := p.slots[i].inflight(); busy < least && p.ready(i, q) {
			best, least = i, busy
		}
	}
	return best
}

// stride spreads a sample over a group of n. It is 1 or coprime to n, so that no slot
// is sampled twice.
func stride(n int) int {
	if n <= sampled {
		return 1
	}
	s := n/sampled + 1
	for gcd(uint64(s), uint64(n)) != 1 {
		s++
	}
	return s
}
