package gate

import (
	"sync/atomic"

	"asbru/core"
)

// Unary answers and streams are measured separately: the former by their duration, the latter by
// the time to their first content.
const (
	wholes = iota
	streams
	kinds
)

// A learner gathers the samples that the limit is learnt from, one window at a time. It averages
// the logarithms of times: a single answer that takes a hundred times as long as the others says
// nothing about the load.
type learner struct {
	since  atomic.Int64 // Clock; requests let in earlier do not count, as another limit held then
	opens  atomic.Int64 // Clock when the window begins
	closes atomic.Int64 // Clock when the window ends, if it has enough samples
	need   atomic.Int64 // how many samples are enough
	sums   [kinds]sums
	took   atomic.Int64 // nanoseconds of all samples
	lag    atomic.Int64 // nanoseconds that an answer takes now, on average
	held   struct{ nanos, n atomic.Int64 }
	full   atomic.Bool // somebody found no place in this window
	settle atomic.Bool // the limit was lowered, and more are under way still
	busy   atomic.Bool // claimed by who closes the window, or lowers the limit; guards what follows

	bases  [kinds]float64 // log2 of Quick; 0: not known yet
	spread float64        // standard deviation of the logarithms
	used   bool           // the limit was reached in the window before
	calm   int            // windows in a row in which answers were quick
	slow   bool           // it was too much once: no rush any more
	streak streak
	probe  probe

	ceiling   int64 // at which the target said that it is too much; 0: it never did
	ceilingAt int64 // Clock

	typical atomic.Int64 // nanoseconds a place is held, on average
	quick   atomic.Int64 // nanoseconds an answer takes when the target is at ease
}

// sums are what was measured of one kind in a window: logarithms, and their squares.
type sums struct{ logs, squares, n atomic.Int64 }

// sample counts a time and reports whether the window is to be closed.
func (l *learner) sample(kind int, now, since, nanos int64) bool {
	if since < l.since.Load() || now < l.opens.Load() || nanos < 0 {
		return false
	}
	s := &l.sums[kind]
	log := log2(nanos)
	l.took.Add(nanos)
	s.logs.Add(log)
	s.squares.Add(log * log >> logBits)
	n := s.n.Add(1)
	closes := l.closes.Load()
	switch late := now - closes; {
	case late < 0 || n < few:
		return false
	case n < enough:
		return late > leastSpan*lateSpans
	}
	return n >= l.need.Load() || now-closes > l.lag.Load()*lateLags
}

// heed takes what came of a request into account.
func (g *Gate) heed(now int64, t *core.Ticket, o core.Outcome) {
	l := &g.learn
	if l.settle.Load() && under(g.state.Load()) <= g.limit.Load() && l.settle.CompareAndSwap(true, false) {
		l.anew(now)
	}
	took := now - t.Since
	over := false
	switch o {
	case core.Throttled:
		g.lower(now, t.Since, throttle)
		return
	case core.TimedOut:
		g.lower(now, t.Since, timeout)
		return
	case core.Failed:
		return
	case core.Served:
		heard := now
		if t.Heard > 0 {
			heard = t.Heard
		}
		over = l.sample(wholes, now, t.Since, heard-t.Since)
	}
	l.held.nanos.Add(took)
	if n := l.held.n.Add(1); l.typical.Load() == 0 && n >= few {
		l.typical.Store(max(l.held.nanos.Load()/n, 1))
	}
	if over {
		g.adapt(now)
	}
}

// lower takes the target's word that it is too much: at once, and once for all that were
// under way when it was.
func (g *Gate) lower(now, since int64, factor float64) {
	l := &g.learn
	r := g.spec.Load()
	if r.fixed || since < l.since.Load() || l.settle.Load() || !l.busy.CompareAndSwap(false, true) {
		return
	}
	limit := g.limit.Load()
	base := min(limit, max(under(g.state.Load()), r.least))
	l.slow = true
	if factor == throttle {
		l.ceiling, l.ceilingAt = base, now
	}
	l.probe.on = false
	g.hold(r, r.bound(int64(float64(base)*factor)))
	l.begin(now, true)
	l.busy.Store(false)
}
