package gate

import (
	"math"
	"math/bits"
	"sync/atomic"

	"asbru/core"
)

// Answers that come as a whole and streams are measured apart: one by how long the
// answer took, the other by its first content.
const (
	wholes = iota
	streams
	kinds
)

// A learner gathers what the limit is learnt from, a window at a time. Times are
// averaged as logarithms: one answer that takes a hundred times as long as the others
// is no news about the load.
type learner struct {
	since  atomic.Int64 // requests let in before do not count: they met another limit
	closes atomic.Int64 // Clock when the window ends, with enough samples
	sums   [kinds]struct{ logs, n atomic.Int64 }
	held   struct{ nanos, n atomic.Int64 }
	full   atomic.Bool // somebody found no place in this window
	settle atomic.Bool // the limit was lowered, and more are under way still
	busy   atomic.Bool // claimed by who closes the window, or lowers the limit; guards what follows

	bases  [kinds]float64 // log2 of Quick; 0: not known yet
	slow   bool           // it was too much once: no rush any more
	streak streak
	probe  probe

	typical atomic.Int64 // nanoseconds a place is held, on average
	quick   atomic.Int64 // nanoseconds an answer takes when the target is at ease
}

// A streak is a row of windows that each lowered the limit.
type streak struct {
	limit int64 // before the first; 0: there is none
	ratio float64
}

// A probe measures anew how quick the target is when at ease, with half the limit.
type probe struct {
	on     bool
	before int64 // the limit before it
	next   int64 // Clock of the next one; 0: none was planned yet
	every  int64
}

// sample counts a time and reports whether the window is to be closed.
func (l *learner) sample(kind int, now, since, nanos int64) bool {
	if since < l.since.Load() || nanos < 0 {
		return false
	}
	s := &l.sums[kind]
	s.logs.Add(log2(nanos))
	n := s.n.Add(1)
	closes := l.closes.Load()
	return now >= closes && (n >= enough || n >= few && now-closes >= leastSpan*lateSpans)
}

// heed takes what came of a request into account.
func (g *Gate) heed(now int64, t *core.Ticket, o core.Outcome) {
	l := &g.learn
	if l.settle.Load() && under(g.state.Load()) <= g.limit.Load() && l.settle.CompareAndSwap(true, false) {
		l.since.Store(now)
	}
	took := now - t.Since
	close := false
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
		close = l.sample(wholes, now, t.Since, took)
	}
	l.held.nanos.Add(took)
	if n := l.held.n.Add(1); l.typical.Load() == 0 && n >= few {
		l.typical.Store(max(l.held.nanos.Load()/n, 1))
	}
	if close {
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
	l.probe.on = false
	g.limit.Store(r.bound(int64(float64(base) * factor)))
	l.begin(now, true)
	l.busy.Store(false)
}

// begin begins a window; lowered: the limit is lower than the requests under way may be.
func (l *learner) begin(now int64, changed bool) {
	for i := range l.sums {
		l.sums[i].logs.Store(0)
		l.sums[i].n.Store(0)
	}
	l.full.Store(false)
	if changed {
		l.since.Store(now)
		l.settle.Store(true)
	}
	l.closes.Store(now + max(leastSpan, l.quick.Load()))
}

// adapt closes the window and sets the limit for the next.
func (g *Gate) adapt(now int64) {
	l := &g.learn
	if !l.busy.CompareAndSwap(false, true) {
		return
	}
	defer l.busy.Store(false)
	if now < l.closes.Load() {
		return // somebody else was quicker
	}
	r := g.spec.Load()
	limit := g.limit.Load()
	inflight := under(g.state.Load())
	used := l.full.Load() || inflight*4 >= limit*3
	ratio, n := l.measure(used || l.probe.on)
	l.relearn()
	if r.fixed || n == 0 {
		l.begin(now, false)
		return
	}
	next := g.next(now, r, limit, inflight, used, ratio)
	g.limit.Store(next)
	l.begin(now, math.Abs(float64(next-limit)) > steady*float64(limit))
	if next > limit && waiting(g.state.Load()) > 0 {
		g.mu.Lock()
		g.serve(now)
		g.mu.Unlock()
	}
}

