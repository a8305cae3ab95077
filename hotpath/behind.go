package hotpath

import (
	"context"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// behind asks a target the question that memory has just answered for f, if the Watcher of f
// wants that and there is room for one more such request.
func (s *Server) behind(f *flight, r *http1.Request) {
	b, ok := f.x.Watch.(core.Behind)
	if !ok {
		return
	}
	w := b.Behind(&f.x)
	if w == nil {
		return
	}
	if len(f.buf) > shadowBody || !s.trailing.enter() {
		b.Dropped(&f.x)
		return
	}
	g := s.fork(f)
	g.own(f)
	g.x.Watch, g.x.Taken, g.x.Bill, g.x.Cost, g.care, g.admitted = w, core.Taken{}, nil, 0, nil, true
	g.x.Recall = core.RecallBehind
	if g.ticket != nil {
		g.ticket.Urgency = core.Batch
	}
	k := s.line()
	k.req = *r
	go s.trail(k, g)
}

// trail carries an exchange that has no client, on a line of its own.
func (s *Server) trail(k *conn, f *flight) {
	defer s.trailing.leave()
	defer s.unline(k)
	defer s.dismiss(f)
	over := false
	defer func() {
		if !over { // a panic: tell those who wait for the answer
			f.x.Fault = &core.Fault{Code: core.Internal, Message: "the request could not be carried out"}
			core.Conclude(&f.x, f.x.Plan.After)
		}
	}()
	defer s.excuse()
	select {
	case s.trailing.seats <- struct{}{}:
		defer func() { <-s.trailing.seats }()
		ctx, cancel := context.WithTimeout(s.trailing.ctx, shadowTotal)
		defer cancel()
		defer context.AfterFunc(ctx, func() { k.hungUp.Store(true); f.Wake(0) })()
		f.x.Start = core.Clock()
		k.aloneFor(ctx, f)
	case <-s.trailing.ctx.Done():
		f.x.Fault = &core.Fault{Code: core.Overloaded, Message: "the process ends"}
	}
	over = true
	s.trailed(f)
}

// aloneFor decides about an exchange without a client and carries it.
func (k *conn) aloneFor(ctx context.Context, f *flight) {
	v := k.s.stages(f, &k.req)
	for v == core.Wait && k.sleep(f) {
		v = k.s.stages(f, &k.req)
	}
	if v == core.Continue {
		var a arrival
		k.held, k.ctx = &a, ctx
		k.unheard(ctx, f, &a)
		return
	}
	if f.x.Fault == nil { // the stages had an answer after all, or nobody is waiting any more
		f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "nobody waits for the answer"}
	}
}

// unheard tries targets until one answers, and reads its answer to the end.
func (k *conn) unheard(ctx context.Context, f *flight, a *arrival) {
	for k.next(f) {
		switch k.turn(ctx, f) {
		case tryNext:
			continue
		case tryHeld:
			defer k.s.shared.Give(a.b)
			k.hears(ctx, f, a)
			return
		}
		break
	}
	f.failed()
}

// hears reads the rest of a reply that has reached its commit point.
func (k *conn) hears(ctx context.Context, f *flight, a *arrival) {
	f.sure()
	if !k.tolls(f, a.done) {
		a.u.Close()
		return
	}
	stop := context.AfterFunc(ctx, func() { a.u.Conn.SetDeadline(time.Unix(1, 0)) })
	whole := k.drain(f, a)
	stop()
	if x := &f.x; !whole && x.Fault == nil && f.attempt().Status < 300 {
		f.broke()
		x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: errCut}
	}
	k.tolls(f, true)
}

// tolls is give without a client: it waits until the plan releases the answer, and reports
// false if it refuses to.
func (k *conn) tolls(f *flight, done bool) bool {
	for f.tolled() {
		switch v := k.s.toll(f, done); {
		case v == core.Refuse:
			return false
		case v == core.Continue:
			return true
		case !k.sleep(f):
			return false
		}
	}
	return true
}

// trailed does the bookkeeping of an exchange without a client. It counts for its target, and
// its tokens count for its caller, but it does not count as a request of the caller.
func (s *Server) trailed(f *flight) {
	x := &f.x
	f.measure()
	s.uncount(f)
	core.Conclude(x, x.Plan.After)
	now := core.Clock()
	f.concluded(now)
	s.tallyTargets(f, now-x.Start)
	if k := x.Key; k != nil && k.Tally != nil {
		addUsage(k.Tally, &x.Usage)
	}
}
