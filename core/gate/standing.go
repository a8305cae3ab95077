package gate

// standing distinguishes a queue that absorbs a burst from a standing one, which has been too long at
// every look for a whole span. A standing queue does not increase throughput; it only makes all
// requests wait. The idea is CoDel's (RFC 8289 §3), but measured by the number of requests ahead and
// not by the time the first one has spent, so that a new request can be refused at once.
type standing struct {
	above int64 // Clock since which every look found the queue too long; 0: the last one did not
	last  int64 // Clock of the last look that found it too long
	on    bool
}

// look records whether an arriving request finds the queue too long, and reports whether the queue
// counts as standing from now on.
func (s *standing) look(now, span int64, tooLong bool) bool {
	switch {
	case tooLong:
		s.last = now
		if s.above == 0 {
			s.above = now
		}
		if !s.on && now-s.above >= span {
			s.on = true
			return true
		}
	case !s.on:
		s.above = 0
	case now-s.last >= span*offSpans:
		s.on, s.above = false, 0
	}
	return false
}
