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
	opens  atomic.Int64 // Clock when the window begins
	closes atomic.Int64 // Clock when the window ends, with enough samples
	need   atomic.Int64 // samples that are enough
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

// A streak is a row of windows that each lowered the limit.
type streak struct {
	limit int64 // before the first; 0: there is none
	ratio float64
}

// A probe measures anew how quick the target is when at ease: with a lower limit, and if
// that tells something new with lower ones yet, until answers get no quicker.
type probe struct {
	on     bool
	began  int64   // Clock
	before int64   // the limit before it
	ratio  float64 // of the window before
	next   int64   // Clock of the next one; 0: none was planned yet
	every  int64
}

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
		l.since.Store(now)
		l.opens.Store(now + l.lag.Load()*3/2)
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
		heard := now
		if t.Heard > 0 {
			heard = t.Heard
		}
		close = l.sample(wholes, now, t.Since, heard-t.Since)
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
	if factor == throttle {
		l.ceiling, l.ceilingAt = base, now
	}
	l.probe.on = false
	g.limit.Store(r.bound(int64(float64(base) * factor)))
	l.begin(now, true)
	l.busy.Store(false)
}

// begin begins a window. When the limit was changed, requests that were let in before do
// not count in it, nor do answers that come at once: the quick ones are the first to.
func (l *learner) begin(now int64, changed bool) {
	for i := range l.sums {
		l.sums[i].logs.Store(0)
		l.sums[i].squares.Store(0)
		l.sums[i].n.Store(0)
	}
	l.took.Store(0)
	l.full.Store(false)
	opens := now
	if changed {
		l.since.Store(now)
		opens += l.lag.Load() * 3 / 2
	}
	l.settle.Store(changed)
	l.opens.Store(opens)
	l.closes.Store(opens + max(leastSpan, l.lag.Load()))
	l.need.Store(int64(min(max(math.Pow(l.spread/precise, 2), enough), enoughAtMost)))
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
	if used && !l.used { // most answers are from before it was
		l.used = true
		l.begin(now, true)
		return
	}
	l.used = used
	ratio, n := l.measure(inflight*2 <= limit)
	l.relearn()
	if r.fixed || n == 0 {
		l.begin(now, false)
		return
	}
	next := limit
	switch {
	case l.probe.on:
		next = r.bound(l.probed(now, r, limit, ratio))
	case l.due(now) && limit > r.least && inflight*2 > limit:
		l.probe.on, l.probe.began, l.probe.before, l.probe.ratio = true, now, limit, ratio
		next = r.bound(int64(float64(limit) * eased))
	default:
		next = g.next(r, limit, inflight, used, ratio, math.Exp2(l.spread/math.Sqrt(float64(n))))
		if next >= l.ceiling && now-l.ceilingAt < ceilingHolds {
			next = min(next, max(l.ceiling-1, limit+1)) // it feels its way
		}
	}
	g.limit.Store(next)
	l.begin(now, l.probe.on || math.Abs(float64(next-limit)) > steady*float64(limit))
	if next > limit && waiting(g.state.Load()) > 0 {
		g.mu.Lock()
		g.serve(now)
		g.mu.Unlock()
	}
}

// due reports whether it is time for a probe, and plans the next.
func (l *learner) due(now int64) bool {
	p := &l.probe
	switch {
	case p.next == 0:
		p.every = probeFirst
	case now < p.next:
		return false
	default:
		p.every = min(p.every*2, max(probeMost, probeSpans*l.quick.Load()))
	}
	due := p.next > 0
	p.next = now + max(p.every, probeSpans/10*l.quick.Load())
	return due
}

// probed takes what a window of a probe came to and returns the next limit: that from
// before the probe when it has told what there was to tell.
func (l *learner) probed(now int64, r *rules, limit int64, ratio float64) int64 {
	p := &l.probe
	known := math.Abs(ratio-1) < steady
	better := ratio < p.ratio*(1-steady)
	if known || !better || limit <= r.least {
		if !known {
			l.rebase(1)
		}
		p.on = false
		p.next = max(p.next, now+probeRests*(now-p.began))
		return p.before
	}
	p.ratio = ratio
	return int64(float64(limit) * eased)
}

