package route

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// A learner estimates a quantile of recent durations. add is a few atomic operations; of two
// concurrent adds one may be miscounted, which a quantile tolerates.
//
// It counts into buckets, eight per octave from 0.13 ms to 137 s, so that an estimate is at most
// an eighth too high. There are two generations, the present one and the one before; older
// samples are forgotten.
type learner struct {
	counts [2][learnSlots]atomic.Uint32
	n      atomic.Uint32 // samples in the present generation
	turn   atomic.Uint32 // which of the two that is
	known  atomic.Int64  // the estimate in nanoseconds; 0: too few samples
}

// add adds the sample d and renews the estimate of quantile q now and then.
func (l *learner) add(d time.Duration, q float64) {
	now := l.turn.Load() & 1
	l.counts[now][learnSlot(d)].Add(1)
	n := l.n.Add(1)
	if n == learnSpan { // exactly one caller sees this value
		other := &l.counts[1-now]
		for i := range other {
			other[i].Store(0)
		}
		l.turn.Store(1 - now)
		l.n.Store(0)
	}
	if n%learnEvery == 0 {
		l.known.Store(int64(l.quantile(q)))
	}
}

// quantile is the end of the bucket that q falls into, or 0 if there are too few samples. It
// takes the lower end of the confidence interval (two standard errors of the rank), so that
// where a slow tail begins just at q the estimate stays below it.
func (l *learner) quantile(q float64) time.Duration {
	var sum [learnSlots]uint32
	var n float64
	for i := range sum {
		sum[i] = l.counts[0][i].Load() + l.counts[1][i].Load()
		n += float64(sum[i])
	}
	if n < learnLeast {
		return 0
	}
	rank := n*q - 2*math.Sqrt(n*q*(1-q))
	var below float64
	for i := range sum {
		if below += float64(sum[i]); below >= rank {
			return learnEnd(i)
		}
	}
	return learnEnd(learnSlots - 1)
}

// learnUnit is the width of the first buckets, as a shift of nanoseconds.
const learnUnit = 17

// learnSlot is the bucket of d.
func learnSlot(d time.Duration) int {
	u := uint64(max(d, 0)) >> learnUnit
	shift := max(bits.Len64(u)-4, 0)
	return min(shift*8+int(u>>shift), learnSlots-1)
}

// learnEnd is where bucket i ends.
func learnEnd(i int) time.Duration {
	shift := 0
	if i >= 16 {
		shift = i/8 - 1
	}
	return time.Duration(uint64(i-shift*8+1) << shift << learnUnit)
}
