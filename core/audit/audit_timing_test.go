package audit

import "testing"

func BenchmarkAppendCall(b *testing.B) {
	x, buf := exchange(), make([]byte, 0, MaxCall)
	for b.Loop() {
		buf = AppendCall(buf[:0], x, 200, 1, 1)
	}
}

func BenchmarkVerifyLine(b *testing.B) {
	lines, v := trail(1000), NewVerifier(public())
	for i := range lines {
		lines[i] = lines[i][:len(lines[i])-1]
	}
	i := 0
	for b.Loop() {
		if i == len(lines) {
			v, i = NewVerifier(public()), 0
		}
		if err := v.Line(lines[i]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
