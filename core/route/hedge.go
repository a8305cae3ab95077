package route

import (
	"fmt"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A Hedge says when a Route asks a second target in parallel to the first, and how much that may
// cost.
type Hedge struct {
	After    time.Duration // time without content; 0: learnt, by Quantile
	Quantile float64       // of the times to the first content of a stream, or to the end of any other answer, between 0 and 1; 0 with After
	Share    float64       // hedges earned per request
	PerHour  core.Money    // the most that hedges may cost; 0: no cap

	// Price is what a hedge of x at t is expected to cost; nil: unknown, and PerHour has no
	// effect.
	Price func(x *core.Exchange, t *core.Target) core.Money
}

// A hedging is the state of the hedges of one Route.
type hedging struct {
	began         atomic.Bool
	share         budget // its paid and refused are the hedges made and not made
	spend         spend
	stream, whole learner
	won           atomic.Uint64
}

// careBy gives r its Care.
func (p *picker) careBy(r *core.Route, s *Spec) {
	var care core.Care
	if s.Hedge != nil {
		care.Hedge = p.hedgeBy(s.Hedge)
	}
	if care.Rescue, care.Shadow = s.Rescue, s.Shadow; care != (core.Care{}) {
		r.Care = &care
	}
}

// hedgeBy prepares hedges.
func (p *picker) hedgeBy(h *Hedge) *core.Hedge {
	t := &p.tab.hedge
	if share := int64(h.Share * 1000); t.began.CompareAndSwap(false, true) || t.share.share != share {
		t.share.share, t.share.most = share, hedgesSaved*1000
		t.share.spent.Store(t.share.earned(0) - 1000) // the first hedge need not be earned
	}
	p.hedge = h
	return &core.Hedge{Wait: p.delay, Pick: p.beside, Say: h.say()}
}

func (h *Hedge) say() string {
	text := fmt.Sprintf("after %s without content", h.After)
	if h.After == 0 {
		text = fmt.Sprintf("after the p%s of the time to the first content (%s until %d answers were measured)", number(100*h.Quantile), unlearned, int(learnLeast))
	}
	text += fmt.Sprintf(", for %s of the requests at most", percent(h.Share))
	if h.PerHour > 0 && h.Price != nil {
		text += fmt.Sprintf(" and %s USD an hour", number(float64(h.PerHour)/1e9))
	}
	return text
}

// delay is a Hedge's Wait.
func (p *picker) delay(x *core.Exchange) time.Duration {
	if !p.spare && x.Peek.Fallbacks[0] == nil {
		return 0
	}
	p.tab.hedge.share.requests.Add(1)
	return p.patience(x)
}

// patience is how long an attempt for x may take to its first content before it is hedged.
func (p *picker) patience(x *core.Exchange) time.Duration {
	if p.hedge.After > 0 {
		return p.hedge.After
	}
	if d := time.Duration(p.learner(x).known.Load()); d > 0 {
		return max(d, hedgeLeast)
	}
	return unlearned
}

// learner is the learner that measures attempts like those for x.
func (p *picker) learner(x *core.Exchange) *learner {
	if x.Peek.Stream {
		return &p.tab.hedge.stream
	}
	return &p.tab.hedge.whole
}

// beside is a Hedge's Pick. It checks the caps before it chooses, because choosing a target may
// use up the single probe after its rest.
func (p *picker) beside(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	if len(tried) == 0 || len(tried) >= p.attempts {
		return nil, nil
	}
	now, h := p.book.clock(), &p.tab.hedge
	last := &tried[len(tried)-1]
	if w := last.Target.Waits.Total; w > 0 && x.Start > 0 && now-x.Start >= int64(w) {
		return nil, nil
	}
	if !h.share.take(now) {
		return nil, nil
	}
	t, k := p.after(x, search{name: p.asked(x), now: now, tried: tried})
	if t == nil {
		t, k = p.otherKey(x, now, tried)
	}
	switch {
	case t == nil:
		h.share.refund()
		return nil, nil
	case p.hedge.PerHour > 0 && p.hedge.Price != nil && !h.spend.take(now, p.hedge.Price(x, t), p.hedge.PerHour):
		h.share.refund()
		h.share.refused.Add(1)
		return nil, nil
	}
	return t, k
}

// otherKey finds another key of the target under way.
func (p *picker) otherKey(x *core.Exchange, now int64, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	at, since := p.replay(x, tried)
	s := p.slot(x, at, p.asked(x))
	k := s.other(&search{name: s.name, now: now, tried: tried[since:]})
	if k == nil {
		return nil, nil
	}
	x.Name = s.name
	return s.target, k
}

// asked is the model name of the request itself, whichever fallback it has reached.
func (p *picker) asked(x *core.Exchange) []byte {
	if x.Asked != nil {
		return x.Asked
	}
	if len(x.Peek.Model) > 0 {
		_, name := x.Snap.Resolve(x.Peek.Model) // x.Name may be a fallback's by now
		return name
	}
	return x.Name
}

// learn measures first attempts. One that a hedge outran counts with the time until it was cut
// off, as it would have taken at least that long.
func (p *picker) learn(x *core.Exchange, a *core.Attempt) {
	took := a.TTFT
	switch {
	case a.Phase == core.PhaseContent && x.Peek.Stream:
	case a.Phase == core.PhaseComplete && a.Began > 0 && (a.Cause == core.Outrun || a.Cause == core.NoCause && !x.Peek.Stream && a.Status < 300):
		took = time.Duration(a.At - a.Began)
	default:
		return
	}
	switch {
	case a.Resumes:
	case !a.Beside:
		p.learner(x).add(took, p.hedge.Quantile)
	case a.Cause == core.NoCause:
		p.tab.hedge.won.Add(1)
	}
}

// A spend bounds what is paid per hour. Its state is one word: the moment at which all that was
// paid will have been earned back.
type spend struct{ until atomic.Int64 }

// take pays cost, unless that would be more than most within an hour.
func (s *spend) take(now int64, cost, most core.Money) bool {
	if cost > most {
		return false
	}
	takes := int64(float64(cost) / float64(most) * float64(time.Hour))
	for {
		old := s.until.Load()
		next := max(old, now) + max(takes, 0)
		if next-now > int64(time.Hour) {
			return false
		}
		if s.until.CompareAndSwap(old, next) {
			return true
		}
	}
}
