package gate

import (
	"math"
	"math/bits"
)

// begin begins a window. If the limit was changed, requests that were let in before do not count in
// it, and neither do the first answers, because the quickest arrive first.
func (l *learner) begin(now int64, changed bool) {
	for i := range l.sums {
		l.sums[i].logs.Store(0)
		l.sums[i].squares.Store(0)
		l.sums[i].n.Store(0)
	}
	l.took.Store(0)
	l.full.Store(false)
	if l.opens.Store(now); changed {
		l.anew(now)
	}
	l.settle.Store(changed)
	l.closes.Store(l.opens.Load() + max(leastSpan, l.lag.Load()))
	l.need.Store(int64(min(max(math.Pow(l.spread/precise, 2), enough), enoughAtMost)))
}

// anew makes only requests let in from now on count.
func (l *learner) anew(now int64) {
	l.since.Store(now)
	l.opens.Store(now + l.lag.Load()*3/2)
}

// measure returns how many times as long as at ease answers took in the window, and the samples this
// is based on. It lowers the values at ease if answers were quicker; with eased, when the target has
// little to do, it also raises them slowly.
func (l *learner) measure(eased bool) (ratio float64, n int64) {
	sum, spread := 0.0, 0.0
	for i := range l.sums {
		mean, deviation, m := l.sums[i].read()
		if m < few {
			continue
		}
		switch base := l.bases[i]; {
		case base == 0:
			l.bases[i] = mean
		case mean < base-max(tellsLower, 2*deviation/math.Sqrt(float64(m))):
			l.bases[i] += (mean - base) / 2
		case mean < base || eased: // slow although it has little to do
			l.bases[i] += (mean - base) / 16
		}
		sum += (mean - l.bases[i]) * float64(m)
		spread = max(spread, deviation)
		n += m
	}
	if n == 0 {
		return 1, 0
	}
	if l.spread == 0 {
		l.spread = spread
	}
	l.spread += (spread - l.spread) / 4
	l.lag.Store(l.took.Load() / n)
	l.tell()
	return math.Exp2(sum / float64(n)), n
}

// read returns the mean of n logarithms and their standard deviation.
func (s *sums) read() (mean, deviation float64, n int64) {
	if n = s.n.Load(); n == 0 {
		return 0, 0, 0
	}
	mean = float64(s.logs.Load()) / float64(n) / logOne
	square := float64(s.squares.Load()) / float64(n) / logOne
	return mean, math.Sqrt(max(square-mean*mean, 0)), n
}

// rebase moves the values at ease towards those of this window; by 1 it adopts them.
func (l *learner) rebase(by float64) {
	for i := range l.sums {
		if mean, _, m := l.sums[i].read(); m >= few {
			l.bases[i] += (mean - l.bases[i]) * by
		}
	}
	l.tell()
}

// tell publishes how long an answer, or the first content of a stream, takes at ease.
func (l *learner) tell() {
	sum, n := 0.0, int64(0)
	for i := range l.sums {
		if m := l.sums[i].n.Load(); m > 0 && l.bases[i] > 0 {
			sum += l.bases[i] * float64(m)
			n += m
		}
	}
	if n > 0 {
		l.quick.Store(int64(math.Exp2(sum / float64(n))))
	}
}

// relearn updates how long a place is held.
func (l *learner) relearn() {
	n := l.held.n.Swap(0)
	nanos := l.held.nanos.Swap(0)
	if n == 0 {
		return
	}
	mean := max(nanos/n, 1)
	if old := l.typical.Load(); old > 0 {
		mean = (old + mean) / 2
	}
	l.typical.Store(mean)
}

const (
	logBits = 16
	logOne  = 1 << logBits
)

// log2 returns the logarithm of n, or of 1 if n is less, as fixed point with 16 fractional bits.
// Between powers of two it is approximated by a parabola with an error below 0.01.
func log2(n int64) int64 {
	u := uint64(max(n, 1))
	top := bits.Len64(u) - 1
	f := int64(u << (63 - top) << 1 >> 48)
	return int64(top)*logOne + f + f*(logOne-f)/logOne*22/64
}
