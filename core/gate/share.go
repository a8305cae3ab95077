package gate

import "math"

// A share is the max-min fair share of a caller: callers that ask for less than it get what they ask
// for, and the rest is divided evenly.
type share struct {
	level float64 // requests per nanosecond; 0: there is enough for all
	at    int64   // Clock when it was computed
	among int     // callers that it is divided among
}

// asks counts a request of the caller in its demand, averaged over span.
func (f *flow) asks(now, span int64) {
	f.demand = f.wants(now, span) + 1/float64(span)
	f.asked = now
}

// wants returns the caller's requests per nanosecond, averaged over span.
func (f *flow) wants(now, span int64) float64 {
	if f.asked == 0 {
		return 0
	}
	return f.demand * math.Exp(-float64(now-f.asked)/float64(span))
}

// greedy reports whether a caller asks for clearly more than its share. Its demand counts and not
// what it gets, because it may have been given what others left unused.
func (q *queue) greedy(f *flow, span int64) bool {
	return q.share.level > 0 && f.demand > greed*q.share.level && f.demand*float64(span) >= greedLeast
}

// divide computes the share again from the demand of all remembered callers.
func (q *queue) divide(now, span int64, rate float64) {
	q.share = share{at: now}
	total, n := 0.0, 0
	for _, f := range q.flows {
		if w := f.wants(now, span); w > 0 {
			total += w
			n++
		}
	}
	q.share.among = n
	if total <= rate || n == 0 {
		return
	}
	level := rate / float64(n)
	for range divideRounds {
		modest, rest := 0.0, 0
		for _, f := range q.flows {
			if w := f.wants(now, span); w <= level {
				modest += w
			} else {
				rest++
			}
		}
		next := (rate - modest) / float64(max(rest, 1))
		if next <= level*1.01 {
			break
		}
		level = next
	}
	q.share.level = level
}

// alone reports whether there is only one caller, which then shares with no other.
func (q *queue) alone() bool { return q.share.among <= 1 }
