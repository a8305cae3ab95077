package price

import (
	"cmp"

	"asbru/core"
)

// Flat is a price with one rate for prompts and one for answers, in dollars for a million tokens.
func Flat(from string, in, out float64) (*core.Price, error) {
	var o Override
	if err := o.Set("in", in); err != nil {
		return nil, err
	}
	if err := o.Set("out", out); err != nil {
		return nil, err
	}
	return &core.Price{Model: from, From: from, Rates: o.patch.full()}, nil
}

// A Held is what is known of the cost of a request before it is sent.
type Held struct {
	Worst  core.Money // the most that it can cost; 0: nothing is held
	Least  core.Money // about what its prompt costs at the first of those who may answer: due when nothing more is heard of it
	Prompt int64      // what Prompt says
	Units  int64      // about how many search units a ranking is; 0: it is none
	Times  int64      // how many times its price it is served at, for being served sooner; 0: once
}

// Hold is the most that x can cost, whoever of those it may be led to answers it: the targets of its
// Route and of its own fallbacks. ok is false when somebody among them has no price, so that
// there is nothing to hold. The body is read once for all of it. What is Free needs no price, and holds nothing. now is the wall clock in Unix seconds.
//
// It is called before the first attempt, when x.Route is settled.
func Hold(x *core.Exchange, now int64) (h Held, ok bool) {
	if ok = true; x.Peek.Free {
		return h, ok
	}
	first := true
	c := countOf(x)
	if h.Prompt = promptOf(x, &c); c.times > 1 {
		h.Times = sooner(x.Body)
	}
	c.shape(x)
	h.Units = unitsOf(x, &c)
	Reach(x, func(t *core.Target, name []byte) bool {
		m, known := hold(x, &c, t, name, now)
		h.Worst, ok = max(h.Worst, m), ok && known
		if first && known {
			h.Least = Cost(inForce(t.Price(x, nil, name), now), &core.Usage{In: c.tokens(), Searches: h.Units})
		}
		first = false
		return ok
	})
	if !ok {
		h.Worst, h.Least = 0, 0
		return h, false
	}
	if c := x.Route.Care; c != nil && c.Rescue { // a stream that breaks is paid as far as it came, and its continuation
		h.Worst = h.Worst.Plus(h.Worst)
	}
	h.Worst, h.Least = often(h.Worst, h.Times), often(h.Least, h.Times)
	h.Least = min(h.Least, h.Worst)
	return h, true
}

// often is what m comes to at so many times the price.
func often(m core.Money, times int64) core.Money {
	sum := m
	for range times - 1 {
		sum = sum.Plus(m)
	}
	return sum
}

// Reach calls f for everybody who may answer x, with the name to ask under, until f reports false:
// the targets of its Route, and the first one of each of its own fallbacks.
func Reach(x *core.Exchange, f func(t *core.Target, name []byte) bool) {
	for _, t := range x.Route.Targets {
		if served(x, t, x.Name) && !f(t, x.Name) {
			return
		}
	}
	for _, name := range x.Peek.Fallbacks {
		if len(name) == 0 {
			return
		}
		r, name := x.Snap.Resolve(name)
		if r != nil && len(r.Targets) > 0 && served(x, r.Targets[0], name) && !f(r.Targets[0], name) {
			return
		}
	}
}

func served(x *core.Exchange, t *core.Target, name []byte) bool {
	return x.Key == nil || x.Key.Policy == nil || x.Key.Policy.Serves == nil || x.Key.Policy.Serves(t, nil, name)
}

// hold is the most that x, whose body c is counted from, costs at t, with whichever of its keys.
func hold(x *core.Exchange, c *tally, t *core.Target, name []byte, now int64) (worst core.Money, ok bool) {
	if t.Price == nil {
		return 0, false
	}
	keys := t.Keys
	if len(keys) == 0 {
		keys = noKey[:]
	}
	var last *core.Price
	for _, k := range keys {
		p := t.Price(x, k, name)
		if p == nil {
			return 0, false
		}
		if p != last { // as for nearly all, who price keys alike
			if p := p.At(now); x.Op == core.OpRealtime { // each turn reads all that was said before
				worst = max(worst, p.Worst(cmp.Or(p.Most.In, DefaultWindow), Longest(p, 0, 1)))
			} else {
				worst = max(worst, c.worst(p, x.Peek.MaxTokens, x.Peek.Choices))
			}
			last = p
		}
	}
	return worst, true
}

