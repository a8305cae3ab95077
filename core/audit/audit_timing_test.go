package audit

import "testing"

func BenchmarkAppendCall(b *testing.B) {
	x, buf := exchange(), make([]byte, 0, MaxCall)
	for b.Loop() {
		buf = AppendCall(buf[:0], x, 200, 1, 1)
	}
}
