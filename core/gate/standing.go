package gate

// standing tells a queue that takes up a burst from one that stands: that is too long
// whenever somebody looks, for a whole span. A standing queue serves nobody sooner or
// more; it only makes all wait. The idea is CoDel's (RFC 8289 §3), with the number of
// those in front for the time that the first one spent, so that the one who comes can be
// told at once.
type standing struct {
	above int64 // since when every look found it too long; 0: it was not
	last  int64 // look that found it too long
	on    bool
}

// look notes what the one who comes sees, and reports whether the queue begins to count
// as standing with it.
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
