package gate

import "math"

// A streak is a series of consecutive windows in which answers took much longer than at ease.
type streak struct {
	limit int64   // before the first window; 0: there is no streak
	ratio float64 // of the first window
}

// A view is the state of the Gate when a window closes.
type view struct {
	limit, under int64
	used         bool // the limit was reached, or nearly
}

// adapt closes the window and sets the limit for the next.
func (g *Gate) adapt(now int64) {
	l := &g.learn
	if !l.busy.CompareAndSwap(false, true) {
		return
	}
	defer l.busy.Store(false)
	if now < l.closes.Load() {
		return // another goroutine has closed it
	}
	r := g.spec.Load()
	w := view{limit: g.limit.Load(), under: under(g.state.Load())}
	w.used = l.full.Load() || w.under*4 >= w.limit*3
	if w.used && !l.used { // most samples are from before it was used
		l.used = true
		l.begin(now, true)
		return
	}
	l.used = w.used
	ratio, n := l.measure(w.under*2 <= w.limit)
	l.relearn()
	if r.fixed || n == 0 {
		l.begin(now, false)
		return
	}
	next := l.choose(now, r, w, ratio, math.Exp2(l.spread/math.Sqrt(float64(n))))
	g.hold(r, next)
	l.begin(now, l.probe.on || math.Abs(float64(next-w.limit)) > steady*float64(w.limit))
	if next > w.limit && waiting(g.state.Load()) > 0 {
		g.mu.Lock()
		g.serve(now)
		g.mu.Unlock()
	}
}

// hold sets the Gate's limit, computed under the rules r. If the rules were changed meanwhile, it is
// brought within the new ones.
func (g *Gate) hold(r *rules, limit int64) {
	g.limit.Store(limit)
	if g.spec.Load() != r {
		g.bind()
	}
}

// bind brings the limit within the rules.
func (g *Gate) bind() {
	r := g.spec.Load()
	if r.fixed {
		g.limit.Store(r.most)
		return
	}
	g.limit.Store(r.bound(g.limit.Load()))
}

// choose returns the limit for the next window.
func (l *learner) choose(now int64, r *rules, w view, ratio, doubt float64) int64 {
	if l.probe.on {
		return r.bound(l.probed(now, r, w.limit, ratio))
	}
	if l.due(now) && w.limit > r.least && w.under*2 > w.limit {
		l.probe.on, l.probe.began, l.probe.before, l.probe.ratio = true, now, w.limit, ratio
		return r.bound(int64(float64(w.limit) * eased))
	}
	next := l.next(r, w, ratio, doubt)
	if l.ceiling > 0 && next >= l.ceiling && now-l.ceilingAt < ceilingHolds {
		next = min(next, max(l.ceiling-1, w.limit+1)) // approach the ceiling one by one
	}
	return next
}

// next returns the limit after a window whose answers took ratio times as long as at ease, within a
// factor of doubt. The gradient is that of Netflix's concurrency limits: down in proportion, up by a
// little.
func (l *learner) next(r *rules, w view, ratio, doubt float64) int64 {
	if !l.slow {
		doubt *= doubt
	}
	gradient := min(max(tolerance*doubt/ratio, sharpest), 1)
	from := float64(w.limit)
	if gradient < 1 {
		l.slow = true
		if l.stuck(w.limit, ratio) {
			l.rebase(1)
			before := l.streak.limit
			l.streak = streak{}
			return r.bound(before)
		}
		from = min(from, max(2*float64(w.under), float64(r.least)))
	}
	room := math.Sqrt(from) / headroom
	switch {
	case !l.slow:
		room = max(from*(rush-1), 1)
	case gradient < 1:
		l.calm = 0
	default:
		l.calm = min(l.calm+1, mostCalm)
		room = min(room*float64(int(1)<<(l.calm-1)), from/2)
		if ratio < atEase {
			room = max(from/8, room)
		}
	}
	next := r.bound(int64(math.Round(from*gradient + room)))
	switch {
	case w.used:
		return next
	case next > w.limit: // nothing shows that the target could do more
		return w.limit
	}
	return max(next, min(w.limit, max(2*w.under, started))) // nor that a lower limit would help
}

// stuck reports whether a streak has halved the limit without making answers quicker: then the load
// is not what makes them slow.
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
	return limit*2 <= s.limit && ratio > noHelp*s.ratio
}
