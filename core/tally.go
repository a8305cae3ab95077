package core

import (
	"math/bits"
	"sync/atomic"
)

// A Tally counts what happened to the thing it hangs on. The hot path adds,
// core/meter reads.
type Tally struct {
	Requests, TokensIn, TokensCached, TokensOut atomic.Uint64
	Cost                                        atomic.Uint64 // nanodollars

	Faults   [NumCodes]atomic.Uint64 // by Code
	Inflight atomic.Int64

	Upstream Histogram // last request byte sent → reply head
	TTFT     Histogram // head complete → first reply body byte handed to the client, streams only
	Gap      Histogram // between reads of a stream
	Total    Histogram // head complete → last byte handed to the kernel
}

// Histogram buckets: four to an octave, from 256 ns to 137 s. Bucket i counts
// values up to Bound(i); the last one counts everything above.
const (
	histFirst   = 8  // 2^8 ns
	histLast    = 37 // 2^37 ns
	HistBuckets = (histLast-histFirst)*4 + 1
)

// A Histogram counts durations in nanoseconds. Add is one atomic add on each of
// two words; many goroutines may call it.
type Histogram struct {
	counts [HistBuckets]atomic.Uint64
	sum    atomic.Uint64
}

// Add counts one duration. Negative durations count as zero.
func (h *Histogram) Add(nanos int64) {
	if nanos < 0 {
		nanos = 0
	}
	h.counts[bucket(uint64(nanos))].Add(1)
	h.sum.Add(uint64(nanos))
}

// bucket is the smallest i with n <= Bound(i).
func bucket(n uint64) int {
	if n <= 1<<histFirst {
		return 0
	}
	n--
	top := bits.Len64(n) - 1 // 2^top <= n < 2^(top+1)
	i := (top-histFirst)*4 + int(n>>(top-2)&3) + 1
	return min(i, HistBuckets-1)
}

// Bound is the inclusive upper bound of bucket i in nanoseconds.
func Bound(i int) uint64 {
	if i == 0 {
		return 1 << histFirst
	}
	i--
	octave := uint64(1) << (histFirst + i/4)
	return octave + octave/4*uint64(i%4+1)
}

// Read copies the counts into dst and returns their number and the sum in
// nanoseconds. A concurrent Add may be in one and not in the other.
func (h *Histogram) Read(dst *[HistBuckets]uint64) (n, sum uint64) {
	for i := range h.counts {
		dst[i] = h.counts[i].Load()
		n += dst[i]
	}
	return n, h.sum.Load()
}
