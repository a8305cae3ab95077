package cache

import "asbru/core"

// A client may say how long it waits (core.Due). A follower waits for at most half of the time
// left, so that the other half remains for asking itself. A replay at the original pace ends
// when the client's time does.

// overdue reports whether x ended because its own client's time was up, which says
// nothing about the question.
func overdue(x *core.Exchange) bool {
	by := x.By(statusOf(x) == 200)
	return by > 0 && core.Clock() >= by
}

// brief reports whether the client of x waits for less time than a semantic look-up may
// take.
func brief(x *core.Exchange) bool {
	by := x.By(false)
	if by == 0 || by-core.Clock() >= int64(compareLeast) {
		return false
	}
	x.Skipped |= core.SkipCache
	return true
}

// patience returns until when x follows an errand that it joins now; 0: without a limit.
func (c *Cache) patience(x *core.Exchange) int64 {
	by := x.By(false)
	if by == 0 || c.o.repeats {
		return by
	}
	now := core.Clock()
	return now + max(by-now, 0)/2
}
