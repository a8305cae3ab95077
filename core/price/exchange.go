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

// A Held is what is known about the cost of a request before it is sent.
type Held struct {
	Worst  core.Money // the most that it can cost; 0: nothing is held
	Least  core.Money // about what its prompt costs at the first possible target: charged if nothing more is learnt
	Prompt int64      // the result of Prompt
	Units  int64      // about how many search units a rerank is; 0: it is none
}

// Hold returns the most that x can cost, whichever possible target answers it: those of its
// Route and of its own fallbacks. ok is false if one of them has no price, so that
// nothing can be held. The body is read once for all of them. A Free operation needs no price, and holds nothing. now is the wall clock in Unix seconds.
//
// It is called before the first attempt, once x.Route is final.
func Hold(x *core.Exchange, now int64) (h Held, ok bool) {
	if ok = true; x.Peek.Free {
		return h, ok
	}
	if p := lone(x); p != nil {
		return plainly(x, p.At(now)), true
	}
	first := true
	c := countOf(x)
	h.Prompt = promptOf(x, &c)
	c.shape(x)
	h.Units = unitsOf(x, &c)
	Reach(x, func(t *core.Target, name []byte) bool {
		m, known := hold(x, &c, t, name, now)
		h.Worst, ok = max(h.Worst, m), ok && known
		if first && known {
			h.Least = Cost(inForce(t.Price(x, nil, name), now), &core.Usage{In: c.tokens(), Searches: core.SearchesOf(h.Units)})
		}
		first = false
		return ok
	})
	if !ok {
		h.Worst, h.Least = 0, 0
		return h, false
	}
	if c := x.Route.Care; c != nil && c.Rescue { // both a broken stream, as far as it came, and its continuation are charged
		h.Worst = h.Worst.Plus(h.Worst)
	}
	h.Worst, h.Least = Hastened(h.Worst, x), Hastened(h.Least, x)
	h.Least = min(h.Least, h.Worst)
	return h, true
}

// lone is the price of a request that is all text and asks for no faster service, where one target can answer it with one key; nil: it is of another
// kind, or has no price. Nearly all requests have one.
func lone(x *core.Exchange) *core.Price {
	r := x.Route
	if !x.Peek.Plain || x.Peek.Haste != core.NoHaste || x.Op != core.OpChat && x.Op != core.OpResponses || len(r.Targets) != 1 || len(x.Peek.Fallbacks[0]) > 0 || r.Care != nil && r.Care.Rescue {
		return nil
	}
	t := r.Targets[0]
	if t.Price == nil || len(t.Keys) != 1 || !served(x, t, x.Name) {
		return nil
	}
	return t.Price(x, t.Keys[0], x.Name)
}

// plainly is Hold for such a request.
func plainly(x *core.Exchange, p *core.Price) (h Held) {
	c := tally{text: int64(len(x.Body))}
	h.Prompt = c.tokens()
	h.Worst = c.worst(p, x.Peek.MaxTokens, x.Peek.Choices)
	h.Least = min(Cost(p, &core.Usage{In: h.Prompt}), h.Worst)
	return h
}

// Hastened returns m, a cost at the plain price, at that of the service which x asks for.
func Hastened(m core.Money, x *core.Exchange) core.Money { return x.Peek.Haste.Of(m) }

// Reach calls f for every possible target of x, with the model name for it, until f returns false:
// the targets of its Route, and the first target of each of its own fallbacks.
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

// hold returns the most that x, whose body was counted in c, can cost at t, with any of its keys.
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
		if p != last { // the common case: all keys have the same price
			if p := p.At(now); x.Op == core.OpRealtime { // each turn reads everything said before
				worst = max(worst, p.Worst(cmp.Or(p.Most.In, DefaultWindow), Longest(p, 0, 1)))
			} else {
				worst = max(worst, c.worst(p, x.Peek.MaxTokens, x.Peek.Choices))
			}
			last = p
		}
	}
	return worst, true
}

// noKey replaces the keys of a target that takes none. Read-only.
var noKey [1]*core.ProviderKey

// Charge returns what x cost, once it is over: the attempt that answered, by its report or, if there is no
// credible one, by asbru's own count, and the part of a stream that broke before
// another target was asked to continue it. A stream that broke off is charged at least for what was delivered. Other failed attempts are not charged, nor is one that lost a race. held is
// what was held for it, zero for nothing. now is the
// wall clock in Unix seconds.
func Charge(x *core.Exchange, held Held, now int64) (core.Money, Flaw) {
	m, flaw := charge(x, &held, now)
	return Hastened(m, x), flaw
}

