package semantic

import (
	"sort"
	"testing"
	"time"
)

func BenchmarkLook(b *testing.B) {
	x := open(b, Options{})
	sp := spaceOf("a")
	fill(x, sp, 10000)
	f := func(name, text string, how How) {
		b.Run(name, func(b *testing.B) {
			ask := []byte(text)
			took := make([]time.Duration, 0, 1<<20)
			b.ReportAllocs()
			for b.Loop() {
				at := time.Now()
				x.Look(sp, ask, how)
				if len(took) < cap(took) {
					took = append(took, time.Since(at))
				}
			}
			sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
	f("canonical", "What is the best way to install a web server in Lisbon for 2 dollars?", How{})
	f("semantic", "How do I install a web servr in Lisbon for 2 dollars?", How{})
	f("miss", "What do penguins eat in the winter months?", How{})
	f("relaxed", "How do I install a web server in Madrid for 2 dollars?", How{Mode: Relaxed})
}
