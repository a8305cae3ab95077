package route

import (
	"math"
	"sync/atomic"
	"time"
)

// An average is a mean in which older samples weigh less. Of two concurrent adds one may be
// lost, which an average tolerates. Zero means that nothing is known.
type average struct {
	bits atomic.Uint64 // of a float64
	at   atomic.Int64  // Clock of the last add
}

// add adds the sample v. It weighs more the longer ago, relative to tau, the last one was, so
// that the mean decays with time and not with the number of requests.
func (a *average) add(now int64, v float64, tau time.Duration) {
	last := a.at.Swap(now)
	if last == 0 {
		a.bits.Store(math.Float64bits(v))
		return
	}
	dt := float64(max(now-last, 0)) + float64(time.Microsecond)
	share := dt / (dt + float64(tau))
	old := math.Float64frombits(a.bits.Load())
	a.bits.Store(math.Float64bits(old + (v-old)*share))
}

// get is the mean as it was left.
func (a *average) get() float64 { return math.Float64frombits(a.bits.Load()) }

// fading is the mean, decayed for the time without samples: halved after
// tau, so that one bad answer does not keep a target avoided for ever.
func (a *average) fading(now int64, tau time.Duration) float64 {
	age := max(now-a.at.Load(), 0)
	return a.get() * float64(tau) / (float64(tau) + float64(age))
}

// A tenner counts answers and failures of the last ten seconds. Each bucket is one
// word: its epoch, the answers, the failures.
type tenner [buckets]atomic.Uint64

func (w *tenner) add(now int64, bad bool) {
	epoch := uint64(now/int64(bucketSpan)) & math.MaxUint32
	b := &w[epoch%buckets]
	for {
		old := b.Load()
		next := old
		if old>>32 != epoch {
			next = epoch << 32
		}
		if next>>16&math.MaxUint16 == math.MaxUint16 {
			return // full: the ratio of so many says enough
		}
		next += 1 << 16
		if bad {
			next++
		}
		if b.CompareAndSwap(old, next) {
			return
		}
	}
}

func (w *tenner) sum(now int64) (all, bad int) {
	epoch := uint64(now/int64(bucketSpan)) & math.MaxUint32
	for i := range w {
		v := w[i].Load()
		if age := epoch - v>>32; age < buckets {
			all += int(v >> 16 & math.MaxUint16)
			bad += int(v & math.MaxUint16)
		}
	}
	return all, bad
}

func (w *tenner) forget() {
	for i := range w {
		w[i].Store(0)
	}
}