// next is the limit after a window whose answers took ratio times as long as they do
// when the target is at ease.
// It may be off by doubt.
func (g *Gate) next(r *rules, limit, inflight int64, used bool, ratio, doubt float64) int64 {
	l := &g.learn
	if !l.slow {
		doubt *= doubt
	}
	gradient := min(max(tolerance*doubt/ratio, sharpest), 1)
	from := float64(limit)
	if gradient < 1 {
		l.slow = true
		if l.stuck(limit, ratio) {
			l.rebase(1)
			before := l.streak.limit
			l.streak = streak{}
			return r.bound(before)
		}
		from = min(from, max(2*float64(inflight), float64(r.least)))
	}
	room := math.Sqrt(from) / 3
	switch {
	case !l.slow:
		room = max(from*(rush-1), 1)
	case gradient < 1:
		l.calm = 0
	default:
		l.calm = min(l.calm+1, 8)
		room = min(room*float64(int(1)<<(l.calm-1)), from/2)
		if ratio < atEase {
			room = max(from/8, room)
		}
	}
	next := r.bound(int64(math.Round(from*gradient + room)))
	if next > limit && !used {
		return limit
	}
	return next
}

// stuck reports whether a row of windows halved the limit and answers are no quicker
// for it: then the load is not what makes them slow.
func (l *learner) stuck(limit int64, ratio float64) bool {
	s := &l.streak
	switch {
	case ratio <= muchSlower:
		*s = streak{}
		return false
	case s.limit == 0:
		*s = streak{limit, ratio}
		return false
	}
	return limit*2 <= s.limit && ratio > 0.85*s.ratio
}

// measure compares the window with what is usual at ease, which it corrects downwards.
func (l *learner) measure(eased bool) (ratio float64, n int64) {
	sum, spread := 0.0, 0.0
	for i := range l.sums {
		mean, deviation, m := l.sums[i].read()
		if m < few {
			continue
		}
		switch base := l.bases[i]; {
		case base == 0:
			l.bases[i] = mean
		case mean < base-max(tellsLower, 2*deviation/math.Sqrt(float64(m))):
			l.bases[i] += (mean - base) / 2
		case mean < base || eased: // slow though it has little to do
			l.bases[i] += (mean - base) / 16
		}
		sum += (mean - l.bases[i]) * float64(m)
		spread = max(spread, deviation)
		n += m
	}
	if n == 0 {
		return 1, 0
	}
	if l.spread == 0 {
		l.spread = spread
	}
	l.spread += (spread - l.spread) / 4
	l.lag.Store(l.took.Load() / n)
	l.tell()
	return math.Exp2(sum / float64(n)), n
}

// read returns the mean of n logarithms and their standard deviation.
func (s *sums) read() (mean, deviation float64, n int64) {
	if n = s.n.Load(); n == 0 {
		return 0, 0, 0
	}
	mean = float64(s.logs.Load()) / float64(n) / logOne
	square := float64(s.squares.Load()) / float64(n) / logOne
	return mean, math.Sqrt(max(square-mean*mean, 0)), n
}

// rebase takes this window for what is usual at ease, by so much.
func (l *learner) rebase(by float64) {
	for i := range l.sums {
		if mean, _, m := l.sums[i].read(); m >= few {
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

const (
	logBits = 16
	logOne  = 1 << logBits
)

// log2 is the logarithm of n, which is 1 at least, with 16 bits behind the point. The
// curve between powers of two is a parabola, off by less than 0.01.
func log2(n int64) int64 {
	u := uint64(max(n, 1))
	top := bits.Len64(u) - 1
	f := int64(u << (63 - top) << 1 >> 48)
	return int64(top)*logOne + f + f*(logOne-f)/logOne*22/64
}
