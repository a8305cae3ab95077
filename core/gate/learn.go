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

// A learner gathers the samples from which the limit is derived, one window at a time. It averages
// the logarithms of times, because a single answer that takes a hundred times as long as the others
// says nothing about the load.
type learner struct {
	since  atomic.Int64 // Clock; requests let in earlier do not count, as another limit applied then
	opens  atomic.Int64 // Clock when the window begins
	closes atomic.Int64 // Clock when the window ends, if it has enough samples
	need   atomic.Int64 // samples that the window needs
	sums   [kinds]sums
	took   atomic.Int64 // nanoseconds, the sum of all samples
	lag    atomic.Int64 // nanoseconds that an answer takes now, on average
	held   struct{ nanos, n atomic.Int64 }
	full   atomic.Bool // a request found no free place in this window
	settle atomic.Bool // the limit was lowered, and more requests than that are still under way
	busy   atomic.Bool // held by the goroutine that closes the window or lowers the limit; guards the fields below

	bases  [kinds]float64 // log2 of Quick; 0: not known yet
	spread float64        // standard deviation of the logarithms
	used   bool           // the limit was reached in the window before
	calm   int            // windows in a row in which answers were quick
	slow   bool           // the target was overloaded once, so the limit no longer grows by rush
	streak streak
	probe  probe

	ceiling   int64 // the limit at which the target last answered that it is overloaded; 0: it never did
	ceilingAt int64 // Clock

	typical atomic.Int64 // nanoseconds a place is held, on average
	quick   atomic.Int64 // nanoseconds an answer takes when the target is at ease
}

// sums add up the samples of one kind in a window: their logarithms, and the squares of those.
type sums struct{ logs, squares, n atomic.Int64 }

// sample counts the duration of a request let in at since, and reports whether the window can be
// closed.
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

// heed learns from the outcome of a request.
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

// lower multiplies the limit by factor after the target signalled overload: at once, and once for
// all requests that were under way at that time.
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
