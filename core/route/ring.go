package route

import (
	"math/bits"
	"sync/atomic"
)

// A ring deals numbers by weight. One counter is the only thing that changes.
//
// The numbers own consecutive ranges of a circle of total places, as wide as their
// weights. Each turn moves on by step, which is coprime to total: total turns
// visit every place once, so the shares of a full cycle are exact, and because
// step is near the golden ratio of total the numbers are well mixed within it.
type ring struct {
	ends  []uint64 // ends[i] is where the range of i ends; weights over their gcd
	total uint64   // ends' last; below 2^32, so that place*step cannot overflow
	step  uint64

	_    [64]byte // the counters are written by every core, the rest only read
	turn atomic.Uint64
	spin atomic.Uint64
	_    [48]byte
}

// MaxWeight bounds a weight, so that a ring's total stays below 2^32 for up to 4,294
// numbers. Larger weights count as MaxWeight.
const MaxWeight = 1_000_000

// set gives the ring its weights, of which one is above 0. A number of weight 0 is never dealt.
func (r *ring) set(weights []int) {
	var div uint64
	for _, n := range weights {
		div = gcd(uint64(min(n, MaxWeight)), div)
	}
	r.ends, r.total = make([]uint64, len(weights)), 0
	for i, n := range weights {
		r.total += uint64(min(n, MaxWeight)) / div
		r.ends[i] = r.total
	}
	r.step = max(1, r.total*618/1000)
	for gcd(r.step, r.total) != 1 {
		r.step++
	}
}

// deal deals the next number of the cycle.
func (r *ring) deal() int {
	if len(r.ends) == 1 {
		return 0
	}
	place := (r.turn.Add(1) - 1) % r.total * r.step % r.total
	lo, hi := 0, len(r.ends)-1
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); place < r.ends[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// golden is 2^64 divided by the golden ratio.
const golden = 0x9E3779B97F4A7C15

// among deals, by weight, one of the numbers that ok says yes to; -1 when there is
// none. It leaves the cycle of deal as it is. ok has to keep to its word.
func (r *ring) among(ok func(int) bool) int {
	left := uint64(0)
	for i := range r.ends {
		if ok(i) {
			left += r.width(i)
		}
	}
	if left == 0 {
		return -1
	}
	place, _ := bits.Mul64(r.spin.Add(1)*golden, left)
	last := -1
	for i := range r.ends {
		if !ok(i) {
			continue
		}
		last = i
		n := r.width(i)
		if place < n {
			return i
		}
		place -= n
	}
	return last // what ok said has changed meanwhile
}

func (r *ring) width(i int) uint64 {
	if i == 0 {
		return r.ends[0]
	}
	return r.ends[i] - r.ends[i-1]
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
