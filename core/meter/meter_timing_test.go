package meter

import (
	"io"
	"testing"

	"asbru/core"
)

func BenchmarkLine(b *testing.B) {
	var l liner
	buf, r := make([]byte, 0, 4<<10), full()
	b.ReportAllocs()
	for b.Loop() {
		buf = l.append(buf[:0], r)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkScrape(b *testing.B) {
	for _, c := range []struct {
		name string
		snap *core.Snapshot
	}{{"3", small().Snapshot()}, {"500", crowd(500)}, {"100000", crowd(100_000)}} {
		b.Run(c.name, func(b *testing.B) {
			m := New(Sources{Snapshot: func() *core.Snapshot { return c.snap }})
			for b.Loop() {
				m.writeOwn(io.Discard)
			}
		})
	}
}
