package loadgen

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBucketAndBoundsAgree(t *testing.T) {
	f := func(v int64) {
		t.Helper()
		low, width := bounds(bucket(v))
		if v < low || v >= low+width {
			t.Errorf("%d falls into bucket [%d, %d)", v, low, low+width)
		}
		if v > 2<<subBits && float64(width)/float64(low) > 1.0/(1<<subBits) {
			t.Errorf("bucket of %d is %d wide", v, width)
		}
	}
	for v := int64(0); v < 5000; v++ {
		f(v)
	}
	for shift := range topBits {
		for _, d := range []int64{-1, 0, 1} {
			f(max(1<<shift+d, 0))
		}
	}
	if got := bucket(math.MaxInt64); got != nBuckets-1 {
		t.Errorf("the largest value falls into bucket %d of %d", got, nBuckets)
	}
}

func TestQuantiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var a, b, whole histogram
	var all []int64
	for i := range 20_000 {
		v := int64(math.Exp(r.Float64()*14) * 100)
		all = append(all, v)
		whole.add(v)
		if i%2 == 0 {
			a.add(v)
		} else {
			b.add(v)
		}
	}
	slices.Sort(all)
	a.merge(&b)
	if a != whole {
		t.Error("two merged halves differ from the whole")
	}
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999} {
		want := float64(all[int(q*float64(len(all)))])
		if got := a.quantile(q); math.Abs(got/want-1) > 0.01 {
			t.Errorf("quantile %g is %.0f, want about %.0f", q, got, want)
		}
	}
	if got := a.quantile(1); got != float64(all[len(all)-1]) {
		t.Errorf("quantile 1 is %.0f, want the largest value %d", got, all[len(all)-1])
	}
	a = histogram{}
	if a.quantile(0.5) != 0 || a.mean() != 0 {
		t.Error("an empty histogram has a median or mean")
	}
}
