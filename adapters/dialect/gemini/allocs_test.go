//go:build !race

package gemini

import (
	"testing"

	"asbru/core"
)

// What passes must cost no allocation once the forms have grown.
func TestAllocations(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	var p core.Peek
	c, dst := core.NewChat(), make([]byte, 0, 1<<16)
	s := &core.Send{Model: []byte("gemini-3-pro")}
	f("peek", func() { peek(ask, core.OpChat, &p) })
	f("request", func() {
		c.Reset()
		parseRequest(c, ask)
		dst, _ = appendRequest(dst[:0], c, s)
	})
	f("request of another", func() {
		c.Reset()
		parseRequest(c, ask)
		foreign(c)
		dst, _ = appendRequest(dst[:0], c, s)
	})
	x, ev := core.NewCrossing(), make([]core.Event, 0, 64)
	stream := [][]byte{[]byte(chunk), []byte(chunk),
		[]byte(`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"b"}},"thoughtSignature":"abcd"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}`), nil}
	f("stream", func() {
		x.Reset()
		x.From = &other
		dst = dst[:0]
		for _, data := range stream {
			ev, _ = parseEvent(ev[:0], x, nil, data)
			for i := range ev {
				dst = appendEvent(dst, x, &ev[i])
			}
		}
	})
	if !x.Ended || len(dst) < 500 {
		t.Errorf("the calls did nothing: %s", dst)
	}
	var st core.StreamState
	f("read event", func() { readEvent(stream[2], &st) })
	r := core.NewCompletion()
	f("reply", func() {
		r.Reset()
		if err := parseReply(r, stream[2]); err != nil {
			t.Fatal(err)
		}
		r.From = &other
		dst = appendReply(dst[:0], r, x)
	})
}
