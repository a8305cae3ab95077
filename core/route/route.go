// Package route decides which target and which provider key carry the next
// attempt of an Exchange, and remembers how each of them is doing.
//
// A decision takes no lock, does no I/O and allocates nothing; it reads the clock only
// when something is out of order or a strategy asks for it. It refuses to retry what
// core.Class calls final, to go past the Route's attempts and its retry budget, to ask
// whom it knows to be down, and to follow a caller's own fallback that the caller's
// policy does not allow.
package route

import (
	"sync/atomic"
	"time"

	"asbru/core"
)

// Compile gives r its Pick, Note and Plan. They may be called concurrently for
// different Exchanges.
//
// Pick balances the first s.Balanced Targets, goes on to the others in order, then to
// the request's own fallbacks (each leads to the first target of its Route, never to
// that Route's fallbacks). A target that lacks the operation, has no key for the model or
// is known to be down is passed over. After a failed attempt core.Class decides between another key
// of the same target and the next target; an attempt without a status moves to the next
// target. A nil target means that none is left; when nothing was tried and all are
// benched, x.Fault says so.
//
// tried must hold exactly the attempts begun with what Pick returned, with the
// status of each; asking twice with the same tried leads to the same place, so
// one may ask whether anything is left. When Pick moves on to a fallback of the
// request it sets x.Name to the name that fallback goes by.
func Compile(r *core.Route, s Spec) {
	p := &picker{
		route: r.Name, book: s.Book, tab: s.Book.tab(s.Prev, r.Name), slots: make([]slot, len(r.Targets)),
		attempts: s.Attempts, bind: s.Bind, breaker: Breaker{},
	}
	keys := 0
	for i, t := range r.Targets {
		p.slots[i] = slot{target: t, keys: s.Book.chooser(t), pulse: s.Book.seats[seat{t, nil}], via: limited(r, t)}
		keys += max(len(t.Keys), 1)
	}
	p.spare = keys > 1 || s.Retry != nil && s.Retry.Again > 0
	if p.attempts == 0 {
		p.attempts = core.MaxAttempts
	}
	if p.bind == 0 {
		p.bind = DefaultBind
	}
	p.breaker.set(s.Breaker)
	retry := s.Retry
	if retry == nil {
		retry = &Retry{Share: DefaultShare, Rate: DefaultRate}
	}
	p.wait = *retry
	p.wait.Backoff, p.wait.Longest = or(retry.Backoff, DefaultBackoff), or(retry.Longest, DefaultLongestBackoff)
	if p.tab.began.CompareAndSwap(false, true) || p.tab.share != int64(retry.Share*1000) || p.tab.rate != int64(retry.Rate*1000) {
		p.tab.set(retry.Share, retry.Rate, s.Book.clock())
	}
	p.balanceBy(&s)
	r.Again = retry.Again
	p.careBy(r, &s)
	r.Pick, r.Note = p.pick, p.note
	r.Plan = core.RoutePlan{Strategy: string(p.how), Balanced: p.group, Say: p.say, Gauges: p.gauges}
}

// A picker is a compiled Route: the configured slots, followed at request time
// by one slot for each fallback of the request.
type picker struct {
	route    string
	slots    []slot
	book     *Book
	tab      *tab
	spare    bool // there is something to retry with, whatever the request brings
	attempts int
	wait     Retry
	bind     time.Duration
	breaker  Breaker
	hedge    *Hedge // nil: one attempt at a time

	how   Strategy // empty: in order
	group int      // so many of the slots are balanced; below 2: none
	byWeight
	turn atomic.Uint64
}

// A slot is one place in the order of preference.
type slot struct {
	target *core.Target // nil: nothing there
	keys   *chooser
	pulse  *live         // of the target, whatever the key
	name   []byte        // what to send when target names no model
	alias  *core.Route   // of a fallback of the request; nil: it is none
	via    []*core.Route // of the aliases with limits that target stands for; nil: none
}

func (p *picker) pick(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	if len(tried) > 0 {
		return p.more(x, tried)
	}
	if p.spare || x.Peek.Fallbacks[0] != nil {
		p.tab.requests.Add(1)
	}
	if x.Session != nil && p.bind > 0 {
		x.Bind = p.name(x)
	}
	dealt := 0
	if p.group < 2 && x.Bind == 0 {
		k, i, ok := p.quick(x)
		if ok {
			return p.slots[0].target, k
		}
		dealt = i
	}
	var shut shut
	t, k := p.enter(x, 0, search{name: x.Name, dealt: dealt, serves: servesOf(x)}, &shut)
	if t == nil && shut.live != nil {
		return p.benched(x, &shut)
	}
	if t == nil && shut.spent > 0 {
		p.exhausted(x, &shut)
	}
	return t, k
}

// quick is what nearly every request needs: the first target is well, and so is the key
// that it is the turn of. dealt is that turn, from 1, when the key is not.
func (p *picker) quick(x *core.Exchange) (k *core.ProviderKey, dealt int, ok bool) {
	s := &p.slots[0]
	if s.target.Spent != nil || s.via != nil || servesOf(x) != nil {
		return nil, 0, false
	}
	if f, _ := s.target.Face(x.From, x.Op, x.Name); f == nil {
		return nil, 0, false
	}
	if s.keys.open {
		return nil, 0, s.keys.live.of(x.Name).good()
	}
	w := s.keys.fixed
	if s.target.Model == "" {
		w = s.keys.wheel(x.Name)
	}
	if w == nil {
		return nil, 0, false
	}
	i := w.deal()
	return w.keys[i], i + 1, w.lives[i].of(x.Name).good()
}
