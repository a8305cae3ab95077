package cache

import (
	"asbru/cache/entry"
	"asbru/core"
)

// Keep returns the stage that hands answers to the worker. It belongs among the stages that
// run after the exchange, whatever its outcome.
func (c *Cache) Keep() core.Stage { return c.keep }

func (c *Cache) keep(x *core.Exchange) core.Verdict {
	v := c.visitOf(x)
	if v == nil {
		return core.Continue
	}
	switch v.role {
	case leading:
		if v.unread && x.Fault == nil {
			v.learn(x) // nobody said that it was sent
		}
		if v.role == leading {
			v.landed(x)
		}
	case following:
		v.f.leave()
	}
	x.Reply.Fields, x.Reply.Body = nil, nil
	c.release(v)
	return core.Continue
}

// landed ends the errand that x has led.
func (v *visit) landed(x *core.Exchange) {
	c, f := v.c, v.f
	v.lead.Store(nil)
	status := statusOf(x)
	if x.Fault != nil || status != 200 {
		c.forget(f)
		f.fail(v.failure(x, status))
		f.land(c)
		if f.doubt != nil {
			c.weigh(f.doubt, nil)
		}
		if status != 200 && x.Fault == nil {
			c.n.refused[badStatus].Add(1)
		} else {
			c.n.refused[notWhole].Add(1)
		}
		return
	}
	s := &saving{f: f, ttl: c.o.TTL, fails: numRefusals}
	if v.ask.ttl > 0 {
		s.ttl, s.most = min(s.ttl, v.ask.ttl), v.ask.ttl
	}
	t := x.Attempts()[len(x.Attempts())-1].Target
	switch {
	case c.o.repeats: // whichever target gave it: it is the answer that the call received
	case !primary(x.Route, t):
		s.fails = standIn
	case spliced(x):
		s.fails = twoVoices
	}
	s.note = entry.Note{Owner: ownerName(v.kind, v.owner), Label: string(v.label), Asked: string(v.asked),
		Model: t.Model, Provider: t.Provider, Op: x.As, Born: wall()}
	if len(v.text) > 0 {
		s.note.Space, s.note.Text = v.space, string(v.text)
	}
	if x.Face != nil && x.Face.Dialect != nil {
		s.note.Family = x.Face.Dialect.Name
	}
	if s.note.Model == "" {
		s.note.Model = s.note.Asked
	}
	f.mu.Lock()
	f.usage, f.provider, f.model = x.Usage, s.note.Provider, s.note.Model
	f.mu.Unlock()
	f.set(done)
	c.hand(s)
}

// spliced reports whether one target began the answer and another one continued it. Followers
// get it, like the leader's client; later exchanges do not.
func spliced(x *core.Exchange) bool {
	for _, a := range x.Attempts() {
		if a.Resumes {
			return true
		}
	}
	return false
}

// primary reports whether t is one of the route's targets rather than a fallback of the route
// or of the caller.
func primary(r *core.Route, t *core.Target) bool {
	for _, first := range r.Targets[:min(max(r.Plan.Balanced, 1), len(r.Targets))] {
		if first == t || first.Name == t.Name {
			return true
		}
	}
	return false
}

// ownFault reports whether a fault concerns a caller and not the question: it left, or its key was revoked
// meanwhile.
func ownFault(c core.Code) bool {
	switch c {
	case core.ClientGone, core.ClientSlow, core.Forbidden, core.Unauthenticated:
		return true
	}
	return false
}

// failure returns the fault to be given to all followers. left reports that it says nothing
// about the question.
func (v *visit) failure(x *core.Exchange, status int) (fault *core.Fault, left bool) {
	switch {
	case len(x.Attempts()) == 0: // refused before any target was asked: that concerns this caller only
		return nil, true
	case x.Fault != nil && ownFault(x.Fault.Code), overdue(x):
		return nil, true
	case x.Fault != nil:
		own := *x.Fault
		return &own, false
	}
	f := v.f
	fault = &core.Fault{Code: core.UpstreamFailed, Status: status}
	f.mu.Lock()
	tape := f.tape
	if core.Class(status) == core.Final {
		f.tries = leaders // the same question gets the same error, whoever asks it
	}
	f.mu.Unlock()
	if status >= 400 && status < 500 {
		fault.Code = core.Invalid
	}
	if x.From.ReadFault != nil && len(tape) > 0 {
		x.From.ReadFault(tape, fault)
	}
	if fault.Message == "" {
		fault.Message = "the provider refused the request that was sent for all who asked the same"
	}
	return fault, false
}
