//go:build !race

package bedrock

import (
	"testing"

	"asbru/core"
)

func TestNothingAllocated(t *testing.T) {
	d := dialect()
	free := func(what string, f func()) {
		t.Helper()
		f()
		f()
		if n := testing.AllocsPerRun(50, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", what, n)
		}
	}
	buf := make([]byte, 0, 16<<10)
	chat, request := core.NewChat(), []byte(bench)
	for _, from := range []*core.Dialect{d, nil} {
		send := &core.Send{Model: []byte("us.anthropic.claude-sonnet-4-5-20250929-v1:0")}
		free("a request", func() {
			chat.Reset()
			chat.From = from
			if f := parseRequest(chat, request); f != nil {
				t.Fatal(f.Message)
			}
			if _, f := appendRequest(buf, chat, send); f != nil {
				t.Fatal(f.Message)
			}
		})
	}
	r := core.NewCompletion()
	body := []byte(`{"output":{"message":{"role":"assistant","content":[{"text":"hi"},{"toolUse":{"toolUseId":"a","name":"b","input":{}}}]}},` +
		`"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":5}}`)
	free("a reply", func() {
		r.Reset()
		if parseReply(r, body) != nil || len(appendReply(buf, r, nil)) == 0 {
			t.Fatal("no reply")
		}
	})
	messages := stream(t)
	ev := make([]core.Event, 0, 16)
	x := core.NewCrossing()
	free("a stream", func() {
		x.Reset()
		for _, m := range messages {
			var err error
			if ev, err = parseEvent(ev[:0], x, m.Type, m.Payload); err != nil {
				t.Fatal(err)
			}
			for i := range ev {
				appendEvent(buf, x, &ev[i])
			}
		}
	})
	free("a scanned stream", func() {
		var st core.StreamState
		for _, m := range messages {
			readEvent(m.Payload, &st)
		}
		readEvent(chunkPayload, &st)
	})
	codec := d.Chats[core.OpInvoke]
	event := core.Event{Kind: core.EventOther, Name: []byte("message_stop"), Raw: []byte(`{"type":"message_stop"}`)}
	free("a chunk", func() {
		if len(codec.AppendEvent(buf, x, &event)) == 0 {
			t.Fatal("no chunk")
		}
	})
}