// noKey stands for the keys of a target that takes none. It is never written.
var noKey [1]*core.ProviderKey

// Charge is what x costs once it is over: the attempt that answered, by its report, or by our own
// count when there is none that can be true, and what a stream had come to that broke and was
// continued. A stream that broke off had come at least to what was delivered of it. Other attempts that failed are not charged, nor is one that lost a race. held is
// what was held for it, 0 for nothing; prompt is what Prompt said while there was a body. now is the
// wall clock in Unix seconds.
func Charge(x *core.Exchange, held Held, now int64) (core.Money, Flaw) {
	m, flaw := charge(x, &held, now)
	return often(m, held.Times), flaw
}

// charge is Charge for who is served at the plain price.
func charge(x *core.Exchange, held *Held, now int64) (core.Money, Flaw) {
	list := x.Attempts()
	n := len(list)
	if n == 0 || x.Peek.Free {
		return 0, Sound
	}
	a := &list[n-1]
	said := int64(x.Stream.Said)
	if a.Target.Price == nil || !x.Usage.Known && !worked(x, a) {
		return 0, Sound
	}
	p := a.Target.Price(x, a.Key, x.Name)
	own := Spent{In: held.Prompt, Out: said, Searches: held.Units} // one token an event, as most providers send them
	before := core.Money(0)
	if a.Resumes && n > 1 {
		if b := &list[n-2]; b.Target.Price != nil {
			before = Cost(inForce(b.Target.Price(x, b.Key, x.Name), now), &core.Usage{In: own.In, Out: max(said-x.Usage.Out, 0)})
		}
	}
	m, flaw := Settle(inForce(p, now), &x.Usage, own, max(held.Worst-before, 0))
	if !flaw.Estimated() && !a.Resumes && early(x) {
		u := x.Usage
		if u.Out, flaw = said, Early; p != nil {
			m = Cost(inForce(p, now), &u)
		}
		if held.Worst > 0 {
			m = min(m, held.Worst)
		}
	}
	return before.Plus(m), flaw
}

// early reports whether what a conversation's stream said of its usage is older than what it brought: some
// formats begin with a report, of one token, and tell the rest when they end. Who leaves in between, or is
// cut off, has had more.
func early(x *core.Exchange) bool {
	switch x.Op {
	case core.OpChat, core.OpCompletion, core.OpResponses, core.OpInvoke:
		return !x.Stream.Finished && !x.Stream.Done && int64(x.Stream.Said) > x.Usage.Out
	}
	return false
}

// Prompt is our own count of a request's tokens. What is not read here counts as none, and nor does
// a body that the lane has let go: then about so many as the request has bytes for are taken.
func Prompt(x *core.Exchange) int64 {
	c := countOf(x)
	return promptOf(x, &c)
}

// Units is about how many search units the ranking that x asks for is; 0: it asks for none.
func Units(x *core.Exchange) int64 {
	if x.Op != core.OpRerank {
		return 0
	}
	var c tally
	c.shape(x)
	return unitsOf(x, &c)
}

func unitsOf(x *core.Exchange, c *tally) int64 {
	if x.Op != core.OpRerank {
		return 0
	}
	return max(searches(c.papers), 1)
}

func promptOf(x *core.Exchange, c *tally) int64 {
	switch {
	case x.Op == core.OpPass:
		return 0
	case len(x.Body) == 0:
		return (int64(x.Sent) + bytesPerToken - 1) / bytesPerToken
	}
	return c.tokens()
}

// worked reports whether the target of an attempt that reported no usage has begun to answer, as far
// as anybody knows: it sent something, or its client left it in the middle of it.
func worked(x *core.Exchange, a *core.Attempt) bool {
	said := x.Stream.Said > 0
	switch {
	case x.Fault != nil && (x.Fault.Code == core.ClientGone || x.Fault.Code == core.ClientSlow):
		return a.Began > 0
	case a.Status >= 400:
		return false
	case a.Status == 0: // its head had come, and it broke off, or was no answer, before anybody got any of it
		return said || a.Took > 0 && (a.Cause == core.Late || a.Cause == core.Cut || a.Cause == core.Garbled)
	}
	return said || x.Fault != nil || !x.Peek.Stream // a whole stream of nothing is nothing
}

// inForce is the price in force; nil stays nil.
func inForce(p *core.Price, now int64) *core.Price {
	if p == nil {
		return nil
	}
	return p.At(now)
}
