package gate

import "math"

// A share is what one caller can have of a lane when all that ask for less get what they
// ask for, and the rest is divided evenly: max-min fairness.
type share struct {
	level float64 // requests in a nanosecond; 0: there is enough for all
	at    int64   // Clock when it was reckoned
	among int     // callers
}

// asks takes up that the caller asked once more.
func (f *flow) asks(now, span int64) {
	f.demand = f.wants(now, span) + 1/float64(span)
	f.asked = now
}

// wants is how often the caller asks, averaged over span.
func (f *flow) wants(now, span int64) float64 {
	if f.asked == 0 {
		return 0
	}
	return f.demand * math.Exp(-float64(now-f.asked)/float64(span))
}

// greedy reports whether a caller asks for clearly more than its share. What counts is
// what it asks for, not what it gets: that could be everybody's share.
func (q *queue) greedy(f *flow, span int64) bool {
	return q.share.level > 0 && f.demand > greed*q.share.level && f.demand*float64(span) >= greedLeast
}

// divide reckons the share anew, from what all that are remembered ask for.
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

// alone reports whether one caller only asks: then there is nobody to share with.
func (q *queue) alone() bool { return q.share.among <= 1 }
