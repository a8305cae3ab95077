package loadgen

import "math/bits"

const (
	subBits  = 10 // 1,024 buckets a power of two: a bucket is at most 0.1 % wide
	topBits  = 42 // values above 2^42 ns, 73 minutes, fall into the last bucket
	nBuckets = (topBits - subBits + 1) << subBits
)

// histogram counts nanoseconds in log-linear buckets. The zero value is empty
// and takes 132 KiB. It is not safe for concurrent use; recording allocates nothing.
type histogram struct {
	counts   [nBuckets]uint32
	n        uint64
	sum      uint64
	min, max int64
}

// bucket is the index of a value: exact below 1,024, then 1,024 steps for each
// power of two.
func bucket(v int64) int {
	if v < 1<<subBits {
		return int(max(v, 0))
	}
	shift := bits.Len64(uint64(v)) - subBits - 1
	return min(shift<<subBits+int(v>>shift), nBuckets-1)
}

// bounds is the inverse of bucket: values of bucket i lie in [low, low+width).
func bounds(i int) (low, width int64) {
	if i < 2<<subBits {
		return int64(i), 1
	}
	shift := i>>subBits - 1
	return int64(i-shift<<subBits) << shift, 1 << shift
}

// add counts one value; a negative one counts as zero.
func (h *histogram) add(v int64) {
	v = max(v, 0)
	h.counts[bucket(v)]++
	if h.n == 0 || v < h.min {
		h.min = v
	}
	h.max = max(h.max, v)
	h.n++
	h.sum += uint64(v)
}

// merge adds all values of o.
func (h *histogram) merge(o *histogram) {
	if o.n == 0 {
		return
	}
	for i, c := range o.counts {
		if c != 0 {
			h.counts[i] += c
		}
	}
	if h.n == 0 || o.min < h.min {
		h.min = o.min
	}
	h.max = max(h.max, o.max)
	h.n += o.n
	h.sum += o.sum
}

// mean is in nanoseconds, 0 when empty.
func (h *histogram) mean() float64 {
	if h.n == 0 {
		return 0
	}
	return float64(h.sum) / float64(h.n)
}

// quantile is the value below which a share q of the values lies, in
// nanoseconds, interpolated inside its bucket; 0 when empty.
func (h *histogram) quantile(q float64) float64 {
	if h.n == 0 {
		return 0
	}
	rank := min(max(q, 0), 1) * float64(h.n)
	seen := 0.0
	for i, c := range h.counts {
		if c == 0 {
			continue
		}
		if seen+float64(c) >= rank {
			low, width := bounds(i)
			v := float64(low) + float64(width)*(rank-seen)/float64(c)
			return min(max(v, float64(h.min)), float64(h.max))
		}
		seen += float64(c)
	}
	return float64(h.max)
}
