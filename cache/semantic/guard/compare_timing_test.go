package guard

import "testing"

func BenchmarkGuard(b *testing.B) {
	g := newGuard()
	x, y := NewForm(), NewForm()
	g.Read(y, "What is the best way to merge two sorted arrays in JavaScript?")
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			g.Read(x, "How do I merge two sorted arrays in JavaScript without recursion?")
		}
	})
	b.Run("compare", func(b *testing.B) {
		for b.Loop() {
			g.Compare(x, y)
		}
	})
}