// next is the limit after a window whose answers took ratio times as long as they do
// when the target is at ease.
func (g *Gate) next(now int64, r *rules, limit, inflight int64, used bool, ratio float64) int64 {
	l := &g.learn
	p := &l.probe
	if p.on {
		p.on = false
		l.rebase(1)
		return r.bound(p.before)
	}
	gradient := min(max(tolerance/ratio, sharpest), 1)
	if gradient < 1 {
		l.slow = true
		if l.stuck(limit, ratio) {
			l.rebase(1)
			before := l.streak.limit
			l.streak = streak{}
			return r.bound(before)
		}
	} else {
		l.streak = streak{}
	}
	if p.next == 0 {
		p.every = probeFirst
		p.next = now + p.every
	} else if now >= p.next {
		p.every = min(p.every*2, max(probeMost, probeSpans*l.quick.Load()))
		p.next = now + p.every
		if limit > r.least && inflight*2 > limit {
			p.on, p.before = true, limit
			return r.bound(limit / 2)
		}
		l.rebase(0.5)
	}
	from := float64(limit)
	if gradient < 1 {
		from = min(from, max(2*float64(inflight), float64(r.least)))
	}
	grown := from*gradient + max(math.Sqrt(from)/2, 1)
	if !l.slow {
		grown = from * rush
	}
	next := r.bound(int64(math.Round(grown)))
	if next > limit && !used {
		return limit
	}
	return next
}

// stuck reports whether a row of windows halved the limit and answers are no quicker
// for it: then the load is not what makes them slow.
func (l *learner) stuck(limit int64, ratio float64) bool {
	s := &l.streak
	if s.limit == 0 {
		if ratio > 1.5 {
			s.limit, s.ratio = limit, ratio
		}
		return false
	}
	return limit*2 <= s.limit && ratio > 0.85*s.ratio
}

// measure compares the window with what is usual at ease, which it corrects downwards.
func (l *learner) measure(used bool) (ratio float64, n int64) {
	sum := 0.0
	for i := range l.sums {
		m := l.sums[i].n.Load()
		if m < few {
			continue
		}
		mean := float64(l.sums[i].logs.Load()) / float64(m) / logOne
		switch base := l.bases[i]; {
		case base == 0:
			l.bases[i] = mean
		case mean < base:
			l.bases[i] += (mean - base) / 4
		case !used: // it is slow although it has little to do
			l.bases[i] += (mean - base) / 16
		}
		sum += (mean - l.bases[i]) * float64(m)
		n += m
	}
	if n == 0 {
		return 1, 0
	}
	l.tell()
	return math.Exp2(sum / float64(n)), n
}

// rebase takes this window for what is usual at ease, by so much.
func (l *learner) rebase(by float64) {
	for i := range l.sums {
		if m := l.sums[i].n.Load(); m >= few {
			mean := float64(l.sums[i].logs.Load()) / float64(m) / logOne
			l.bases[i] += (mean - l.bases[i]) * by
		}
	}
	l.tell()
}

// tell publishes what an answer, or the first of a stream, takes at ease.
func (l *learner) tell() {
	sum, n := 0.0, int64(0)
	for i := range l.sums {
		if m := l.sums[i].n.Load(); m > 0 && l.bases[i] > 0 {
			sum += l.bases[i] * float64(m)
			n += m
		}
	}
	if n > 0 {
		l.quick.Store(int64(math.Exp2(sum / float64(n))))
	}
}

// relearn takes up how long places were held.
func (l *learner) relearn() {
	n := l.held.n.Swap(0)
	nanos := l.held.nanos.Swap(0)
	if n == 0 {
		return
	}
	mean := max(nanos/n, 1)
	if old := l.typical.Load(); old > 0 {
		mean = (old + mean) / 2
	}
	l.typical.Store(mean)
}

const logOne = 1 << 16

// log2 is the logarithm of n, which is 1 at least, with 16 bits behind the point. The
// curve between powers of two is a parabola, off by less than 0.01.
func log2(n int64) int64 {
	u := uint64(max(n, 1))
	top := bits.Len64(u) - 1
	f := int64(u << (63 - top) << 1 >> 48)
	return int64(top)*logOne + f + f*(logOne-f)/logOne*22/64
}
