//go:build !race

package guard

import "testing"

func TestAllocates(t *testing.T) {
	g := newGuard()
	a, b := NewForm(), NewForm()
	if n := testing.AllocsPerRun(100, func() {
		g.Read(a, "What's the best way to merge 2 sorted lists in C++ without using “std::merge”, please?")
		g.Read(b, "How do I merge two sorted lists in C# with recursion? Doesn't it cost $5?")
		g.Compare(a, b)
		a.Key()
	}); n != 0 {
		t.Errorf("reading and comparing texts allocates %v times", n)
	}
}
