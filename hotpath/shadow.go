package hotpath

import (
	"bytes"
	"context"
	"runtime/debug"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A shadow is a copy of an exchange, sent to another target in the background. When the client's
// own exchange has ended the two answers are compared. The client never sees it nor waits for
// it, and if too many are under way none is made.
type shadow struct {
	plan  *core.Shadow
	route string  // of the client's exchange
	f     *flight // a fork with a copy of the bytes
	req   http1.Request
	main  tee         // what the client got
	other tee         // what the shadow got
	own   core.Sketch // of the client's exchange; set when told is closed
	told  chan struct{}
}

// cast makes a shadow of f, whose first attempt is about to begin, if there is room for one.
func (s *Server) cast(f *flight, r *http1.Request) {
	plan := f.x.Route.Care.Shadow
	if len(f.buf) > shadowBody || !s.shadows.enter() {
		plan.Tally.Dropped.Add(1)
		return
	}
	plan.Tally.Sent.Add(1)
	h := &shadow{plan: plan, route: f.x.Route.Name, req: *r, told: make(chan struct{})}
	h.f = s.fork(f)
	h.f.own(f)
	h.f.x.Route, h.f.x.Watch, h.f.care = plan.Route, &h.other, nil
	if h.f.ticket != nil {
		h.f.ticket.Urgency = core.Batch
	}
	h.main.next = f.x.Watch
	f.x.Watch, f.care.shadow = &h.main, h
	go s.follow(h)
}

// excuse recovers from a panic in a goroutine that no client waits for.
func (s *Server) excuse() {
	if v := recover(); v != nil {
		s.stats.Panics.Add(1)
		if s.opt.Bug != nil {
			s.opt.Bug(v, debug.Stack())
		}
	}
}

// own gives g, a fork of f, a copy of the bytes.
func (g *flight) own(f *flight) {
	x := &g.x
	g.buf = bytes.Clone(f.buf)
	x.Body = g.buf[g.head:]
	x.Path = bytes.Clone(f.x.Path)
	x.Name, x.Peek.Model = bytes.Clone(x.Name), bytes.Clone(x.Peek.Model)
	x.Peek.Fallbacks = [core.MaxFallbacks][]byte{}
	x.Session, x.Asked, x.Rule, x.Bind, x.Ahead = nil, nil, "", 0, core.Ahead{}
	x.Due = core.Due{}
}

// tell records the result of the client's exchange for its shadow.
func (h *shadow) tell(f *flight, now int64) {
	x := &f.x
	h.own.Status, h.own.Usage = f.status, x.Usage
	h.own.Whole = x.Fault == nil && f.status < 300
	if n := len(x.Attempts()); n > 0 {
		a := &x.Attempts()[n-1]
		h.own.Target, h.own.TTFT = a.Target.Name, a.TTFT
		if a.Began > 0 {
			h.own.Total = time.Duration(now - a.Began)
		}
		if h.plan.Cost != nil {
			h.own.Cost, h.main.priced = h.plan.Cost(a.Target, &x.Usage)
		}
	}
}

// follow asks the shadow's target, waits for the client's exchange and compares the two.
func (s *Server) follow(h *shadow) {
	defer s.shadows.leave()
	defer s.dismiss(h.f)
	defer s.excuse()
	ctx := s.shadows.ctx
	select {
	case s.shadows.seats <- struct{}{}:
	case <-ctx.Done():
		return
	}
	x := &h.f.x
	from, op, stream, array, id := x.From, x.Op, x.Peek.Stream, x.Array, x.ID
	c := core.Comparison{ID: id, Other: s.ask(ctx, h)}
	<-s.shadows.seats
	select {
	case <-h.told:
	case <-ctx.Done():
		return
	}
	c.Main = h.own
	look := func(k *core.Sketch, t *tee) {
		k.Whole = k.Whole && !t.cut && !array && sketch(k, from, op, stream, t.seen)
	}
	look(&c.Main, &h.main)
	look(&c.Other, &h.other)
	c.Priced = h.main.priced && h.other.priced && c.Main.Usage.Known && c.Other.Usage.Known
	c.Route = h.route
	h.plan.Tally.Add(&c)
	if s.opt.Shadowed != nil {
		s.opt.Shadowed(&c)
	}
}

// ask asks the shadow's target and reads all of its answer.
func (s *Server) ask(ctx context.Context, h *shadow) (own core.Sketch) {
	f, x := h.f, &h.f.x
	x.Start = core.Clock()
	own.Target = x.Route.Targets[0].Name
	t, key := x.Route.Pick(x, nil)
	if t == nil || x.Begin(t, key) == nil {
		return own
	}
	f.aim(t, key)
	if !s.slip(f) {
		return own
	}
	ctx, cancel := context.WithTimeout(ctx, or(t.Waits.Total, shadowTotal))
	defer cancel()
	var a arrival
	k := s.line()
	defer s.unline(k)
	k.req, k.held = h.req, &a
	if k.turn(ctx, f) == tryHeld {
		defer s.shared.Give(a.b)
		stop := context.AfterFunc(ctx, func() { k.hungUp.Store(true); a.u.Conn.SetDeadline(time.Unix(1, 0)) })
		own.Whole = k.drain(f, &a)
		stop()
	}
	now := core.Clock()
	last := f.attempt()
	f.measure()
	own.Status, own.TTFT, own.Usage = last.Status, last.TTFT, x.Usage
	if f.begun > 0 {
		own.Total = time.Duration(now - f.begun)
	}
	own.Whole = own.Whole && own.Status < 300 && x.Fault == nil
	if x.Fault == nil && !own.Whole && last.Status < 300 {
		f.broke()
	}
	f.blameOr(own.Whole, now)
	if h.plan.Cost != nil {
		own.Cost, h.other.priced = h.plan.Cost(t, &own.Usage)
	}
	return own
}

// blameOr reports to the shadow's Route how the attempt ended.
func (f *flight) blameOr(whole bool, now int64) {
	if a := f.attempt(); whole && a.Phase < core.PhaseFailed {
		a.Out = f.x.Usage.Out
		f.note(a, core.PhaseComplete, now)
	} else {
		f.blame(a)
	}
}

// drain reads and discards the rest of a reply. It reports whether it came whole.
func (k *conn) drain(f *flight, a *arrival) bool {
	l := &f.rel
	for {
		if now := core.Clock(); l.stream && l.content {
			f.content(now)
		}
		if a.done || a.err != nil {
			break
		}
		k.listen(a.u, f.until(f.patience()))
		m, err := a.u.Read(a.b[:cap(a.b)])
		k.box.reset()
		if m == 0 {
			if a.err = orEOF(err); l.ends(a.err) {
				l.end(&f.x, &k.box)
				a.done, a.err = f.x.Fault == nil, nil
			}
			break
		}
		var rest []byte
		rest, a.done, a.err = l.feed(&f.x, a.b[:m], &k.box, &k.s.shared)
		a.clean = len(rest) == 0
	}
	if a.done && a.err == nil && a.clean && !k.rep.Close && l.from != bodyClose {
		a.u.SetDeadline(time.Time{})
		a.u.Put()
	} else {
		a.u.Close()
	}
	return a.done && a.err == nil && (!l.stream || f.x.Stream.Finished) && !f.x.Stream.Failed
}
