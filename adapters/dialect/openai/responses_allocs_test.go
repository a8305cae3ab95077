//go:build !race

package openai

import (
	"testing"

	"asbru/core"
)

// Translated requests and events do not allocate once the forms have grown.
func TestResponsesAllocations(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	body := []byte(typicalAsk)
	c := core.NewChat()
	dst := make([]byte, 0, 1<<16)
	send := &core.Send{Model: []byte("m"), Face: &core.Face{}, Stream: true}
	f("request", func() {
		c.Reset()
		if fault := parseAsk(c, body); fault != nil {
			t.Fatal(fault)
		}
		dst, _ = appendAsk(dst[:0], c, send)
	})
	f("request of another family", func() {
		c.Reset()
		parseAsk(c, body)
		c.From, c.More = nil, 0
		var fault *core.Fault
		if dst, fault = appendAsk(dst[:0], c, send); fault != nil {
			t.Fatal(fault)
		}
	})
	x := core.NewCrossing()
	var events [][]byte
	for _, data := range typicalStream {
		events = append(events, []byte(data))
	}
	ev := make([]core.Event, 0, 8)
	f("stream", func() {
		x.Reset()
		for _, data := range events {
			ev, _ = parseResponsesEvent(ev[:0], x, nil, data)
			for i := range ev {
				dst = appendResponsesEvent(dst[:0], x, &ev[i])
			}
		}
	})
	if !x.Ended || len(dst) == 0 {
		t.Error("the calls did nothing")
	}
	var st core.StreamState
	f("read event", func() { readEvent(events[3], &st) })
}
