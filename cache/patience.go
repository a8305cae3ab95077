package cache

import "asbru/core"

// A client may say how long it waits (core.Due). Who follows an errand has half of what is
// left for that, and the other half to ask for itself; whose answer is read from memory
// at the pace it came is not kept longer than it waits.

// overdue reports whether x ended at the end of its own client's patience, which says
// nothing about the question.
func overdue(x *core.Exchange) bool {
	by := x.By(statusOf(x) == 200)
	return by > 0 && core.Clock() >= by
}

// brief reports whether the client of x waits for less than it may take to compare its
// question with others.
func brief(x *core.Exchange) bool {
	by := x.By(false)
	if by == 0 || by-core.Clock() >= int64(compareLeast) {
		return false
	}
	x.Skipped |= core.SkipCache
	return true
}

// patience is until when x follows an errand that it joins now; 0: for as long as it takes.
func (c *Cache) patience(x *core.Exchange) int64 {
	by := x.By(false)
	if by == 0 || c.o.repeats {
		return by
	}
	now := core.Clock()
	return now + max(by-now, 0)/2
}
