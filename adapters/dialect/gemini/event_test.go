package gemini

import (
	"strings"
	"testing"

	"asbru/core"
)

// lines are what the events of a stream of these frames say.
func lines(t *testing.T, frames ...string) string {
	t.Helper()
	var data [][]byte
	for _, f := range frames {
		data = append(data, []byte(f))
	}
	got, _, _ := cross(t, data, &api, 0)
	return strings.Join(got, "\n")
}

func chunkOf(parts, more string) string {
	return `{"candidates":[{"content":{"parts":[` + parts + `],"role":"model"}` + more + `}],"responseId":"r","modelVersion":"m"}`
}

func TestStreams(t *testing.T) {
	f := func(want string, frames ...string) {
		t.Helper()
		if got := lines(t, frames...); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	const stop = `,"finishReason":"STOP"`
	f("start m r\n0 1 block 7   \n0 delta 7 hm\n0 5 block 7   \n0 1 block 0   \n0 delta 0 abc\n0 5 block 0   \n0 finish 1 STOP\nkind 10",
		chunkOf(`{"text":"hm","thought":true}`, ""), chunkOf(`{"text":"a"}`, ""), chunkOf(`{"text":"b"},{"text":"c"}`, stop))
	id := idMark + "af63ef4c86020cd5" + "_0" // of the answer r
	f("start m r\n0 1 block 5 f "+id+" \n0 sign 5 google S\n0 delta 5 {\\\"a\\\":1}\n0 5 block 5 f "+id+" \n0 1 block 5 g x \n0 delta 5 {}\n0 5 block 5 g x \n0 finish 4 STOP\nkind 10",
		chunkOf(`{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"S"}`, ""), chunkOf(`{"functionCall":{"name":"g","id":"x"}}`, ""), chunkOf(`{"text":""}`, stop))
	f("start m r\n0 1 block 0   \n0 delta 0 a\n0 5 block 0   \n0 1 block 7   \n0 sign 7 google S\n0 5 block 7   \n0 finish 3 MAX_TOKENS\nkind 10",
		chunkOf(`{"text":"a","thoughtSignature":"S"}`, `,"finishReason":"MAX_TOKENS"`))
	f("start m r\n0 1 block 3   audio/L16\n0 delta 3 AA\n0 5 block 3   audio/L16\n0 finish 1 STOP\nkind 10",
		chunkOf(`{"inlineData":{"mimeType":"audio/L16","data":"AA"}}`, stop))
	f("start  \n-1 other promptFeedback {\"blockReason\":\"SAFETY\"}\n0 finish 5 SAFETY\nkind 10", `{"promptFeedback":{"blockReason":"SAFETY"}}`)
	// Two candidates, whose parts alternate.
	f("start  \n0 1 block 0   \n0 delta 0 a\n1 1 block 0   \n1 delta 0 b\n0 delta 0 c\n0 5 block 0   \n0 finish 1 STOP\n1 5 block 0   \n1 finish 1 STOP\nkind 10",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0},{"content":{"parts":[{"text":"b"}]},"index":1}]}`,
		`{"candidates":[{"content":{"parts":[{"text":"c"}]},"finishReason":"STOP"}]}`, `{"candidates":[{"index":1,"finishReason":"STOP"}]}`)
	// A fault ends it; data that is not a frame is ignored.
	f("start m r\n0 1 block 0   \n0 delta 0 a\nkind 9", chunkOf(`{"text":"a"}`, ""), `{"error":{"code":503,"message":"over","status":"UNAVAILABLE"}}`)
}

func TestBadEvents(t *testing.T) {
	for _, data := range []string{`{`, `5`, `null`, `{"a":1} x`, `[]`, `<html>`, `{"candidates":[{"content":{"parts":[{"text":"a`} {
		x := core.NewCrossing()
		if ev, err := parseEvent(nil, x, nil, []byte(data)); err == nil || len(ev) > 0 || x.Started {
			t.Errorf("%q: %v, %v", data, ev, err)
		}
	}
}

// How a stream of another format looks to Google's clients.
func TestStreamsOfAnother(t *testing.T) {
	f := func(flags uint32, want string, run func(x *core.Crossing, say func(e core.Event))) {
		t.Helper()
		x := core.NewCrossing()
		x.From, x.W.Flags = &other, flags
		x.ID, x.Model = []byte("r"), []byte("m")
		var out []byte
		run(x, func(e core.Event) { out = appendEvent(out, x, &e) })
		want = strings.ReplaceAll(want, `$`, `,"modelVersion":"m","responseId":"r"}`)
		if string(out) != want {
			t.Errorf("got\n%s\nwant\n%s", out, want)
		}
	}
	part := func(s string) string {
		return `{"candidates":[{"content":{"parts":[` + s + `],"role":"model"},"index":0}]$`
	}
	const last = `{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7}$`
	whole := func(x *core.Crossing, say func(e core.Event)) {
		say(core.Event{Kind: core.EventStart})
		n := x.Add(core.PartThought, 0, 0)
		say(core.Event{Kind: core.EventOpen, Block: n})
		say(core.Event{Kind: core.EventDelta, Block: n, Text: text("hm")})
		x.Blocks[n].Sign, x.Blocks[n].Vendor = []byte("S"), core.Google
		say(core.Event{Kind: core.EventSign, Block: n})
		say(core.Event{Kind: core.EventClose, Block: n})
		n = x.Add(core.PartCall, 0, 0)
		x.Blocks[n].ID, x.Blocks[n].Name = []byte("c"), []byte("f")
		say(core.Event{Kind: core.EventOpen, Block: n})
		say(core.Event{Kind: core.EventDelta, Block: n, Text: text(`{\"a`)})
		say(core.Event{Kind: core.EventPing})
		say(core.Event{Kind: core.EventDelta, Block: n, Text: text(`\":1}`)})
		say(core.Event{Kind: core.EventClose, Block: n})
		say(core.Event{Kind: core.EventFinish, Finish: core.FinishCalls, Native: text("tool_calls")})
		x.Usage = core.Usage{In: 3, Out: 4, Known: true}
		say(core.Event{Kind: core.EventUsage})
		say(core.Event{Kind: core.EventEnd})
	}
	frames := []string{part(`{"text":"hm","thought":true}`), part(`{"text":"","thought":true,"thoughtSignature":"S"}`), part(`{"functionCall":{"id":"c","name":"f","args":{"a":1}}}`), last}
	f(0, "data: "+strings.Join(frames, "\r\n\r\ndata: ")+"\r\n\r\n", whole)
	f(core.ArrayStream, "["+strings.Join(frames, ",\r\n")+"]", whole)
	f(core.ArrayStream, "[]", func(x *core.Crossing, say func(e core.Event)) { say(core.Event{Kind: core.EventEnd}) })
	const fault = `{"error":{"code":503,"message":"m","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"00000000000000000000000000000000"}]}}`
	broken := func(x *core.Crossing, say func(e core.Event)) {
		say(core.Event{Kind: core.EventFault, Fault: &core.Fault{Code: core.Overloaded, Message: "m"}})
		say(core.Event{Kind: core.EventEnd})
	}
	f(0, "data: "+fault+"\r\n\r\n", broken)
	f(core.ArrayStream, "["+fault+"]", broken)
	f(0, "data: "+part(`{"inlineData":{"mimeType":"image/png","data":"AABB"}}`)+"\r\n\r\n", func(x *core.Crossing, say func(e core.Event)) {
		n := x.Add(core.PartImage, 0, 0)
		x.Blocks[n].Media = []byte("image/png")
		say(core.Event{Kind: core.EventDelta, Block: n, Text: text("AA")})
		say(core.Event{Kind: core.EventDelta, Block: n, Text: text("BB")})
		say(core.Event{Kind: core.EventClose, Block: n})
	})
}

func TestReadEvent(t *testing.T) {
	f := func(data string, want core.StreamState) {
		t.Helper()
		var st core.StreamState
		if readEvent([]byte(data), &st); st != want {
			t.Errorf("%s: got %+v, want %+v", data, st, want)
		}
	}
	f(chunk, core.StreamState{Content: true, Usage: core.Usage{In: 25, Out: 82, Reasoning: 38, Known: true}})
	f(chunkOf(`{"text":"","thoughtSignature":"S"}`, `,"finishReason":"STOP"`), core.StreamState{Finished: true})
	f(chunkOf(`{"text":"\"finishReason\":\"STOP\""}`, ``), core.StreamState{Content: true})
	f(chunkOf(`{"functionCall":{}}`, ``), core.StreamState{Content: true})
	f(`{"usageMetadata":{"promptTokenCount":1}}`, core.StreamState{UsageOnly: true, Usage: core.Usage{In: 1, Known: true}})
	f(`{"error":{"code":500}}`, core.StreamState{Failed: true})
	f(`{"promptFeedback":{"blockReason":"SAFETY"}}`, core.StreamState{Finished: true})
	f(`{"candidates":[{"content":`, core.StreamState{})
}
