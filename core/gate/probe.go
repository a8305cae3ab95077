package gate

import "math"

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
