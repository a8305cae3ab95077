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
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A Spec is what one Route is compiled from, besides its Targets.
type Spec struct {
	Book *Book // knows all of the Targets
	Prev *Book // what was kept of the Route of that name; nil: nothing

	Strategy Strategy
	Balanced int       // so many of the first Targets are balanced; the rest follow in order. Below 2: all in order
	Weights  []int     // of the balanced, by Weighted and Adaptive; nil: 1 each
	Prices   []float64 // of the balanced, by Cheapest; in any one unit

	Attempts int      // at most, up to core.MostAttempts; 0: core.MaxAttempts
	Retry    *Retry   // nil: the defaults
	Breaker  *Breaker // nil: the defaults

	Bind time.Duration // how long an unused session binding is kept; 0: DefaultBind, below 0: sessions are not followed
}

// A Retry is the budget of a Route's retries: so many for each request, and so many a
// second besides. Asking with another key after 401, 402 or 403 is not paid for.
type Retry struct{ Share, Rate float64 }

// A Breaker says when a target with a key is left alone.
type Breaker struct {
	Off      bool          // failures do not open it; what a provider says of its keys still counts
	Failures int           // in a row; 0: DefaultFailures
	Ratio    float64       // of failed answers in ten seconds; 0: DefaultRatio
	Least    int           // answers in ten seconds for Ratio to count; 0: DefaultLeast
	Open     time.Duration // 0: DefaultOpen
	Try      bool          // when all are benched, the one that would be back first is asked all the same
}

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
		p.slots[i] = slot{target: t, keys: s.Book.chooser(t), pulse: s.Book.seats[seat{t, nil}]}
		keys += max(len(t.Keys), 1)
	}
	p.spare = keys > 1
	if p.attempts == 0 {
		p.attempts = core.MaxAttempts
	}
	if p.bind == 0 {
		p.bind = DefaultBind
	}
	p.breaker.set(s.Breaker)
	retry := s.Retry
	if retry == nil {
		retry = &Retry{DefaultShare, DefaultRate}
	}
	if p.tab.began.CompareAndSwap(false, true) || p.tab.share != int64(retry.Share*1000) || p.tab.rate != int64(retry.Rate*1000) {
		p.tab.set(retry.Share, retry.Rate, s.Book.clock())
	}
	p.balanceBy(&s)
	r.Pick, r.Note = p.pick, p.note
	r.Plan = core.RoutePlan{Strategy: string(p.how), Balanced: p.group, Say: p.say, Gauges: p.gauges}
}

func (b *Breaker) set(from *Breaker) {
	if from != nil {
		*b = *from
	}
	if b.Failures == 0 {
		b.Failures = DefaultFailures
	}
	if b.Ratio == 0 {
		b.Ratio = DefaultRatio
	}
	if b.Least == 0 {
		b.Least = DefaultLeast
	}
	if b.Open == 0 {
		b.Open = DefaultOpen
	}
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
	bind     time.Duration
	breaker  Breaker

	how   Strategy // empty: in order
	group int      // so many of the slots are balanced; below 2: none
	byWeight
	turn atomic.Uint64
}

// A slot is one place in the order of preference.
type slot struct {
	target *core.Target // nil: nothing there
	keys   *chooser
	pulse  *live  // of the target, whatever the key
	name   []byte // what to send when target names no model
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
	t, k := p.enter(x, 0, search{name: x.Name, dealt: dealt}, &shut)
	if t == nil && shut.live != nil {
		return p.benched(x, &shut)
	}
	return t, k
}

