package ollama

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestWriteReply(t *testing.T) {
	f := func(op core.Op, fill func(r *core.Completion), finish core.Finish, want string) {
		t.Helper()
		r := core.NewCompletion()
		i := r.Begin(0)
		fill(r)
		r.End(i)
		r.Choices[0].Finish = finish
		r.Usage = core.Usage{In: 9, Out: 3, Known: true}
		x := crossing(op, nil)
		x.Model, x.Wall = append(x.Model, "m"...), 1785421036
		x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{}`...) }
		want = `{"model":"m","created_at":"2026-07-30T14:17:16Z",` + want + `,"done":true,"prompt_eval_count":9,"eval_count":3,"extra_fields":{}}`
		if got := API.Chats[op].AppendReply(nil, r, x); corpus.Diff(got, []byte(want)) != "" {
			t.Errorf("%s: %s", corpus.Diff(got, []byte(want)), got)
		}
	}
	say := func(r *core.Completion) { r.Add(core.Part{Text: text("a")}) }
	const a = `"message":{"role":"assistant","content":"a"}`
	f(core.OpChat, say, core.FinishStop, a+`,"done_reason":"stop"`)
	f(core.OpChat, say, core.FinishStopped, a+`,"done_reason":"stop"`)
	f(core.OpChat, say, core.FinishLength, a+`,"done_reason":"length"`)
	f(core.OpChat, say, core.FinishFiltered, a+`,"done_reason":"content_filter"`)
	f(core.OpChat, say, core.FinishFailed, a+`,"done_reason":"error"`)
	f(core.OpCompletion, say, core.FinishStop, `"response":"a","done_reason":"stop"`)
	rich := func(r *core.Completion) {
		r.Add(core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("s"), Vendor: core.Anthropic})
		r.Add(core.Part{Kind: core.PartVeiled, Sign: text("v"), Vendor: core.Anthropic})
		r.Add(core.Part{Text: text("a")})
		r.Add(core.Part{Kind: core.PartRefusal, Text: text("no")})
		r.Add(core.Part{Kind: core.PartImage, Data: text("QQ==")})
		r.Add(core.Part{Kind: core.PartCall, ID: text("1"), Name: text("f"), Args: []byte(`{\"a\":1}`), Wraps: true, Sign: text("g"), Vendor: core.Google})
	}
	f(core.OpChat, rich, core.FinishCalls, `"message":{"role":"assistant","content":"ano","thinking":"t","signature":"asbru.anthropic.s","veiled":"asbru.anthropic.v","images":["QQ=="],`+
		`"tool_calls":[{"id":"1","function":{"index":0,"name":"f","arguments":{"a":1}},"signature":"asbru.google.g"}]},"done_reason":"stop"`)
	f(core.OpCompletion, rich, core.FinishStop, `"response":"ano","thinking":"t","done_reason":"stop"`)
}

// What carries another vendor's signature must find its way back.
func TestCarriedSignatures(t *testing.T) {
	c := core.NewChat()
	if f := chat.ParseRequest(c, []byte(`{"model":"m","messages":[{"role":"assistant","content":"","thinking":"t","signature":"asbru.anthropic.s","veiled":"asbru.anthropic.v","tool_calls":[{"id":"1","function":{"name":"f"},"signature":"asbru.google.g"}]}]}`)); f != nil {
		t.Fatal(f)
	}
	var got []string
	for _, p := range c.Parts {
		got = append(got, p.Vendor.String()+" "+string(p.Sign))
	}
	if s := strings.Join(got, "|"); s != "anthropic s|anthropic v|google g" {
		t.Errorf("got %s", s)
	}
	if out, f := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")}); f != nil || strings.Contains(string(out), "asbru") || strings.Contains(string(out), "signature") {
		t.Errorf("sent to Ollama: %s, %v", out, f)
	}
}

