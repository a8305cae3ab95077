package gate

import (
	"math"

	"asbru/core"
)

// Whether a newcomer may wait is decided when it comes, by how many turns it is away
// from its own, so that a refusal is immediate and whoever waits is served in time
// nearly always.

// consider finds the flow of t and says whether t may wait in it: NoRefusal, or why not
// and for how many seconds. When the queue is full, it sends somebody away who has more
// waiting than t's caller.
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

// past reports whether t would be let in so late, after so many turns, that its answer came
// after t.Until.
func (g *Gate) past(now int64, t *core.Ticket, turns int) bool {
	left, rate := g.latest(t.Until)-now, g.rate(t.Urgency)
	return left <= 0 || rate > 0 && float64(turns)/rate > float64(left)
}

// overlong reports whether a newcomer of f would wait too long: longer than anybody may;
// or, when everybody's queue stands, longer than makes sense; or, when its caller asks
// for more than its share, so long that others could feel it.
func (g *Gate) overlong(now int64, u core.Urgency, f *flow, turns int) (tooLong, greedy bool) {
	rate, quick := g.rate(u), g.learn.quick.Load()
	if rate <= 0 { // nothing was learnt yet
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
		g.cut(u, f, 2*own) // from before it was
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

// most is how many turns come in a time; one at the least.
func most(rate float64, nanos int64) int {
	return max(int(min(rate*float64(nanos), float64(math.MaxInt32))), 1)
}

// rate is how many turns a lane has in a nanosecond; 0: not known yet.
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

// after is in how many seconds so many turns of a lane are over.
func (g *Gate) after(u core.Urgency, turns int) int {
	rate := g.rate(u)
	if rate <= 0 {
		return 1
	}
	return int(min(max(math.Ceil(float64(turns)/rate/1e9), 1), longest))
}

// trim dismisses those that would be served late, the oldest first: those behind them
// are then served in time.
func (g *Gate) trim(u core.Urgency, keep int) {
	for q := &g.queues[u]; q.n > max(keep, 1); {
		g.dismiss(q.head, core.Overfull, g.after(u, q.n))
	}
}

// cut is trim for what a caller had waiting when it turned out to be greedy.
func (g *Gate) cut(u core.Urgency, f *flow, keep int) {
	why := core.ShareUsed
	if g.queues[u].alone() {
		why = core.Overfull
	}
	for f.n > max(keep, 1) {
		g.dismiss(f.head, why, g.after(u, f.n))
	}
}

// displace sends away the newest of the caller with the most waiting, for a newcomer
// whose caller has less: first of batch, if the newcomer is interactive.
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