// charge is Charge at the plain price.
func charge(x *core.Exchange, held *Held, now int64) (core.Money, Flaw) {
	list := x.Attempts()
	n := len(list)
	if n == 0 || x.Peek.Free {
		return 0, Sound
	}
	a, u := &list[n-1], x.Usage
	before, bad := broken(x, held, now)
	if a.Resumes {
		u = continued(x)
	}
	if a.Target.Price == nil || !u.Known && !worked(x, a) {
		return before, bad
	}
	p := inForce(a.Target.Price(x, a.Key, x.Name), now)
	own := Spent{In: held.Prompt, Out: answerOf(x), Searches: held.Units}
	m, flaw := Settle(p, &u, own, max(held.Worst-before, 0))
	if !flaw.Estimated() && p != nil {
		if why := mended(x, &u, own); why != Sound {
			if m, flaw = Cost(p, &u), why; held.Worst > 0 {
				m = min(m, max(held.Worst-before, 0))
			}
		}
	}
	return before.Plus(m), max(flaw, bad)
}

// answerOf is asbru's own count of the tokens of an answer: one for each event, as most providers send them, or of one that
// came whole one for four bytes.
func answerOf(x *core.Exchange) int64 {
	if x.Stream.Said == 0 && talks(x.Op) {
		return x.Stream.Whole() / bytesPerToken
	}
	return int64(x.Stream.Said)
}

// broken is what the part of a stream cost that broke before another target was asked to continue it, whether that
// did or not: by its report, but no less than what was delivered of it.
func broken(x *core.Exchange, held *Held, now int64) (core.Money, Flaw) {
	list, b := x.Attempts(), x.Broken()
	if b == nil || b.Attempts > len(list) {
		return 0, Sound
	}
	a := &list[b.Attempts-1]
	if a.Target.Price == nil {
		return 0, Sound
	}
	p := inForce(a.Target.Price(x, a.Key, b.Name), now)
	m, flaw := Settle(p, &b.Usage, Spent{In: held.Prompt, Out: int64(b.Said)}, held.Worst)
	if !flaw.Estimated() && int64(b.Said) > b.Usage.Out {
		u := b.Usage
		u.Out, flaw = int64(b.Said), Early
		m = Cost(p, &u)
	}
	if held.Worst > 0 {
		m = min(m, held.Worst)
	}
	return m, flaw
}

// continued is what the continuation of a broken stream has reported, without what that stream had.
func continued(x *core.Exchange) core.Usage {
	b := x.Broken()
	if b == nil || !b.Usage.Known {
		return x.Usage
	}
	u := x.Usage.Less(&b.Usage)
	u.Known = u.In|u.Out != 0
	return u
}

// mended puts asbru's own count in place of what a credible report of a conversation leaves out, and says why; Sound:
// it leaves nothing out, or the reply is no stream. Some formats begin a stream with a report of one token and send the rest at the end: if the stream ends in
// between, more than that was delivered. And no conversation has an answer without a prompt.
func mended(x *core.Exchange, u *core.Usage, own Spent) Flaw {
	if x.Stream.Whole() > 0 || !talks(x.Op) && x.Op != core.OpInvoke {
		return Sound
	}
	switch over := x.Stream.Finished || x.Stream.Done; {
	case !over && own.Out > u.Out:
		u.Out = own.Out
		return Early
	case u.In > 0 && u.Out == 0 && own.Out > 0:
		u.Out = own.Out
	case u.In == 0 && u.Out > 0 && own.In > 0:
		u.In = own.In
	default:
		return Sound
	}
	return Half
}

// talks reports whether what answers op is text, in the words of which its length says how many tokens it has.
func talks(op core.Op) bool {
	return op == core.OpChat || op == core.OpCompletion || op == core.OpResponses
}

// Prompt returns asbru's own count of a request's tokens. What it cannot read counts as none. If the lane has
// released the body, the count is estimated from its length.
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

// worked reports whether the target of an attempt without reported usage is known to have begun to answer:
// it sent something, or was being waited for when its client left or was sent away.
func worked(x *core.Exchange, a *core.Attempt) bool {
	said := x.Stream.Said > 0
	switch {
	case a.Resumes && !said: // nothing came of it, unless it was not waited for
		return x.Left(a)
	case x.Left(a):
		return true
	case a.Status >= 400:
		return false
	case a.Status == 0: // its head arrived, but it broke off, or was no answer, before the client got any of it
		return said || a.Took > 0 && (a.Cause == core.Late || a.Cause == core.Cut || a.Cause == core.Garbled)
	}
	return said || x.Fault != nil || !x.Peek.Stream // a complete stream without content costs nothing
}

// inForce returns the current price; nil stays nil.
func inForce(p *core.Price, now int64) *core.Price {
	if p == nil {
		return nil
	}
	return p.At(now)
}
