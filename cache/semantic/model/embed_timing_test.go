package model

import "testing"

func BenchmarkEmbed(b *testing.B) {
	m := load(b)
	var v [Dims]float32
	for b.Loop() {
		m.Embed("What is the best way to merge two sorted arrays in JavaScript without recursion?", &v)
	}
}