// quick is what nearly every request needs: the first target is well, and so is the key
// that it is the turn of. dealt is that turn, from 1, when the key is not.
func (p *picker) quick(x *core.Exchange) (k *core.ProviderKey, dealt int, ok bool) {
	s := &p.slots[0]
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

// more decides about another attempt, once for each that failed.
func (p *picker) more(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	a := &x.Ahead
	if a.After != len(tried) {
		t, k := p.retry(x, tried)
		*a = core.Ahead{After: len(tried), Target: t, Key: k, Name: x.Name}
	}
	if a.Target != nil {
		x.Name = a.Name
	}
	return a.Target, a.Key
}

func (p *picker) retry(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	last := &tried[len(tried)-1]
	if len(tried) >= p.attempts || verb(last.Status) == core.Final {
		return nil, nil
	}
	now := p.book.clock()
	if w := last.Target.Waits.Total; w > 0 && x.Start > 0 && now-x.Start >= int64(w) {
		return nil, nil // nobody waits for it any more
	}
	asked := x.Name
	if len(x.Peek.Model) > 0 {
		_, asked = x.Snap.Resolve(x.Peek.Model) // x.Name may be a fallback's by now
	}
	free := last.Status == 401 || last.Status == 402 || last.Status == 403
	if !free && !p.tab.take(now) {
		return nil, nil
	}
	t, k := p.after(x, search{name: asked, now: now, tried: tried})
	if t == nil && !free {
		p.tab.refund()
	}
	return t, k
}

// after finds where to go on.
func (p *picker) after(x *core.Exchange, q search) (*core.Target, *core.ProviderKey) {
	at, since := p.replay(x, q.tried)
	var shut shut
	if verb(q.tried[len(q.tried)-1].Status) == core.NextKey {
		s := p.slot(x, at, q.name)
		here := search{name: s.name, now: q.now, tried: q.tried[since:]}
		if k := s.other(&here); k != nil {
			x.Name = s.name
			return s.target, k
		}
	}
	if at < p.group {
		at = -1 // the whole group stands open, but for what was tried
	}
	return p.enter(x, at+1, q, &shut)
}

// enter returns the first usable slot from i on. It prefers keys that were not
// tried at another target.
func (p *picker) enter(x *core.Exchange, i int, q search, shut *shut) (*core.Target, *core.ProviderKey) {
	asked := q.name
	if i < p.group {
		if t, k := p.balance(x, q, shut); t != nil {
			return t, k
		}
		i = p.group
	}
	for ; i < len(p.slots)+core.MaxFallbacks; i++ {
		s := p.slot(x, i, asked)
		if s.target == nil {
			continue
		}
		q.name = s.name
		if i > 0 {
			q.dealt = 0
		}
		if k, ok := p.sit(x, &s, &q, shut); ok {
			x.Name = s.name
			return s.target, k
		}
	}
	return nil, nil
}

// sit finds a key for s and reports whether s can be used now.
func (p *picker) sit(x *core.Exchange, s *slot, q *search, shut *shut) (*core.ProviderKey, bool) {
	if f, _ := s.target.Face(x.From, x.Op, s.name); f == nil {
		return nil, false
	}
	if s.keys.open {
		l := s.keys.live.of(s.name)
		if l.good() || l.admit(p.time(q)) {
			return nil, true
		}
		shut.note(l, s, nil, q.now)
		return nil, false
	}
	w := s.wheel()
	if w == nil {
		return nil, false
	}
	if x.Bind != 0 {
		if k := p.bound(x, s, w, q); k != nil {
			return k, true
		}
	}
	if len(q.tried) == 0 {
		i := q.dealt - 1
		if i < 0 {
			i = w.deal()
		}
		q.dealt = 0
		if l := w.lives[i].of(s.name); l.good() || l.admit(p.time(q)) { // when its rest is over it is probed in its turn
			return w.keys[i], true
		}
	}
	return p.careful(s, w, q, shut)
}

// careful is sit when some key may not be used.
func (p *picker) careful(s *slot, w *wheel, q *search, shut *shut) (*core.ProviderKey, bool) {
	p.time(q)
	for _, q.again = range [...]bool{false, true} {
		for range w.keys {
			i := w.other(q)
			if i < 0 {
				break
			}
			if w.lives[i].of(s.name).admit(q.now) {
				return w.keys[i], true
			}
		}
		if len(q.tried) == 0 {
			break
		}
	}
	for i, l := range w.lives {
		if l = l.of(s.name); !l.good() && !q.bars(w.keys[i]) {
			shut.note(l, s, w.keys[i], q.now)
		}
	}
	return nil, false
}

// time is the clock, read once in a search.
func (p *picker) time(q *search) int64 {
	if q.now == 0 {
		q.now = p.book.clock()
	}
	return q.now
}

// replay finds the slot of the last attempt and the first attempt made there.
func (p *picker) replay(x *core.Exchange, tried []core.Attempt) (at, since int) {
	at = -1
	for i := range tried {
		if i > 0 && at >= 0 && verb(tried[i-1].Status) == core.NextKey &&
			tried[i].Target == tried[i-1].Target && !used(tried[i].Key, tried[since:i]) {
			continue // another key at the same slot
		}
		from := at + 1
		if at < p.group {
			from = p.group
			if j := p.grouped(tried[:i+1]); j >= 0 {
				at, since = j, i
				continue
			}
		}
		for j := from; j < len(p.slots)+core.MaxFallbacks; j++ {
			if p.slot(x, j, nil).target == tried[i].Target {
				at, since = j, i
				break
			}
		}
	}
	return at, since
}

// grouped is the balanced slot of the last attempt, -1 when it was not made there: a
// target of the group is asked once as such.
func (p *picker) grouped(tried []core.Attempt) int {
	t := tried[len(tried)-1].Target
	if asked(t, tried[:len(tried)-1]) {
		return -1
	}
	for j := range p.group {
		if p.slots[j].target == t {
			return j
		}
	}
	return -1
}

// asked reports whether t was tried.
func asked(t *core.Target, tried []core.Attempt) bool {
	for i := range tried {
		if tried[i].Target == t {
			return true
		}
	}
	return false
}

// slot resolves place i; beyond the configured ones, which go by the name that
// was asked for, stand the request's own.
func (p *picker) slot(x *core.Exchange, i int, asked []byte) slot {
	if i < 0 {
		return slot{}
	}
	if i < len(p.slots) {
		s := p.slots[i]
		s.name = asked
		return s
	}
	name := x.Peek.Fallbacks[i-len(p.slots)]
	if len(name) == 0 {
		return slot{}
	}
	r, name := x.Snap.Resolve(name)
	if r == nil || len(r.Targets) == 0 {
		return slot{}
	}
	if allows := x.Key.Policy.Allows; allows != nil && !allows(r, name) {
		return slot{}
	}
	t := r.Targets[0]
	return slot{target: t, keys: p.book.chooser(t), name: name}
}

// wheel holds the keys of s for the model it sends, nil when there are none.
func (s *slot) wheel() *wheel {
	if s.target.Model != "" {
		return s.keys.fixed
	}
	return s.keys.wheel(s.name)
}

// other returns a key of s that serves the search, nil when there is none.
func (s *slot) other(q *search) *core.ProviderKey {
	if s.target == nil || s.keys.open {
		return nil
	}
	w := s.wheel()
	if w == nil {
		return nil
	}
	for range w.keys {
		i := w.other(q)
		if i < 0 {
			return nil
		}
		if w.lives[i].of(s.name).admit(q.now) {
			return w.keys[i]
		}
	}
	return nil
}

// verb is core.Class, with "no answer came" as a reason for another target.
func verb(status int) core.Verb {
	if status == 0 {
		return core.NextTarget
	}
	return core.Class(status)
}

// A shut remembers, of all that may not be asked now, what may be asked first.
type shut struct {
	at   int64
	why  reason
	live *live
	slot slot
	key  *core.ProviderKey
}

func (h *shut) note(l *live, s *slot, k *core.ProviderKey, now int64) {
	at, why := l.end()
	if l.claimed.Load() != 0 || l.key.claimed.Load() != 0 {
		at = now + int64(time.Second) // a probe is out
	}
	if h.live == nil || at < h.at {
		*h = shut{at, why, l, *s, k}
	}
}

// benched decides about a request when nobody may be asked: it is refused, and told
// when somebody may be; or the least bad is tried.
func (p *picker) benched(x *core.Exchange, shut *shut) (*core.Target, *core.ProviderKey) {
	now := p.book.clock()
	if p.breaker.Try {
		shut.live.force(now)
		shut.live.key.force(now)
		x.Name = shut.slot.name
		return shut.slot.target, shut.key
	}
	p.tab.benched.Add(1)
	wait := int(math.Ceil(time.Duration(max(shut.at-now, 1)).Seconds()))
	x.Fault = &core.Fault{
		Code:    core.Overloaded,
		Message: fmt.Sprintf("no target of %q may be asked now, the first is in %d s: %s", p.route, wait, shut.why),
		Hint:    "try again then, or name fallbacks",
		Retry:   wait,
	}
	if shut.why == benched {
		x.Fault.Code = core.RateLimited
		x.Fault.Message = fmt.Sprintf("the providers of %q take no more requests now, the first does in %d s", p.route, wait)
	}
	return nil, nil
}
