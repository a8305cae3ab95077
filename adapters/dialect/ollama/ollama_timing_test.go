package ollama

import (
	"testing"

	"asbru/core"
)

func BenchmarkParseRequest(b *testing.B) {
	form := core.NewChat()
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		form.Reset()
		chat.ParseRequest(form, sample)
	}
}

func BenchmarkAppendRequest(b *testing.B) {
	form := core.NewChat()
	if f := chat.ParseRequest(form, sample); f != nil {
		b.Fatal(f)
	}
	form.From, form.More = nil, 0
	dst := make([]byte, 0, 16<<10)
	send := &core.Send{Model: []byte("qwen3:4b"), Stream: true}
	b.ReportAllocs()
	for b.Loop() {
		chat.AppendRequest(dst, form, send)
	}
}

// BenchmarkStream reads and writes sampleEvents; divide by their number.
func BenchmarkStream(b *testing.B) {
	x := core.NewCrossing()
	ev, dst, stream := make([]core.Event, 0, 16), make([]byte, 0, 16<<10), frames(sampleEvents)
	b.ReportAllocs()
	for b.Loop() {
		x.Reset()
		play(x, ev, dst, stream)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(sampleEvents)), "ns/event")
}

func BenchmarkReadEvent(b *testing.B) {
	var st core.StreamState
	data := []byte(sampleEvents[0])
	b.ReportAllocs()
	for b.Loop() {
		API.ReadEvent(data, &st)
	}
}
