package route

import (
	"testing"
	"time"

	"asbru/core"
)

// BenchmarkStrategies: a pick among 100 targets, by the real clock.
func BenchmarkStrategies(b *testing.B) {
	for _, how := range []Strategy{Weighted, RoundRobin, LeastInFlight, LeastLatency, LeastTTFT, Cheapest, Fastest, Adaptive} {
		b.Run(string(how), func(b *testing.B) {
			bed, names := crowd(100)
			bed.book = NewBook(bed.snap.Targets, Options{})
			r := bed.compile(Spec{Strategy: how, Balanced: 100, Prices: make([]float64, 100)}, names...)
			x := bed.exchange("m")
			for range 1000 {
				bed.run(bed.exchange("m"), r, always(answer{status: 200, took: time.Millisecond, out: 10}))
			}
			for b.Loop() {
				if t, _ := r.Pick(x, nil); t == nil {
					b.Fatal("nothing picked")
				}
			}
		})
	}
}

// BenchmarkNote: what a good answer costs.
func BenchmarkNote(b *testing.B) {
	bed := newBed("a/x")
	bed.keyed(1, "a/x")
	r, x := bed.compile(Spec{}, "a/x"), bed.exchange("m")
	x.Begin(bed.targets["a/x"], bed.targets["a/x"].Keys[0])
	a := &x.Attempts()[0]
	a.Status, a.Phase, a.At, a.Began = 200, core.PhaseComplete, bed.now.Load(), bed.now.Load()
	for b.Loop() {
		r.Note(x, a)
	}
}
