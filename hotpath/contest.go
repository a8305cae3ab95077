package hotpath

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A contest is an attempt and, if that one has no content for a while, a second one in
// parallel. The client gets the answer of whichever reaches its commit point first; the other's
// connection is closed at once. There is at most one second attempt.
//
//	first  ──────────────────cut off
//	       ◀─wait─▶
//	second         ───content──▶ to the client
//
// Each attempt has a fork of the flight, a line and a goroutine of its own. Only that goroutine
// touches them until it has reported. The flight itself and the client's connection stay with
// the goroutine of the exchange.
type contest struct {
	ctx           context.Context // of the exchange
	f             *flight
	first, second *racer // second: nil while there is none

	waits atomic.Bool  // the second attempt may still begin
	runs  atomic.Int32 // attempts that have not reported
	ended chan *racer  // reports; never full
}

// A racer is one attempt of a contest.
type racer struct {
	k      *conn // its line, without a client
	f      *flight
	began  core.Attempt // its record at the start
	watch  memory
	cancel context.CancelFunc
	got    arrival
	out    outcome
	over   bool // it has reported
}

// open reports whether another attempt is under way or may still begin.
func (c *contest) open() bool { return c.waits.Load() || c.runs.Load() > 1 }

// contest runs the attempt under way and perhaps a second one in parallel.
func (k *conn) contest(ctx context.Context, f *flight) outcome {
	s, c := k.s, &contest{ctx: ctx, f: f, ended: make(chan *racer, 2)}
	c.waits.Store(true)
	timer := time.NewTimer(f.care.wait)
	defer timer.Stop()
	g := s.fork(f)
	defer s.dismiss(g)
	f.lend(g)
	c.first = c.start(k, g)
	defer s.unline(c.first.k)
	defer c.first.cancel()
	for {
		select {
		case r := <-c.ended:
			r.over = true
			c.runs.Add(-1)
			switch {
			case r.out == tryHeld:
				return k.won(c, r)
			case c.runs.Load() == 0:
				return c.lost(r)
			}
			r.failed(ctx)
		case <-timer.C:
			if end := f.x.By(false); end > 0 && core.Clock() >= end {
				f.x.Skipped |= core.SkipHedge
			}
			g := s.fork(f)
			defer s.dismiss(g)
			if s.beside(g) {
				f.care.wait = 0 // once for an exchange
				c.second = c.start(k, g)
				defer s.unline(c.second.k)
				defer c.second.cancel()
			}
			c.waits.Store(false)
		}
	}
}

// start runs an attempt on a line and goroutine of its own.
func (c *contest) start(k *conn, g *flight) *racer {
	r := &racer{f: g, began: *g.attempt()}
	r.k = k.s.line()
	r.k.req, r.k.held = k.req, &r.got
	ctx, cancel := context.WithCancel(c.ctx)
	r.cancel = cancel
	if g.care.race = c; c.f.x.Watch != nil {
		g.x.Watch = &r.watch
	}
	c.runs.Add(1)
	go r.run(ctx, c)
	return r
}

// run carries the attempt to its commit point and reports. A panic ends only this attempt.
func (r *racer) run(ctx context.Context, c *contest) {
	s := r.k.s
	defer func() {
		if v := recover(); v != nil {
			s.stats.Panics.Add(1)
			if s.opt.Bug != nil {
				s.opt.Bug(v, debug.Stack())
			}
			r.out = tryOver
			refuse(&r.f.x, core.Internal, "the request could not be carried out", "try again; the log says more")
		}
		c.ended <- r
	}()
	r.out = r.k.turn(ctx, r.f)
}

// beside begins the second attempt, if the caps on hedges allow one, there is a target for it,
// and the client's budget has time left.
func (s *Server) beside(g *flight) bool {
	x := &g.x
	if x.Skipped&core.SkipHedge != 0 {
		return false
	}
	t, key := x.Route.Care.Hedge.Pick(x, x.Attempts())
	if t == nil || x.Begin(t, key) == nil {
		return false
	}
	g.attempt().Beside = true
	g.aim(t, key)
	return s.slip(g)
}

// won sends the client the reply of r, and does the bookkeeping of the other attempt.
func (k *conn) won(c *contest, r *racer) outcome {
	f, other := c.f, c.first
	if r == c.first {
		other = c.second
	}
	runs := other != nil && !other.over
	if runs {
		other.cancel()
	}
	at := len(f.x.Attempts()) - 1 // the other's record goes here: the winner's comes last
	if r == c.second {
		f.x.Join(*r.f.attempt())
	} else {
		f.x.Attempts()[at] = *r.f.attempt()
		if other != nil {
			f.x.JoinBefore(other.began)
		}
	}
	f.adopt(r.f)
	if w := f.x.Watch; w != nil && len(r.watch.seen) > 0 {
		w.Saw(&f.x, r.watch.seen)
	}
	k.box, r.k.box = r.k.box, k.box
	k.rep = r.k.rep
	out := k.finally(c, r)
	if runs {
		<-c.ended
		k.outrun(c, other)
	}
	if other != nil {
		f.x.Attempts()[at] = *other.f.attempt()
	}
	return out
}

// finally delivers the reply of r, and cuts it off if the client leaves.
func (k *conn) finally(c *contest, r *racer) outcome {
	u := r.got.u
	stop := context.AfterFunc(c.ctx, func() { u.Conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	defer k.s.shared.Give(r.got.b)
	return k.deliver(c.f, &r.got)
}

// lost ends a contest without a winner; r was the last to report.
func (c *contest) lost(r *racer) outcome {
	f := c.f
	f.gone = c.ctx.Err() != nil
	r.failed(c.ctx)
	*f.attempt() = *c.first.f.attempt()
	if c.second != nil {
		f.x.Join(*c.second.f.attempt())
	}
	f.late, f.void, f.sent, f.x.Fault = r.f.late, r.f.void, r.f.sent, r.f.x.Fault
	f.cross, r.f.cross = r.f.cross, nil
	if f.cross != nil {
		f.cross.f = f
	}
	if f.gone {
		return tryOver
	}
	return r.out
}

// failed reports to the route an attempt that failed on its own.
func (r *racer) failed(ctx context.Context) {
	if ctx.Err() == nil {
		r.f.blame(r.f.attempt())
	}
	r.f.land()
}

// outrun does the bookkeeping of an attempt that was cut off, after it reported.
func (k *conn) outrun(c *contest, r *racer) {
	f := r.f
	a := f.attempt()
	if r.out == tryHeld { // it came just too late
		r.got.u.Close()
		k.s.shared.Give(r.got.b)
	}
	if a.Phase >= core.PhaseFailed { // it had failed on its own just before
		f.land()
		return
	}
	f.gone = true // as if its client had left: that does not count against the target
	f.land()
	a.Cause, a.Began = core.Outrun, f.begun
	if c.ctx.Err() != nil {
		a.Cause = core.Abandoned
	}
	f.note(a, core.PhaseComplete, core.Clock())
}
