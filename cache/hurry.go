package cache

import "asbru/core"

// telling are the header fields that matter: what a caller asks of the cache, and what changes an answer.
var telling = core.NamesOf("x-bf-", "x-cache-feedback", "anthropic-beta", "openai-beta")

// hurry lets x go upstream at once, unread, if its question certainly is a new one: what the cache needs
// to know of it is found out while the provider works on it. It reports false for all that takes a
// closer look, and has then done nothing.
func (v *visit) hurry(x *core.Exchange) bool {
	c, r := v.c, x.Route
	if !c.lazy || c.o.repeats || x.From == nil || x.From.Said == nil || x.Op >= core.NumOps || x.From.Chats[x.Op] == nil ||
		r == nil || r.Care != nil || len(r.Targets) == 0 || speaks(x.Head) {
		return false
	}
	said := x.From.Said(x.Body, x.Op, &x.Peek)
	if len(said) == 0 {
		return false
	}
	v.kind, v.owner = c.o.Scope.owner(x.Key)
	v.name = name{gist: c.gist(said, v.owner)}
	f, _ := v.errand(x, nil)
	f.raw = request{x.Key, r, x.From, x.Op, x.Name, x.Body, nil}
	if !c.enter(f) {
		f.raw = request{}
		return false
	}
	c.n.missed.Add(1)
	x.Watch = v
	v.spare = nil
	v.role, v.f, v.unread, v.how = leading, f, true, missed
	v.lead.Store(f)
	x.Recall, x.Charge, x.Reply.Fields = core.RecallMissed, core.ChargeUsed, c.miss
	return true
}

// speaks reports whether some field of a head may matter to the cache.
func speaks(h core.Head) bool {
	if h == nil {
		return false
	}
	if b, ok := h.(core.Brief); ok && !b.Names().Meets(telling) && idle(h.Query()) { // almost always
		return false
	}
	own, ok := h.(head)
	if !ok || own.Any("x-bf-") || !idle(h.Query()) {
		return true
	}
	for _, name := range [...]string{"x-cache-feedback", "anthropic-beta", "openai-beta"} {
		if _, ok := h.Field(name); ok {
			return true
		}
	}
	return false
}

// Learn returns the stage that reads a question which went upstream unread. It belongs among the
// stages of Sent, and the exchange need not have got there.
func (c *Cache) Learn() core.Stage { return c.learnt }

func (c *Cache) learnt(x *core.Exchange) core.Verdict {
	if v := c.visitOf(x); v != nil && v.unread {
		v.learn(x)
	}
	return core.Continue
}

// learn reads the question of x. If no answer to it is cached, it becomes one of those that the
// cache has nothing to do with.
func (v *visit) learn(x *core.Exchange) {
	c, f := v.c, v.f
	v.unread = false
	v.label, v.asked = v.label[:0], append(v.asked[:0], x.Peek.Model...)
	if c.read(f); f.why == Cached {
		return
	}
	c.forget(f)
	f.fail(nil, true)
	f.land(c)
	v.lead.Store(nil)
	v.role, v.f = alone, nil
	c.n.missed.Add(^uint64(0))
	c.n.bypassed.Add(1)
	c.n.why[f.why].Add(1)
	x.Recall, x.Reply.Fields = core.NoRecall, nil
}
