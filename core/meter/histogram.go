package meter

import (
	"strconv"

	"asbru/core"
)

// coarse and fine are the indices of the core.Histogram buckets whose bounds become
// le buckets. The last bucket has no upper bound and is always +Inf.
var coarse, fine = steps(24, 4), steps(0, 1)

// steps returns every by-th bucket from first on, and the last bounded one: coarse is
// 16 µs to 69 s in octaves, then 120 s.
func steps(first, by int) []int {
	const last = core.HistBuckets - 2
	var s []int
	for i := first; i < last; i += by {
		s = append(s, i)
	}
	return append(s, last)
}

// histogram writes the sum of hs as one Prometheus histogram in seconds.
func (p *page) histogram(name, labels string, at []int, hs ...*core.Histogram) {
	var counts, one [core.HistBuckets]uint64
	var n, nanos uint64
	for _, h := range hs {
		m, s := h.Read(&one)
		n, nanos = n+m, nanos+s
		for i := range one {
			counts[i] += one[i]
		}
	}
	var below uint64
	next := 0
	for _, i := range at {
		for ; next <= i; next++ {
			below += counts[next]
		}
		p.bucket(name, labels, core.Bound(i), below)
	}
	p.bucket(name, labels, 0, n)
	p.float(name+"_sum", labels, float64(nanos)/1e9)
	p.uint(name+"_count", labels, n)
}

// bucket writes one cumulative bucket; a bound of 0 stands for +Inf.
func (p *page) bucket(name, labels string, nanos, n uint64) {
	p.b = append(p.b, name...)
	p.b = append(p.b, "_bucket{"...)
	if labels != "" {
		p.b = append(p.b, labels...)
		p.b = append(p.b, ',')
	}
	p.b = append(p.b, `le="`...)
	if nanos == 0 {
		p.b = append(p.b, "+Inf"...)
	} else {
		p.b = seconds(p.b, nanos)
	}
	p.b = append(p.b, `"} `...)
	p.b = append(strconv.AppendUint(p.b, n, 10), '\n')
}

// seconds writes nanos as an exact decimal: a float would turn 2560 ns into
// 2.5600000000000002e-06, a bucket that no query would name.
func seconds(b []byte, nanos uint64) []byte {
	b = strconv.AppendUint(b, nanos/1e9, 10)
	rest := nanos % 1e9
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for unit := uint64(1e8); rest > 0; unit /= 10 {
		b = append(b, byte('0'+rest/unit))
		rest %= unit
	}
	return b
}
