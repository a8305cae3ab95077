package route

import (
	"math/rand/v2"
	"time"

	"asbru/core"
)

// note is a Route's Note.
func (p *picker) note(x *core.Exchange, a *core.Attempt) {
	if p.hedge != nil {
		p.learn(x, a)
	}
	if a.Resumes {
		p.tab.resumed(a)
	}
	l := p.book.seats[seat{a.Target, a.Key}]
	if l == nil || a.Cause == core.Abandoned || a.Cause == core.Outrun {
		return
	}
	now := a.At
	if now == 0 {
		now = p.book.clock()
	}
	open := a.Target.Model == ""
	switch a.Phase {
	case core.PhaseContent:
		if open {
			l = l.of(x.Name)
		}
		l.mended(a)
		p.measure(a, now, false)
	case core.PhaseComplete:
		if open {
			l = l.of(x.Name)
		}
		l.served(a, now)
		p.measure(a, now, true)
		if x.Bind != 0 && a.Status < 300 {
			p.keep(x, l.id, now)
		}
	case core.PhaseFailed:
		if x.Bind != 0 {
			p.book.bonds.drop(x.Bind, l.id)
		}
		if open {
			l = l.apart(x.Name)
		}
		p.failed(l, a, now)
		p.measure(a, now, false)
	}
}

// served counts a success, and closes the fuses that the attempt was the probe for.
func (l *live) served(a *core.Attempt, now int64) {
	if l.streak.Load() != 0 {
		l.streak.Store(0)
	}
	l.recent.add(now, false)
	l.mended(a)
}

// mended closes the fuses that a was the probe for.
func (l *live) mended(a *core.Attempt) {
	if l.good() {
		return
	}
	if !l.closed() {
		l.mend(a.Began)
		if l.closed() {
			l.recent.forget()
		}
	}
	l.key.mend(a.Began)
}

// failed decides what a failure means for the target and the key.
func (p *picker) failed(l *live, a *core.Attempt, now int64) {
	switch s := a.Status; {
	case a.Cause == core.NoCause && (s == 401 || s == 402 || a.Spent):
		l.key.rest(now, or(a.RetryAfter, deadRest), dead)
		p.alarm(a)
	case a.Cause == core.NoCause && s == 403:
		l.rest(now, or(a.RetryAfter, deadRest), dead)
		p.alarm(a)
	case a.Cause == core.NoCause && s == 429:
		if a.RetryAfter > 0 {
			l.rest(now, a.RetryAfter, benched)
		} else {
			l.rest(now, l.longer(rateRest, DefaultLongest), benched)
		}
	case a.Cause == core.NoCause && s < 500:
		// the answer of a healthy server: 408, 409, 425, a redirect
	default:
		p.broke(l, a, now)
	}
}

// broke counts a failure of the server or of the network.
func (p *picker) broke(l *live, a *core.Attempt, now int64) {
	b := &p.breaker
	l.recent.add(now, true)
	streak := int(l.streak.Add(1))
	if a.RetryAfter > 0 {
		l.rest(now, a.RetryAfter, benched)
		return
	}
	if b.Off {
		return
	}
	c := l.claimed.Load()
	if c != 0 && a.Began >= c || c != 0 && a.Began == 0 { // the probe
		l.rest(now, l.longer(b.Open, DefaultLongest), failing)
		return
	}
	if !l.closed() {
		return
	}
	all, bad := l.recent.sum(now)
	if streak >= b.Failures || all >= b.Least && float64(bad) > b.Ratio*float64(all) {
		l.rest(now, l.longer(b.Open, DefaultLongest), failing)
	}
}

// longer doubles d for each time in a row that l has opened, up to most, and adds jitter, so that
// many gateways that saw the same failure do not come back at the same moment.
func (l *live) longer(d, most time.Duration) time.Duration {
	n := l.again.Add(1) - 1
	for ; n > 0 && d < most; n-- {
		d *= 2
	}
	d = min(d, max(most, d/2))
	return d + time.Duration(rand.Int64N(int64(d/10)+1))
}

func (p *picker) alarm(a *core.Attempt) {
	if p.book.alarm != nil && a.Key != nil {
		p.book.alarm(a.Target.Name, a.Key.Name, a.Status)
	}
}

func or(d, def time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return def
}

// measure updates the figures that strategies compare, for balanced targets. A stream is measured
// at its first content, so that a long answer counts when it begins.
func (p *picker) measure(a *core.Attempt, now int64, whole bool) {
	if p.group < 2 {
		return
	}
	l := p.book.seats[seat{a.Target, nil}]
	if l == nil {
		return
	}
	switch {
	case a.Phase == core.PhaseContent:
		if a.TTFT > 0 {
			l.ttft.add(now, float64(a.TTFT), averaged)
		}
		return
	case whole:
		l.errors.add(now, 0, faded)
		l.before.add(now, 0, slow)
		if a.Took > 0 {
			l.latency.add(now, float64(a.Took), averaged)
		}
		if spent := now - a.Began; a.Out > 0 && a.Began > 0 && spent > 0 {
			l.rate.add(now, float64(a.Out)/time.Duration(spent).Seconds(), averaged)
		}
	default:
		l.errors.add(now, 1, faded)
		l.before.add(now, 1, slow)
	}
	if p.how == Adaptive || p.how == Fastest {
		if due := p.rescore.Load(); now >= due && p.rescore.CompareAndSwap(due, now+int64(rescoreEvery)) {
			p.score(now)
		}
	}
}
