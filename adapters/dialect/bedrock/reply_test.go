package bedrock

import (
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

func TestAppendReply(t *testing.T) {
	f := func(x *core.Crossing, fill func(*core.Completion), want string) {
		t.Helper()
		r := core.NewCompletion()
		fill(r)
		wantJSON(t, "reply", appendReply(nil, r, x), want)
	}
	extra := core.NewCrossing()
	extra.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{"a":1}`...) }
	f(extra, func(r *core.Completion) {
		i := r.Begin(0)
		r.Add(core.Part{Kind: core.PartThought, Text: text("hm"), Sign: text("S"), Vendor: core.Google})
		p := words("said")
		r.Cite(&p.Cites, core.Cite{Start: -1, End: -1, Source: 1, From: 2, To: 3, Unit: core.CiteChars, Title: text("T"), Quote: text("Q")})
		r.Cite(&p.Cites, core.Cite{Source: -1, From: -1, To: -1, Unit: core.CiteWeb, URL: text("https://x")})
		r.Cite(&p.Cites, core.Cite{Source: -1, From: -1, To: -1})
		r.Add(p)
		r.Add(core.Part{Kind: core.PartCall, ID: text("c"), Name: text("f"), Args: []byte(`{\"a\":1}`), Wraps: true, Sign: text("G"), Vendor: core.Google})
		r.Add(core.Part{Kind: core.PartOther, Raw: []byte(`{}`)})
		r.Add(core.Part{Kind: core.PartImage, Media: text("image/png"), Data: text("AA")})
		r.End(i)
		r.Choices[i].Finish = core.FinishCalls
		r.Usage = core.Usage{In: 10, CachedIn: 4, WrittenIn: 1, Out: 3, Known: true}
	}, `{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"asbru.google.S"}}},
		{"citationsContent":{"content":[{"text":"said"}],"citations":[{"title":"T","sourceContent":[{"text":"Q"}],"location":{"documentChar":{"documentIndex":1,"start":2,"end":3}}},
		{"source":"https://x","location":{"web":{"url":"https://x"}}}]}},
		{"reasoningContent":{"reasoningText":{"text":"","signature":"asbru.google.G"}}},{"toolUse":{"toolUseId":"c","name":"f","input":{"a":1}}},
		{"image":{"format":"png","source":{"bytes":"AA"}}}]}},"stopReason":"tool_use",
		"usage":{"inputTokens":5,"outputTokens":3,"totalTokens":13,"cacheReadInputTokens":4,"cacheWriteInputTokens":1},"metrics":{"latencyMs":0},"extra_fields":{"a":1}}`)
	f(nil, func(r *core.Completion) {
		i := r.Begin(0)
		r.Choices[i].Finish, r.Choices[i].Stopped = core.FinishStopped, text("END")
		r.Usage = core.Usage{In: 1, CachedIn: 4}
	}, `{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END"},
		"usage":{"inputTokens":0,"outputTokens":0,"totalTokens":4,"cacheReadInputTokens":4,"cacheWriteInputTokens":0},"metrics":{"latencyMs":0}}`)
}

