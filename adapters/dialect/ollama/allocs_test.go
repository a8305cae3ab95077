//go:build !race

package ollama

import (
	"testing"

	"asbru/core"
)

// Translating must not allocate once the forms have their memory, from Ollama to itself
// and from another format.
func TestAllocations(t *testing.T) {
	form, reply, x := core.NewChat(), core.NewCompletion(), core.NewCrossing()
	dst := make([]byte, 0, 16<<10)
	events := make([]core.Event, 0, 16)
	stream := frames(sampleEvents)
	send := &core.Send{Model: []byte("qwen3:4b"), Stream: true}
	var st core.StreamState
	f := func(name string, run func()) {
		t.Helper()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for _, from := range []*core.Dialect{API, nil} {
		f("request", func() {
			form.Reset()
			if f := chat.ParseRequest(form, sample); f != nil {
				t.Fatal(f)
			}
			if form.From = from; from == nil {
				form.More = 0 // what it names is noted by name
			}
			if _, f := chat.AppendRequest(dst, form, send); f != nil {
				t.Fatal(f)
			}
		})
		f("reply", func() {
			reply.Reset()
			if err := chat.ParseReply(reply, sampleReply); err != nil {
				t.Fatal(err)
			}
			reply.From = from
			chat.AppendReply(dst, reply, nil)
		})
		f("stream", func() {
			x.Reset()
			x.From = from
			if _, _, err := play(x, events, dst, stream); err != nil {
				t.Fatal(err)
			}
		})
	}
	f("scan", func() {
		for _, d := range stream {
			API.ReadEvent(d, &st)
		}
	})
	var u core.Usage
	f("usage", func() { API.ReadUsage(sampleReply, &u) })
}
