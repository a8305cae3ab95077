package gate

import "math"

// A probe measures again how quick the target is at ease. It lowers the limit, and lowers it further
// as long as answers get quicker.
type probe struct {
	on     bool
	began  int64   // Clock
	before int64   // the limit before it
	ratio  float64 // of the previous window
	next   int64   // Clock of the next probe; 0: none is planned yet
	every  int64   // nanoseconds between probes
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

// probed takes the result of a probe's window and returns the next limit: a lower one, or that from
// before the probe if it is over.
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
