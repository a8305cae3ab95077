package cohere

import (
	"strings"
	"testing"

	"asbru/core"
)

// TestWriteStream writes what another provider streamed.
func TestWriteStream(t *testing.T) {
	f := func(feed func(x *core.Crossing, send func(core.Event)), want ...string) {
		t.Helper()
		x := core.NewCrossing()
		x.ID = append(x.ID, "id"...)
		x.Usage = core.Usage{In: 5, Out: 2, Known: true}
		var out []byte
		send := func(e core.Event) { out = chat.AppendEvent(out, x, &e) }
		send(core.Event{Kind: core.EventStart})
		feed(x, send)
		want = append([]string{`event: message-start` + "\n" + `data: {"id":"id","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}`}, want...)
		if got := string(out); got != strings.Join(want, "\n\n")+"\n\n" {
			t.Errorf("got %s\nwant %s", got, strings.Join(want, "\n\n"))
		}
	}
	frame := func(kind, rest string) string {
		return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"," + rest + "}"
	}
	end := func(finish string) string {
		return frame("message-end", `"delta":{"finish_reason":"`+finish+`","usage":{"billed_units":{"input_tokens":5,"output_tokens":2},"tokens":{"input_tokens":5,"output_tokens":2}}}`) + "\n\ndata: [DONE]"
	}
	block := func(x *core.Crossing, send func(core.Event), b core.Block, texts ...string) {
		i := x.Add(b.Kind, b.Choice, b.Key)
		x.Blocks[i].ID, x.Blocks[i].Name, x.Blocks[i].Vendor = b.ID, b.Name, b.Vendor
		send(core.Event{Kind: core.EventOpen, Block: i})
		for _, s := range texts {
			send(core.Event{Kind: core.EventDelta, Block: i, Text: core.Text(s)})
		}
		if b.Sign != nil {
			x.Blocks[i].Sign = b.Sign
			send(core.Event{Kind: core.EventSign, Block: i})
		}
		send(core.Event{Kind: core.EventClose, Block: i})
	}
	stop := func(send func(core.Event), f core.Finish) {
		send(core.Event{Kind: core.EventFinish, Finish: f, Native: core.Text("length")})
		send(core.Event{Kind: core.EventUsage})
		send(core.Event{Kind: core.EventEnd})
		send(core.Event{Kind: core.EventEnd})
	}
	f(func(x *core.Crossing, send func(core.Event)) {
		block(x, send, core.Block{Kind: core.PartThought, Key: planKey, Vendor: core.Anthropic, Sign: []byte("s")}, "hm")
		block(x, send, core.Block{Kind: core.PartVeiled, Vendor: core.Anthropic, Sign: []byte("v")})
		block(x, send, core.Block{Kind: core.PartImage}, "QQ==")
		block(x, send, core.Block{}, "a", "", `\n`)
		stop(send, core.FinishLength)
	},
		frame("content-start", `"index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}`),
		frame("content-delta", `"index":0,"delta":{"message":{"content":{"thinking":"hm"}}}`),
		frame("content-delta", `"index":0,"delta":{"message":{"content":{"thinking":"","signature":"asbru.anthropic.s"}}}`),
		frame("content-end", `"index":0`),
		frame("content-start", `"index":1,"delta":{"message":{"content":{"type":"thinking","thinking":"","redacted":true}}}`),
		frame("content-delta", `"index":1,"delta":{"message":{"content":{"thinking":"","signature":"asbru.anthropic.v"}}}`),
		frame("content-end", `"index":1`),
		frame("content-start", `"index":2,"delta":{"message":{"content":{"type":"text","text":""}}}`),
		frame("content-delta", `"index":2,"delta":{"message":{"content":{"text":"a"}}}`),
		frame("content-delta", `"index":2,"delta":{"message":{"content":{"text":"\n"}}}`),
		frame("content-end", `"index":2`), end("MAX_TOKENS"))
	f(func(x *core.Crossing, send func(core.Event)) {
		block(x, send, core.Block{Kind: core.PartCall, ID: []byte("c"), Name: []byte("f")}, `{\"a\":`, `1}`)
		block(x, send, core.Block{Kind: core.PartCall, Name: []byte("g")})
		send(core.Event{Kind: core.EventPing})
		stop(send, core.FinishStop)
	},
		frame("tool-call-start", `"index":0,"delta":{"message":{"tool_calls":{"id":"c","type":"function","function":{"name":"f","arguments":""}}}}`),
		frame("tool-call-delta", `"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"a\":"}}}}`),
		frame("tool-call-delta", `"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"1}"}}}}`),
		frame("tool-call-end", `"index":0`),
		frame("tool-call-start", `"index":1,"delta":{"message":{"tool_calls":{"id":"call_1","type":"function","function":{"name":"g","arguments":""}}}}`),
		frame("tool-call-delta", `"index":1,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}`),
		frame("tool-call-end", `"index":1`), ": ping", end("TOOL_CALL"))
	f(func(x *core.Crossing, send func(core.Event)) {
		i := x.Add(core.PartText, 0, 0)
		send(core.Event{Kind: core.EventOpen, Block: i})
		send(core.Event{Kind: core.EventDelta, Block: i, Text: core.Text("ab"), Probs: []byte(`[{"token":"a","logprob":-1},{"token":"b","logprob":-2}]`)})
		send(core.Event{Kind: core.EventCite, Block: i, Cite: &core.Cite{Start: 0, End: 2, Source: 3, URL: core.Text("u")}})
		send(core.Event{Kind: core.EventFault, Fault: &core.Fault{Code: core.UpstreamTimeout, Message: "late"}})
		send(core.Event{Kind: core.EventEnd})
	},
		frame("content-start", `"index":0,"delta":{"message":{"content":{"type":"text","text":""}}}`),
		frame("content-delta", `"index":0,"delta":{"message":{"content":{"text":"ab"}}},"logprobs":{"token_ids":[],"text":"ab","logprobs":[-1,-2]}`),
		frame("citation-start", `"index":0,"delta":{"message":{"citations":{"start":0,"end":2,"sources":[{"type":"document","id":"doc:3","document":{"title":"","text":"","url":"u"}}],"content_index":0,"type":"TEXT_CONTENT"}}}`),
		frame("citation-end", `"index":0`),
		frame("message-end", `"id":"id","delta":{"finish_reason":"TIMEOUT","error":"late","usage":{}}`), "data: [DONE]")
}

