package loadgen

import (
	"math"
	"slices"
	"testing"
	"time"
)

// moments lays out one second of n lanes.
func moments(p pace, lanes int) (all []int64) {
	for lane := range lanes {
		a := newArrivals(p, 1000, time.Second, lane, lanes)
		for at, ok := a.next(); ok; at, ok = a.next() {
			all = append(all, at-1000)
		}
	}
	slices.Sort(all)
	return all
}

func TestEvenArrivals(t *testing.T) {
	f := func(rate float64, lanes, want int) {
		t.Helper()
		got := moments(pace{rate: rate}, lanes)
		if len(got) != want {
			t.Errorf("%g a second on %d lanes: %d requests, want %d", rate, lanes, len(got), want)
		}
		for i, at := range got {
			if math.Abs(float64(at)-float64(i)*1e9/rate) > 1 {
				t.Fatalf("request %d is due at %d, want %.0f", i, at, float64(i)*1e9/rate)
			}
		}
	}
	f(1, 1, 1)
	f(3, 1, 3)
	f(5000, 1, 5000)
	f(5000, 3, 5000)
	f(7, 16, 7)
}

func TestPoissonArrivals(t *testing.T) {
	p := pace{rate: 5000, poisson: true, seed: 7}
	got := moments(p, 2)
	if n := len(got); n < 4600 || n > 5400 {
		t.Errorf("%d requests, want about 5000", n)
	}
	var sum, squares float64
	for i := 1; i < len(got); i++ {
		gap := float64(got[i] - got[i-1])
		sum += gap
		squares += gap * gap
	}
	n := float64(len(got) - 1)
	mean := sum / n
	if spread := math.Sqrt(squares/n-mean*mean) / mean; spread < 0.9 || spread > 1.1 {
		t.Errorf("gaps vary by %.2f of their mean, exponential ones by 1", spread)
	}
	if !slices.Equal(got, moments(p, 2)) {
		t.Error("the same seed gave other arrivals")
	}
	p.seed++
	if slices.Equal(got, moments(p, 2)) {
		t.Error("another seed gave the same arrivals")
	}
}

func TestBacklog(t *testing.T) {
	var b backlog
	next, want := int64(0), int64(0)
	for range 3 { // in and out, so that the ring wraps while it grows
		for range maxBacklog * 2 / 3 {
			if b.push(next) {
				next++
			}
		}
		for range maxBacklog / 2 {
			if at, ok := b.pop(); !ok || at != want {
				t.Fatalf("popped %d %v, want %d", at, ok, want)
			}
			want++
		}
	}
	for b.push(next) {
		next++
	}
	if b.n != maxBacklog || next-want != maxBacklog {
		t.Errorf("%d moments wait, want the bound %d", b.n, maxBacklog)
	}
}
