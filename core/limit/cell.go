package limit

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A Rate allows a number of units per period. Up to Burst units may come at once; they are
// replenished evenly, so that never more than Burst plus Units come within one Per.
type Rate struct {
	Units int64         // from 1 to MaxUnits
	Per   time.Duration // from MinPer to MaxPer
	Burst int64         // at most MostBurst times Units; 0: Units
}

func (r Rate) burst() int64 {
	if r.Burst > 0 {
		return r.Burst
	}
	return r.Units
}

// takes is how long n units take to be replenished, rounded up.
func (r Rate) takes(n int64) int64 {
	if n <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), uint64(r.Per))
	lo, carry := bits.Add64(lo, uint64(r.Units)-1, 0)
	if hi += carry; hi >= uint64(r.Units) {
		return never
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Units))
	return int64(min(q, never))
}

// comes is how many units are replenished in a number of nanoseconds, rounded down.
func (r Rate) comes(nanos int64) int64 {
	if nanos <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(nanos), uint64(r.Units))
	if hi >= uint64(r.Per) {
		return MaxUnits
	}
	q, _ := bits.Div64(hi, lo, uint64(r.Per))
	return int64(min(q, MaxUnits))
}

// never is longer than any process runs, and far from overflowing.
const never = 1 << 61

// A Cell is the state of one Rate: the moment at which it will be fully replenished (GCRA).
// The zero Cell is full. Many goroutines may use it; none blocks.
type Cell struct{ back atomic.Int64 }

// Take takes n units at the moment now, all or none of them. wait is 0 if it succeeded, else after
// how long it could, or never if n is more than the Rate can ever hold.
func (c *Cell) Take(r Rate, n, now int64) (wait int64) {
	if n > r.burst() {
		return never
	}
	return c.take(r.takes(n), r.takes(r.burst()), now)
}

// take takes what cost nanoseconds replenish, where most replenish all.
func (c *Cell) take(cost, most, now int64) (wait int64) {
	for {
		old := c.back.Load()
		next := max(old, now) + cost
		if over := next - now - most; over > 0 {
			return over
		}
		if c.back.CompareAndSwap(old, next) {
			return 0
		}
	}
}

// Correct takes n more units, or gives back -n of them, whatever the Rate allows, as they have
// been used already. Units given back after they would have been replenished anyway count for
// nothing.
func (c *Cell) Correct(r Rate, n, now int64) {
	if n < 0 {
		c.back.Add(-r.takes(-n))
		return
	}
	cost := r.takes(n)
	for n > 0 {
		old := c.back.Load()
		if c.back.CompareAndSwap(old, min(max(old, now)+cost, never)) {
			return
		}
	}
}

// convert keeps the number of units taken when the Rate changes, so that raising a limit takes
// effect at once.
func (c *Cell) convert(from, to Rate, now int64) {
	old := c.back.Load()
	if old > now && from.Units > 0 {
		hi, lo := bits.Mul64(uint64(old-now), uint64(from.Units)) // Per is the same
		if hi >= uint64(to.Units) {
			return
		}
		rest, _ := bits.Div64(hi, lo, uint64(to.Units))
		c.back.CompareAndSwap(old, now+int64(min(rest+1, never))) // if it fails the cell was just used, and the error is small
	}
}

// Left is how many units can be taken now, and after how long all can.
func (c *Cell) Left(r Rate, now int64) (units, full int64) {
	full = max(c.back.Load()-now, 0)
	return max(r.comes(r.takes(r.burst())-full), 0), full
}

// A Crowd counts requests under way. The zero Crowd is empty.
type Crowd struct{ in atomic.Int64 }

// Enter counts one more in, unless most are in already.
func (c *Crowd) Enter(most int64) bool {
	for {
		n := c.in.Load()
		if n >= most {
			return false
		}
		if c.in.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Leave counts one out that has entered.
func (c *Crowd) Leave() {
	if c.in.Add(-1) < 0 {
		panic("BUG: somebody left a crowd that nobody had entered")
	}
}

// In is how many are in.
func (c *Crowd) In() int64 { return c.in.Load() }
