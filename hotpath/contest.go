package hotpath

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A contest is an attempt and, when that one has had no content for a while, another one
// beside it. Who reaches its commit point first is the client's; the other's connection is
// closed at once. An exchange has one second attempt at most.
//
//	first  ──────────────────content──▶ the client's
//	second         ──────────cut off
//	       ◀─wait─▶
//
// Each attempt has a flight and a line of its own and a goroutine that alone touches them until
// it has reported. The client's connection stays with the goroutine of the exchange.
type contest struct {
	waits atomic.Bool  // the second attempt may still begin
	runs  atomic.Int32 // attempts that have not reported
	ended chan *racer  // reports; never full
}

// A racer is one attempt of a contest.
type racer struct {
	k      *conn // its line; it has no client
	f      *flight
	cancel context.CancelFunc
	got    arrival
	out    outcome
}

// open reports whether another attempt is under way or to come.
func (c *contest) open() bool { return c.waits.Load() || c.runs.Load() > 1 }

// rivalled reports whether another attempt is under way, so that a failure of this one is not
// the last word.
func (f *flight) rivalled() bool { return f.race != nil && f.race.runs.Load() > 1 }

// contest makes the attempt under way and perhaps one beside it.
func (k *conn) contest(ctx context.Context, f *flight) outcome {
	c := &contest{ended: make(chan *racer, 2)}
	timer := time.NewTimer(f.care.wait)
	defer timer.Stop()
	g := k.s.fork(f) // now: f is the first racer's from here on
	defer k.s.dismiss(g)
	c.waits.Store(true)
	first := c.start(ctx, k, f)
	defer first.cancel()
	var second, failed *racer
	for {
		select {
		case r := <-c.ended:
			c.runs.Add(-1)
			switch {
			case r.out == tryHeld || r.out == tryDone:
				return k.won(ctx, c, r, first, second, failed)
			case c.runs.Load() == 0:
				return k.lost(ctx, r, first, second)
			}
			r.failed(ctx)
			failed = r
		case <-timer.C:
			if k.s.beside(g) {
				g.race = c
				second = c.start(ctx, k, g)
				defer second.cancel()
			}
			c.waits.Store(false)
		}
	}
}

// start lets an attempt run on a line of its own.
func (c *contest) start(ctx context.Context, k *conn, f *flight) *racer {
	r := &racer{f: f}
	r.k = &conn{s: k.s, req: k.req, held: &r.got}
	ctx, r.cancel = context.WithCancel(ctx)
	f.race = c
	c.runs.Add(1)
	go r.run(ctx, c)
	return r
}

// run makes the attempt up to its commit point and reports. A panic ends the attempt alone.
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

// beside begins the second attempt, if there is a target for it that the caps on hedges allow.
func (s *Server) beside(g *flight) bool {
	x := &g.x
	t, key := x.Route.Care.Hedge.Pick(x, x.Attempts())
	if t == nil {
		return false
	}
	a := x.Begin(t, key)
	if a == nil {
		return false
	}
	a.Beside = true
	g.aim(t, key)
	return true
}

// won gives the client the reply of r, and closes the books of the other attempt. failed is
// the one that failed before, if one did.
func (k *conn) won(ctx context.Context, c *contest, r, first, second, failed *racer) outcome {
	f, other := first.f, first
	if r == first {
		other = second
	}
	runs := other != nil && other != failed
	if runs {
		other.cancel()
	}
	if r == second {
		if runs { // its flight is needed now, and it ends at once
			<-c.ended
			runs = false
			first.outrun(ctx)
		}
		f.adopt(second.f)
		k.s.release(first)
	}
	f.race, f.care.wait = nil, 0
	k.box, r.k.box = r.k.box, k.box
	k.rep = r.k.rep
	k.finally(ctx, f, r)
	if runs {
		<-c.ended
		other.outrun(ctx)
	}
	if other == second && second != nil {
		f.x.JoinBefore(*second.f.attempt())
		k.s.release(second)
	}
	return tryDone
}

// finally delivers the reply of r, and ends it when the client leaves.
func (k *conn) finally(ctx context.Context, f *flight, r *racer) {
	u := r.got.u
	stop := context.AfterFunc(ctx, func() { u.Conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	defer k.s.shared.Give(r.got.b)
	k.deliver(f, &r.got)
}

// lost ends a contest that nobody won: r was the last to report.
func (k *conn) lost(ctx context.Context, r, first, second *racer) outcome {
	f := first.f
	f.race = nil
	f.gone = ctx.Err() != nil
	if second == nil {
		if f.gone {
			return tryOver
		}
		return r.out
	}
	r.failed(ctx)
	f.care.wait = 0
	f.x.Join(*second.f.attempt())
	if r == second {
		f.late, f.void, f.x.Fault = second.f.late, second.f.void, second.f.x.Fault
	}
	if f.gone {
		return tryOver
	}
	return r.out
}

// failed tells the route of an attempt that failed by itself.
func (r *racer) failed(ctx context.Context) {
	if ctx.Err() == nil {
		r.f.blame(r.f.attempt())
	}
	r.f.land()
}

// outrun closes the books of an attempt that was cut off, after it reported.
func (r *racer) outrun(ctx context.Context) {
	f := r.f
	a := f.attempt()
	f.land()
	if r.out == tryHeld {
		r.got.u.Close()
	}
	if a.Phase >= core.PhaseFailed { // it failed by itself, a moment before
		return
	}
	a.Cause, a.Began = core.Outrun, f.begun
	if ctx.Err() != nil {
		a.Cause = core.Abandoned
	}
	f.note(a, core.PhaseComplete, core.Clock())
}

// release gives back what the reply of a racer left that nobody gets.
func (s *Server) release(r *racer) {
	if r.out == tryHeld {
		s.shared.Give(r.got.b)
	}
}

// fork makes a flight for an attempt beside that of f. It shares f's bytes, so it must be
// dismissed before they are given back.
func (s *Server) fork(f *flight) *flight {
	g := s.flights.Get().(*flight)
	g.x.Fork(&f.x)
	g.buf, g.head, g.door, g.spot, g.cut, g.stream = f.buf, f.head, f.door, f.spot, f.cut, f.stream
	g.named = append(g.named[:0], f.named...)
	return g
}

// dismiss ends a flight that fork made.
func (s *Server) dismiss(g *flight) {
	g.rel.drop(&s.shared)
	g.land()
	s.uncross(g)
	g.buf = nil
	g.reset()
	s.flights.Put(g)
}

// adopt makes the attempt of g, a fork of f, that of f.
func (f *flight) adopt(g *flight) {
	f.land()
	f.x.Adopt(&g.x)
	f.target, f.key, f.tally, g.tally = g.target, g.key, g.tally, nil
	f.rel, g.rel = g.rel, f.rel
	if f.cross, g.cross = g.cross, f.cross; f.cross != nil {
		f.cross.f = f
	}
	f.begun, f.first, f.last, f.status = g.begun, g.first, g.last, g.status
	f.late, f.sent, f.void, f.gone = g.late, g.sent, g.void, false
	f.decide, f.kernel = f.decide+g.decide, f.kernel+g.kernel
}
