package route

import (
	"math/bits"
	"sync/atomic"

	"asbru/core"
)

// A wheel deals keys by weight. One counter is the only thing that changes.
//
// The keys own consecutive ranges of a circle of total places, as wide as their
// weights. Each turn moves on by step, which is coprime to total: total turns
// visit every place once, so the shares of a full cycle are exact, and because
// step is near the golden ratio of total the keys are well mixed within it.
type wheel struct {
	keys  []*core.ProviderKey
	ends  []uint64 // ends[i] is where the range of keys[i] ends; weights over their gcd
	total uint64   // ends' last; below 2^32, so that place*step cannot overflow
	step  uint64

	_    [64]byte // the counters are written by every core, the rest only read
	turn atomic.Uint64
	spin atomic.Uint64
	_    [48]byte
}

// MaxWeight bounds a key's weight, so that a wheel's total stays below 2^32
// for up to 4,294 keys. Larger weights count as MaxWeight.
const MaxWeight = 1_000_000

// newWheel returns nil when no key has a weight.
func newWheel(keys []*core.ProviderKey) *wheel {
	w := &wheel{}
	var div uint64
	for _, k := range keys {
		if k.Weight > 0 {
			div = gcd(uint64(min(k.Weight, MaxWeight)), div)
		}
	}
	for _, k := range keys {
		if k.Weight > 0 {
			w.total += uint64(min(k.Weight, MaxWeight)) / div
			w.keys = append(w.keys, k)
			w.ends = append(w.ends, w.total)
		}
	}
	if len(w.keys) == 0 {
		return nil
	}
	w.step = max(1, w.total*618/1000)
	for gcd(w.step, w.total) != 1 {
		w.step++
	}
	return w
}

// next deals the next key of the cycle.
func (w *wheel) next() *core.ProviderKey {
	if len(w.keys) == 1 {
		return w.keys[0]
	}
	place := (w.turn.Add(1) - 1) % w.total * w.step % w.total
	lo, hi := 0, len(w.ends)-1
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); place < w.ends[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return w.keys[lo]
}

// golden is 2^64 divided by the golden ratio.
const golden = 0x9E3779B97F4A7C15

// other deals, by weight, one of the keys that are not among tried; nil when
// there is none. It leaves the cycle of next as it is.
func (w *wheel) other(tried []core.Attempt) *core.ProviderKey {
	left := uint64(0)
	for i, k := range w.keys {
		if !used(k, tried) {
			left += w.width(i)
		}
	}
	if left == 0 {
		return nil
	}
	place, _ := bits.Mul64(w.spin.Add(1)*golden, left)
	for i, k := range w.keys {
		if used(k, tried) {
			continue
		}
		if n := w.width(i); place >= n {
			place -= n
			continue
		}
		return k
	}
	return nil // not reached: place < left
}

func (w *wheel) width(i int) uint64 {
	if i == 0 {
		return w.ends[0]
	}
	return w.ends[i] - w.ends[i-1]
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
