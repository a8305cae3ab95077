package audit

import (
	"bytes"
	"testing"
)

func BenchmarkAppendCall(b *testing.B) {
	x, buf := exchange(), make([]byte, 0, MaxCall)
	for b.Loop() {
		buf = packed(buf[:0], x, 200, 1, 1)
	}
}

func BenchmarkVerifyLine(b *testing.B) {
	c, v := &Chain{Key: key()}, NewVerifier(public())
	call, err := ParseCall(packed(nil, exchange(), 200, 1, 1))
	if err != nil {
		b.Fatal(err)
	}
	lines := [][]byte{bytes.TrimSpace(c.Checkpoint(nil, 0, 0))}
	for range 999 {
		lines = append(lines, bytes.TrimSpace(c.Call(nil, &Place{}, &call)))
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
