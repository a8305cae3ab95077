//go:build !race

package audit

import "testing"

func TestACallAllocatesNothing(t *testing.T) {
	x, buf := exchange(), make([]byte, 0, MaxCall)
	if n := testing.AllocsPerRun(1000, func() { buf = packed(buf[:0], x, 200, 1, 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	x = largest()
	if n := testing.AllocsPerRun(100, func() { buf = packed(buf[:0], x, 200, 1, 1) }); n != 0 {
		t.Errorf("%v allocations for the largest", n)
	}
}