// Data of several lines must come out as one.
func TestFlatFrames(t *testing.T) {
	x := core.NewCrossing()
	x.From = API
	var out []byte
	for _, d := range []string{"{\"type\":\"debug\",\n\"a\":1}", sampleEvents[8],
		"{\"type\":\"citation-start\",\"delta\":{\"message\":{\"citations\":{\"start\":0,\r\n\"end\":1}}}}",
		"{\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\",\"usage\":{\n\"tokens\":{}}}}"} {
		ev, err := chat.ParseEvent(nil, x, nil, []byte(d))
		if err != nil {
			t.Fatal(err)
		}
		for i := range ev {
			out = chat.AppendEvent(out, x, &ev[i])
		}
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		if line != "" && !strings.HasPrefix(line, "event: ") && !strings.HasPrefix(line, "data: ") {
			t.Errorf("a stray line: %q", line)
		}
	}
}

// TestReadOddStreams reads what breaks the rules, or might one day.
func TestReadOddStreams(t *testing.T) {
	f := func(want string, data ...string) {
		t.Helper()
		x, ev := core.NewCrossing(), []core.Event(nil)
		var got []string
		for _, d := range data {
			n := len(ev)
			var err error
			if ev, err = chat.ParseEvent(ev, x, nil, []byte(d)); err != nil {
				got = append(got, "error")
			}
			for i := range ev[n:] {
				got = append(got, shown(x, &ev[n+i]))
			}
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("got %s\nwant %s", s, want)
		}
	}
	const delta = `{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"a"}}}}`
	const call = `{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c","function":{"name":"f","arguments":"{}"}}}}}`
	const over = `{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}`
	f("0 |1 #0 kind 0  |2 #0 a |5 #0|6 1 COMPLETE|10", delta, over, "[DONE]", over) // neither start nor end of the block
	f("0 |1 #0 kind 0  |2 #0 a |5 #0|1 #1 kind 5 c f|2 #1 {} |error|5 #1|10", delta, call, delta, "[DONE]")
	f("error|error|error", `[]`, `{"type":"content-delta"`, `x`)
	f("error|error|error|error", `{"type":"content-delta"}`, `{"type":"tool-call-delta","delta":{}}`, `{"type":"tool-plan-delta","delta":{"message":{"tool_plan":1}}}`, `{"type":"content-start","delta":{"message":{"content":[]}}}`)
	f("0 |error|10", `{"type":"message-start","id":null}`, `{"type":"citation-start","delta":{}}`, "[DONE]")
	f("11", `{"type":"debug","prompt":"x"}`)
	f("9 no such model ", `{"message":"no such model"}`)
	f("0 |6 7 ERROR|10", `{"type":"message-end","delta":{"finish_reason":"ERROR"}}`)
}