func TestParseReplyErrors(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"message":"no"}`, `{"output":{"message":{"content":[{"text":"cut`, `{"output":{"message":{"content":[1]}}}`} {
		if err := parseReply(core.NewCompletion(), []byte(body)); err == nil {
			t.Errorf("%s was read", body)
		}
	}
}

func TestFinish(t *testing.T) {
	for word, want := range map[string]core.Finish{
		"end_turn": core.FinishStop, "stop_sequence": core.FinishStopped, "max_tokens": core.FinishLength, "model_context_window_exceeded": core.FinishLength,
		"tool_use": core.FinishCalls, "guardrail_intervened": core.FinishFiltered, "content_filtered": core.FinishFiltered,
		"malformed_tool_use": core.FinishFailed, "malformed_model_output": core.FinishFailed, "new": core.FinishUnsaid,
	} {
		if got := finishOf([]byte(word)); got != want {
			t.Errorf("%s is %d, want %d", word, got, want)
		}
	}
	for finish, want := range map[core.Finish]string{core.FinishPaused: "end_turn", core.FinishUnsaid: "end_turn", core.FinishFiltered: "content_filtered"} {
		if got := reasonOf(finish); got != want {
			t.Errorf("%d is %s, want %s", finish, got, want)
		}
	}
}

// written returns what appendEvent writes for events from another family, one line a frame.
func written(t *testing.T, x *core.Crossing, events ...core.Event) string {
	t.Helper()
	var b []byte
	for i := range events {
		b = appendEvent(b, x, &events[i])
	}
	messages, err := cut([][]byte{b})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range messages {
		if scan.Valid(m.Payload) != nil {
			t.Errorf("%s is no JSON: %s", m.Type, m.Payload)
		}
		kind := ""
		if m.Kind == eventstream.Exception {
			kind = "!"
		}
		out = append(out, kind+string(m.Type)+" "+string(m.Payload))
	}
	return lines(out)
}

func TestAppendEvents(t *testing.T) {
	x := core.NewCrossing()
	x.Blocks = append(x.Blocks,
		core.Block{Kind: core.PartThought, Sign: []byte("S"), Vendor: core.Anthropic}, core.Block{Kind: core.PartVeiled, Sign: []byte("EtkE"), Vendor: core.Anthropic},
		core.Block{Kind: core.PartText}, core.Block{Kind: core.PartAudio}, core.Block{Kind: core.PartCall, ID: []byte("c1"), Name: []byte("f")})
	x.Usage = core.Usage{In: 3, Out: 4, Known: true}
	cite := core.Cite{Source: -1, From: -1, To: -1, Title: text("T")}
	of := func(k core.EventKind, block int32, s string) core.Event {
		return core.Event{Kind: k, Block: block, Text: text(s)}
	}
	events := []core.Event{
		{Kind: core.EventStart}, {Kind: core.EventPing},
		of(core.EventOpen, 0, ""), of(core.EventDelta, 0, "hm"), of(core.EventSign, 0, ""), of(core.EventClose, 0, ""),
		of(core.EventOpen, 1, ""), of(core.EventSign, 1, ""), of(core.EventClose, 1, ""),
		of(core.EventOpen, 2, ""), of(core.EventDelta, 2, `a\"b`), {Kind: core.EventCite, Block: 2, Cite: &cite}, of(core.EventClose, 2, ""),
		of(core.EventOpen, 3, ""), of(core.EventDelta, 3, "AA"), of(core.EventClose, 3, ""),
		of(core.EventOpen, 4, ""), of(core.EventDelta, 4, `{\"a\"`), of(core.EventClose, 4, ""),
		{Kind: core.EventDelta, Choice: 1, Block: 2, Text: text("other choice")}, {Kind: core.EventOther, Name: []byte("x"), Raw: []byte(`{}`)},
		{Kind: core.EventFinish, Finish: core.FinishStopped, Native: text("stop"), Stop: text("END")}, {Kind: core.EventUsage}, {Kind: core.EventEnd},
	}
	want := `messageStart {"role":"assistant"}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"S"}}}
contentBlockStop {"contentBlockIndex":0}
contentBlockDelta {"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"RXRrRQ=="}}}
contentBlockStop {"contentBlockIndex":1}
contentBlockDelta {"contentBlockIndex":2,"delta":{"text":"a\"b"}}
contentBlockDelta {"contentBlockIndex":2,"delta":{"citation":{"title":"T"}}}
contentBlockStop {"contentBlockIndex":2}
contentBlockStart {"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"c1","name":"f"}}}
contentBlockDelta {"contentBlockIndex":3,"delta":{"toolUse":{"input":"{\"a\""}}}
contentBlockStop {"contentBlockIndex":3}
messageStop {"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END"}}
metadata {"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7},"metrics":{"latencyMs":0}}`
	if got := written(t, x, events...); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The signature of a call is carried by an empty thought before it, or after it if the signature comes late.
func TestCarriedSignature(t *testing.T) {
	thought := func(n, sign string) string {
		return `contentBlockDelta {"contentBlockIndex":` + n + `,"delta":{"reasoningContent":{"text":""}}}
contentBlockDelta {"contentBlockIndex":` + n + `,"delta":{"reasoningContent":{"signature":"asbru.google.` + sign + `"}}}
contentBlockStop {"contentBlockIndex":` + n + "}\n"
	}
	x := core.NewCrossing()
	x.Blocks = append(x.Blocks, core.Block{Kind: core.PartCall, ID: []byte("a"), Name: []byte("f"), Sign: []byte("G"), Vendor: core.Google}, core.Block{Kind: core.PartCall, ID: []byte("b"), Name: []byte("f")})
	open := func(b int32) core.Event { return core.Event{Kind: core.EventOpen, Block: b} }
	shut := func(b int32) core.Event { return core.Event{Kind: core.EventClose, Block: b} }
	call := func(n, id string) string {
		return `contentBlockStart {"contentBlockIndex":` + n + `,"start":{"toolUse":{"toolUseId":"` + id + `","name":"f"}}}
contentBlockStop {"contentBlockIndex":` + n + "}\n"
	}
	got := written(t, x, open(0), shut(0))
	if want := "messageStart {\"role\":\"assistant\"}\n" + thought("0", "G") + call("1", "a"); got+"\n" != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var b []byte
	e := open(1)
	b = appendEvent(b, x, &e)
	x.Blocks[1].Sign, x.Blocks[1].Vendor = []byte("late"), core.Google
	e = core.Event{Kind: core.EventSign, Block: 1}
	b = appendEvent(b, x, &e)
	e = shut(1)
	messages, err := cut([][]byte{appendEvent(b, x, &e)})
	if err != nil || len(messages) != 5 || string(messages[3].Payload) != `{"contentBlockIndex":3,"delta":{"reasoningContent":{"signature":"asbru.google.late"}}}` {
		t.Errorf("got %d frames, %v", len(messages), err)
	}
	y := core.NewCrossing()
	said, _, err := read(dialect().Chats[core.OpChat], nil, y, messages[2:])
	if err != nil || !strings.Contains(lines(said), "sign google late") {
		t.Errorf("read again: %s, %v", lines(said), err)
	}
}

func TestParseEventOdd(t *testing.T) {
	f := func(name, data, want string) {
		t.Helper()
		x := core.NewCrossing()
		ev, err := parseEvent(nil, x, []byte(name), []byte(data))
		got := []string{}
		for i := range ev {
			got = append(got, told(x, &ev[i]))
		}
		if err != nil {
			got = append(got, "error")
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s %s: got %q, want %q", name, data, s, want)
		}
	}
	f("throttlingException", `{"message":"slow \"down\""}`, `fault throttlingException 429 slow "down"`)
	f("modelStreamErrorException", `{"message":"m","originalMessage":"o"}`, `fault modelStreamErrorException 424 m`)
	f("newException", `{}`, `fault newException 502 the provider broke the stream off with newException`)
	f("InternalError", `it broke`, `fault InternalError 502 it broke`)
	f("newEvent", `{"a":1}`, `start; other newEvent {"a":1}`)
	f("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":1}}`, "error")
	f("contentBlockDelta", `{"contentBlockIndex":-1,"delta":{"text":"a"}}`, "error")
	f("contentBlockDelta", `{"delta":{"text":"a"}}`, "error")
	f("contentBlockDelta", `{"contentBlockIndex":0}`, "error")
	f("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"image":{}}}`, `start; other contentBlockDelta {"contentBlockIndex":0,"delta":{"image":{}}}`)
	f("contentBlockStart", `{"start":{}}`, "error")
	f("contentBlockStart", `{"contentBlockIndex":1,"start":{"toolUse":{"type":"server_tool_use"}}}`, `start; other contentBlockStart {"contentBlockIndex":1,"start":{"toolUse":{"type":"server_tool_use"}}}`)
	f("contentBlockStop", `{"contentBlockIndex":4}`, "")
	f("contentBlockStop", `{}`, "error")
	f("messageStop", `{}`, "error")
	f("metadata", `{}`, "error")
	f("contentBlockDelta", `{"contentBlockIndex":0.0,"delta":{"new":1,"text":"a","toolUse":null}}`, "start; open 0  ; delta 0 a")
	f("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":null,"text":"a"}}}`, "start; open 7  ; delta 7 a")
	f("contentBlockStart", `{"contentBlockIndex":1,"start":{"new":{},"toolUse":{"toolUseId":"i","name":"n"}}}`, "start; open 5 i n")
	f("messageStop", `{"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"X"}}`, "start; finish 2 stop_sequence X")
}
