package near

import "testing"

func BenchmarkDot(b *testing.B) {
	var x, y [Dims]int8
	for i := range x {
		x[i], y[i] = int8(i), int8(-i)
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			dotPlain(&x, &y)
		}
	})
	b.Run("chosen", func(b *testing.B) {
		for b.Loop() {
			dot(&x[0], &y[0])
		}
	})
}
