package gate

import (
	"math"
	"math/bits"
)

// begin begins a window. When the limit was changed, requests that were let in before do
// not count in it, nor do answers that come at once: the quick ones are the first to.
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

// anew makes what is let in from now on the only thing that counts.
func (l *learner) anew(now int64) {
	l.since.Store(now)
	l.opens.Store(now + l.lag.Load()*3/2)
}

// measure compares the window with what is usual at ease, which it corrects downwards.
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
		case mean < base || eased: // slow though it has little to do
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

// rebase takes this window for what is usual at ease, by so much.
func (l *learner) rebase(by float64) {
	for i := range l.sums {
		if mean, _, m := l.sums[i].read(); m >= few {
			l.bases[i] += (mean - l.bases[i]) * by
		}
	}
	l.tell()
}

// tell publishes what an answer, or the first of a stream, takes at ease.
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

// relearn takes up how long places were held.
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

// log2 is the logarithm of n, which is 1 at least, with 16 bits behind the point. The
// curve between powers of two is a parabola, off by less than 0.01.
func log2(n int64) int64 {
	u := uint64(max(n, 1))
	top := bits.Len64(u) - 1
	f := int64(u << (63 - top) << 1 >> 48)
	return int64(top)*logOne + f + f*(logOne-f)/logOne*22/64
}
