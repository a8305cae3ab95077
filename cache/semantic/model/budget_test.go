//go:build !race

package model

import "testing"

func TestEmbedAllocates(t *testing.T) {
	m := load(t)
	var v [Dims]float32
	if n := testing.AllocsPerRun(100, func() { m.Embed("How do I merge two sorted arrays in JavaScript?", &v) }); n != 0 {
		t.Errorf("Embed allocates %v times", n)
	}
	word := []byte("kubernetes")
	if n := testing.AllocsPerRun(100, func() { m.Known(word) }); n != 0 {
		t.Errorf("Known allocates %v times", n)
	}
}
