package mock

import (
	"strings"
	"testing"
)

func BenchmarkUnary(b *testing.B) {
	srv, err := newServer(Options{ReplyBytes: 1500})
	if err != nil {
		b.Fatal(err)
	}
	raw := []byte(request("/v1/chat/completions", `{"model":"m","messages":[{"content":"`+strings.Repeat("lorem ipsum ", 118)+`"}]}`))
	s, w := &session{srv: srv}, &work{now: 1}
	b.ReportAllocs()
	for b.Loop() {
		w.in, w.out = raw, w.out[:0]
		s.advance(w)
	}
}

func BenchmarkStream(b *testing.B) {
	srv, err := newServer(Options{Tokens: 100})
	if err != nil {
		b.Fatal(err)
	}
	raw := []byte(chat("m", true))
	s, w := &session{srv: srv}, &work{now: 1}
	b.ReportAllocs()
	for b.Loop() {
		w.in, w.out = raw, w.out[:0]
		s.advance(w)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/chunk")
}