func TestBadReplies(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"message":1}`, `{"message":{"content":1}}`, `{"message":{"content":""}`, `{"message":{"tool_calls":{}}}`, `{"response":"a"}`} {
		if err := chat.ParseReply(core.NewCompletion(), []byte(body)); err == nil {
			t.Errorf("%s: taken", body)
		}
	}
}

// TestWriteStream writes what another provider streamed.
func TestWriteStream(t *testing.T) {
	f := func(op core.Op, want ...string) {
		t.Helper()
		x := crossing(op, nil)
		x.Model, x.Wall = append(x.Model, "m"...), 1785421036
		x.Usage = core.Usage{In: 5, Out: 2, Known: true}
		var out []byte
		send := func(e core.Event) { out = API.Chats[op].AppendEvent(out, x, &e) }
		block := func(kind core.PartKind, id, name, sign string, texts ...string) {
			i := x.Add(kind, 0, 0)
			b := &x.Blocks[i]
			b.ID, b.Name = append(b.ID, id...), append(b.Name, name...)
			send(core.Event{Kind: core.EventOpen, Block: i})
			for _, s := range texts {
				send(core.Event{Kind: core.EventDelta, Block: i, Text: core.Text(s)})
			}
			if sign != "" {
				b.Vendor, b.Sign = core.Anthropic, append(b.Sign, sign...)
				send(core.Event{Kind: core.EventSign, Block: i})
			}
			send(core.Event{Kind: core.EventClose, Block: i})
		}
		send(core.Event{Kind: core.EventStart})
		block(core.PartThought, "", "", "s", "hm")
		block(core.PartVeiled, "", "", "v")
		block(core.PartText, "", "", "", "a", `\n`)
		block(core.PartCall, "1", "f", "", `{\n\"a\":`, `\r\n\"b\\n\"}`)
		block(core.PartCall, "", "g", "")
		block(core.PartCall, "3", "h", "", `{\"cut`)
		send(core.Event{Kind: core.EventPing})
		send(core.Event{Kind: core.EventFinish, Finish: core.FinishCalls, Native: core.Text("tool_calls")})
		send(core.Event{Kind: core.EventEnd})
		send(core.Event{Kind: core.EventEnd})
		if got, want := string(out), strings.Join(want, "\n")+"\n"; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	const head = `{"model":"m","created_at":"2026-07-30T14:17:16Z",`
	said := func(s string) string {
		return head + `"message":{"role":"assistant","content":` + s + `},"done":false}`
	}
	f(core.OpChat, said(`"","thinking":"hm"`), said(`"","thinking":"","signature":"asbru.anthropic.s"`), said(`"","veiled":"asbru.anthropic.v"`), said(`"a"`), said(`"\n"`),
		said(`"","tool_calls":[{"id":"1","function":{"index":0,"name":"f","arguments":{ "a":  "b\n"}}}]`),
		said(`"","tool_calls":[{"function":{"index":1,"name":"g","arguments":{}}}]`),
		said(`"","tool_calls":[{"id":"3","function":{"index":2,"name":"h","arguments":{"invalid_arguments":"{\"cut"}}}]`),
		head+`"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2}`)
	f(core.OpCompletion, head+`"response":"","thinking":"hm","done":false}`, head+`"response":"a","done":false}`, head+`"response":"\n","done":false}`,
		head+`"response":"","done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2}`)
}

func TestReadStreams(t *testing.T) {
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
	f(`0 gpt-oss:20b|1 #0 kind 7  |2 #0 The |5 #0|1 #1 kind 0  |2 #1 A [{"token":"A","logprob":-1}]|5 #1|1 #2 kind 5 call_0 f|2 #2 {\"a\":\"b\\n\"} |5 #2|`+
		`6 4 stop|7 {In:67 CachedIn:0 Out:47 Reasoning:0 WrittenIn:0 KeptIn:0 AudioIn:0 AudioOut:0 ImageIn:0 ImageOut:0 Searches:0 Known:true Bad:false Odd:false}|10`, sampleEvents...)
	f(`0 |1 #0 kind 7  |3 #0 anthropic s|5 #0|1 #1 kind 8  |3 #1 elsewhere v|5 #1`, `{"message":{"thinking":"","signature":"asbru.anthropic.s","veiled":"v"}}`)
	f(`9 model is gone|10`, `{"error":"model is gone"}`, `{"done":true}`)
	f(`0 |1 #0 kind 0  |2 #0 a |5 #0|9 {}|10`, `{"message":{"content":"a"}}`, `{"error":{}}`)
	f(`error|error|error`, `[]`, `{"message":`, `{"message":{"content":"a"},"eval_count":5`)
	f(`0 |6 0 load|10`, `{"message":{},"done":true,"done_reason":"load"}`)
}

func TestFaults(t *testing.T) {
	f := &core.Fault{Code: core.NotFound, Message: `no "m"`, Hint: "pull it"}
	line := API.AppendStreamFault(nil, f, []byte("1f"))
	if got, want := string(line), `{"error":"no \"m\"; hint: pull it","request_id":"1f"}`+"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back core.Fault
	if API.ReadFault(line, &back); back.Message != `no "m"; hint: pull it` {
		t.Errorf("got %+v", back)
	}
	var st core.StreamState
	if API.ReadEvent(line, &st); !st.Failed {
		t.Errorf("scanned %+v", st)
	}
	var u core.Usage
	if API.ReadUsage([]byte("{\"done\":false}\n{\"eval_count\":3}\n"), &u, nil); u.Out != 3 || !u.Known {
		t.Errorf("usage %+v", u)
	}
}

func TestEmbed(t *testing.T) {
	e := &core.Embed{Inputs: []core.Input{{Text: text("a")}}, Size: []byte("8"), Cut: core.No, Kind: text("query"), Base64: true}
	got, fault := API.Embeds.AppendRequest(nil, e, &core.Send{Model: []byte("m")})
	if want := `{"model":"m","input":["a"],"dimensions":8,"truncate":false}`; fault != nil || string(got) != want || strings.Join(e.Dropped, " ") != "input_type" {
		t.Errorf("got %s, %v, dropped %v", got, fault, e.Dropped)
	}
	for _, bad := range []*core.Embed{{Inputs: []core.Input{{Image: text("x")}}}, {Types: []core.Text{text("int8")}}} {
		if _, fault := API.Embeds.AppendRequest(nil, bad, &core.Send{}); fault == nil {
			t.Errorf("%+v: taken", bad)
		}
	}
	old := new(core.Embed)
	body := []byte(`{"model":"m","prompt":"p","options":{}}`)
	if fault := API.Embeds.ParseRequest(old, body); fault != nil {
		t.Fatal(fault)
	}
	if got, fault := API.Embeds.AppendRequest(nil, old, &core.Send{Model: []byte("m")}); fault != nil || corpus.Diff(got, body) != "" {
		t.Errorf("got %s, %v", got, fault)
	}
	v := &core.Vectors{Model: text("m"), List: []core.Vector{{Floats: []byte("[1]")}, {Base64: text("AACAPwAAAL8=")}}, Usage: core.Usage{In: 3, Known: true}}
	if got, want := string(API.Embeds.AppendReply(nil, v, e, nil)), `{"model":"m","embeddings":[[1],[1,-0.5]],"prompt_eval_count":3}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(API.Embeds.AppendReply(nil, v, old, nil)), `{"embedding":[1]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	one := new(core.Vectors)
	if err := API.Embeds.ParseReply(one, []byte(`{"embedding":[2]}`)); err != nil || string(API.Embeds.AppendReply(nil, one, old, nil)) != `{"embedding":[2]}` {
		t.Errorf("%v: %+v", err, one)
	}
	for _, body := range []string{``, `{}`, `{"embeddings":[`, `{"error":"x"}`} {
		if err := API.Embeds.ParseReply(new(core.Vectors), []byte(body)); err == nil {
			t.Errorf("%s: taken", body)
		}
	}
	for _, body := range []string{`{"input":1}`, `{"input":[1]}`, `{"prompt":1}`, `{"model":1}`, `{"truncate":1}`} {
		if fault := API.Embeds.ParseRequest(new(core.Embed), []byte(body)); fault == nil {
			t.Errorf("%s: taken", body)
		}
	}
}
