package route

import (
	"fmt"
	"testing"
)

func BenchmarkPick(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			y := newYard("a/x")
			weights := make([]int, n)
			for i := range weights {
				weights[i] = i + 1
			}
			y.targets["a/x"].Keys = keys(weights...)
			r, x := y.route("a/x"), y.exchange("m")
			for b.Loop() {
				if t, _ := r.Pick(x, nil); t == nil {
					b.Fatal("nothing picked")
				}
			}
		})
	}
}

func BenchmarkPickParallel(b *testing.B) {
	y := newYard("a/x")
	y.targets["a/x"].Keys = keys(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	r := y.route("a/x")
	b.RunParallel(func(pb *testing.PB) {
		x := y.exchange("m")
		for pb.Next() {
			r.Pick(x, nil)
		}
	})
}
