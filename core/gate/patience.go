package gate

import (
	"math"

	"asbru/core"
)

// Whether a request may wait is decided when it arrives, by the number of turns before its own. So a
// refusal is immediate, and a request that waits is nearly always served in time.

// consider finds the flow of t and decides whether t may wait in it. why is NoRefusal, or the reason
// why it may not, and retry the seconds after which to try again. If the queue is full, it dismisses
// a ticket of a caller that has more waiting than t's.
func (g *Gate) consider(now int64, t *core.Ticket) (fi int32, why core.Refusal, retry int) {
	r := g.spec.Load()
	q := &g.queues[t.Urgency]
	fi = q.flow(t.Caller)
	f := q.flows[fi]
	turns := q.turns(f)
	tooLong, greedy := g.overlong(now, t.Urgency, f, turns)
	if t.Until > 0 && g.past(now, t, turns) {
		return fi, core.TooLate, g.after(t.Urgency, turns)
	}
	switch {
	case r.queue > 0 && (!tooLong || q.n == 0) && (g.queues[0].n+g.queues[1].n < r.queue || g.displace(t.Urgency, f.n)):
		return fi, core.NoRefusal, 0
	case greedy && !q.alone(), f.n > 0 && f.n*q.active() > q.n:
		why = core.ShareUsed
	default:
		why = core.Overfull
	}
	return fi, why, g.after(t.Urgency, turns)
}

// past reports whether t, let in after that many turns, would get its answer later than t.Until.
func (g *Gate) past(now int64, t *core.Ticket, turns int) bool {
	left, rate := g.latest(t.Until)-now, g.rate(t.Urgency)
	return left <= 0 || rate > 0 && float64(turns)/rate > float64(left)
}

// overlong reports whether a request of f would wait too long: longer than any request may; in a
// standing queue, longer than makes sense; for a caller that asks for more than its share, so long
// that others could feel it.
func (g *Gate) overlong(now int64, u core.Urgency, f *flow, turns int) (tooLong, greedy bool) {
	rate, quick := g.rate(u), g.learn.quick.Load()
	if rate <= 0 { // nothing is learnt yet
		return false, false
	}
	q := &g.queues[u]
	span := max(leastSpan, int64(spanTurns/rate))
	own, all := most(rate, max(quick/ownPart, leastWait)), most(rate, max(quick/allPart, leastWait))
	longest := most(rate, g.spec.Load().wait)
	f.asks(now, span*demandSpans)
	if now-q.share.at >= span {
		q.divide(now, span*demandSpans, rate)
	}
	if q.greedy(f, span*demandSpans) {
		g.cut(u, f, 2*own) // tickets that came before it was greedy
		return turns > min(longest, own), true
	}
	if q.stands.look(now, span*allSpans, turns > all) {
		g.trim(u, all)
	}
	if q.stands.on {
		longest = min(longest, all)
	}
	return turns > longest, false
}

// most returns the number of turns in that time, at least one.
func most(rate float64, nanos int64) int {
	return max(int(min(rate*float64(nanos), float64(math.MaxInt32))), 1)
}

// rate returns the turns per nanosecond of that urgency; 0: not known yet.
func (g *Gate) rate(u core.Urgency) float64 {
	typical := g.learn.typical.Load()
	if typical <= 0 {
		return 0
	}
	rate := float64(g.limit.Load()) / float64(typical)
	if u == core.Batch && g.queues[core.Interactive].n > 0 {
		rate *= max(g.spec.Load().share, 0.01)
	}
	return rate
}

// after returns the seconds until that many turns are over, from 1 to longest.
func (g *Gate) after(u core.Urgency, turns int) int {
	rate := g.rate(u)
	if rate <= 0 {
		return 1
	}
	return int(min(max(math.Ceil(float64(turns)/rate/1e9), 1), longest))
}

// trim dismisses the oldest tickets until keep are left: they would be served late, and the others
// are then served in time.
func (g *Gate) trim(u core.Urgency, keep int) {
	for q := &g.queues[u]; q.n > max(keep, 1); {
		g.dismiss(q.head, core.Overfull, g.after(u, q.n))
	}
}

// cut is trim for the tickets of a caller that has turned out to be greedy.
func (g *Gate) cut(u core.Urgency, f *flow, keep int) {
	why := core.ShareUsed
	if g.queues[u].alone() {
		why = core.Overfull
	}
	for f.n > max(keep, 1) {
		g.dismiss(f.head, why, g.after(u, f.n))
	}
}

// displace makes room for a request of a caller that has that many waiting: it dismisses the newest
// ticket of the caller with the most, if that is more. For an interactive request it looks among batch first.
func (g *Gate) displace(u core.Urgency, has int) bool {
	lane, least := u, has+1
	if u == core.Interactive && g.queues[core.Batch].n > 0 {
		lane, least = core.Batch, 0
	}
	q := &g.queues[lane]
	i := q.greediest(least)
	if i == none {
		return false
	}
	f := q.flows[i]
	g.dismiss(f.tail, core.ShareUsed, g.after(lane, f.n*q.active()))
	return true
}
