//go:build !race

package anthropic

import (
	"testing"

	"asbru/core"
)

// Translated requests and the events of streams do not allocate once the forms have grown.
func TestAllocations(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	codec := API.Chats[core.OpChat]
	dst := make([]byte, 0, 1<<16)
	body := request(1500)
	c := core.NewChat()
	own := &core.Send{Model: []byte("claude-sonnet-4-5"), Stream: true, Face: &core.Face{}}
	var fault *core.Fault
	hot, high := []byte("1.7"), core.Text("high")
	f("request of this family", func() {
		c.Reset()
		codec.ParseRequest(c, body)
		dst, fault = codec.AppendRequest(dst[:0], c, own)
	})
	f("request of another", func() {
		c.Reset()
		codec.ParseRequest(c, body)
		c.From = nil
		c.Effort, c.Shape = high, 0
		dst, fault = codec.AppendRequest(dst[:0], c, own)
		c.Effort, c.Temperature = nil, hot
		dst, fault = codec.AppendRequest(dst[:0], c, own)
	})
	if fault != nil {
		t.Error(fault.Message)
	}
	x, y := core.NewCrossing(), core.NewCrossing()
	ev := make([]core.Event, 0, 16)
	frames := stream()
	f("stream of this family", func() {
		x.Reset()
		x.From = API
		for _, data := range frames {
			ev, _ = codec.ParseEvent(ev[:0], x, nil, data)
			for i := range ev {
				dst = codec.AppendEvent(dst[:0], x, &ev[i])
			}
		}
	})
	f("stream of another", func() {
		y.Reset()
		for _, data := range frames {
			ev, _ = codec.ParseEvent(ev[:0], y, nil, data)
			for i := range ev {
				dst = codec.AppendEvent(dst[:0], y, &ev[i])
			}
		}
	})
	var st core.StreamState
	f("scan", func() {
		for _, data := range frames {
			readEvent(data, &st)
		}
	})
	r := core.NewCompletion()
	reply := []byte(`{"id":"a","model":"m","content":[{"type":"text","text":"b"},{"type":"tool_use","id":"a","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}`)
	f("reply", func() {
		r.Reset()
		codec.ParseReply(r, reply)
		dst = codec.AppendReply(dst[:0], r, x)
		r.From = nil
		dst = codec.AppendReply(dst[:0], r, x)
	})
	if !x.Ended || !y.W.Done || !st.Done || len(r.Choices) != 1 {
		t.Errorf("the calls did nothing: %+v", st)
	}
}
