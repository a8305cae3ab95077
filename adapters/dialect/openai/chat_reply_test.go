package openai

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestReplyToAnother(t *testing.T) {
	r := core.NewCompletion()
	i := r.Begin(0)
	r.Add(core.Part{Kind: core.PartThought, Text: core.Text("th"), Sign: core.Text("S"), Vendor: core.Anthropic})
	r.Add(core.Part{Kind: core.PartVeiled, Sign: core.Text("V"), Vendor: core.Anthropic})
	at := r.Add(core.Part{Text: core.Text("\\u00e9a")})
	r.Cite(&r.Parts[at].Cites, core.Cite{Start: 0, End: 2, URL: core.Text("https://e.x")})
	r.Cite(&r.Parts[at].Cites, core.Cite{Start: 0, End: 2, Quote: core.Text("no URL")})
	at = r.Add(core.Part{Text: core.Text("b")})
	r.Cite(&r.Parts[at].Cites, core.Cite{Start: -1, End: -1, URL: core.Text("https://f.x"), Title: core.Text("F")})
	r.Add(core.Part{Kind: core.PartCall, ID: core.Text("c"), Name: core.Text("f"), Args: []byte(`{"a":"\"b"}`), Sign: core.Text("G"), Vendor: core.Google})
	r.End(i)
	r.Choices[i].Finish = core.FinishCalls
	r.Usage = core.Usage{In: 10, CachedIn: 4, WrittenIn: 1, Out: 7, Reasoning: 3, Known: true}
	x := core.NewCrossing()
	x.Model, x.Wall = append(x.Model, "shown"...), 9
	x.Extra = func(dst []byte) []byte { return append(dst, `"extra_fields":{}`...) }
	got := appendReply(nil, r, x)
	want := `{"id":"chatcmpl-00000000000000000000000000000000","created":9,"model":"shown","object":"chat.completion","choices":[{"index":0,
		"message":{"role":"assistant","content":"\u00e9ab","refusal":null,
		"annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":2,"url":"https://e.x","title":""}},{"type":"url_citation","url_citation":{"start_index":2,"end_index":2,"url":"https://f.x","title":"F"}}],
		"reasoning_content":"th","reasoning_details":[{"type":"reasoning.text","text":"th","signature":"asbru.anthropic.S","format":"anthropic-claude-v1","index":0},{"type":"reasoning.encrypted","data":"asbru.anthropic.V","format":"anthropic-claude-v1","index":1}],
		"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\\"b\"}"},"extra_content":{"google":{"thought_signature":"G"}}}]},
		"logprobs":null,"finish_reason":"tool_calls"}],
		"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":1,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0}},
		"extra_fields":{}}`
	if d := corpus.Diff(got, []byte(want)); d != "" {
		t.Errorf("%s\n got %s", d, got)
	}
	again := core.NewCompletion()
	if err := parseReply(again, got); err != nil {
		t.Fatal(err)
	}
	if p := again.Parts[0]; p.Vendor != core.Anthropic || string(p.Sign) != "S" || string(p.Text) != "th" {
		t.Errorf("thought came back as %q signed %q by %v", p.Text, p.Sign, p.Vendor)
	}
	if again.Usage != r.Usage {
		t.Errorf("usage %+v", again.Usage)
	}
}

func TestReplyReads(t *testing.T) {
	f := func(choice string, want string) {
		t.Helper()
		r := core.NewCompletion()
		body := `{"id":"i","object":"chat.completion","created":1,"model":"m","choices":[` + choice + `]}`
		if err := parseReply(r, []byte(body)); err != nil {
			t.Errorf("%s: %v", choice, err)
			return
		}
		if got := told(r); !strings.HasPrefix(got, want) {
			t.Errorf("%s\n got %s\nwant %s", choice, got, want)
		}
		if d := corpus.Diff(appendReply(nil, r, nil), []byte(body)); d != "" {
			t.Errorf("%s: %s", choice, d)
		}
	}
	f(`{"message":{"role":"assistant","content":"a"},"finish_reason":"eos"}`, `choice 0: 0="a" finish 1`)
	f(`{"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":"stop"}`, `choice 1: 5="[c f {}]" finish 4`)
	f(`{"index":0,"message":{"content":""},"finish_reason":""}`, `choice 0: finish 1`)
	f(`{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop","stop_reason":"END"}`, `choice 0: 0="a" finish 1`)
	f(`{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop","stop_reason":17,"logprobs":{"content":[{"token":"a"}],"refusal":null}}`, `choice 0: 0="a" finish 1 probs true`)
	f(`{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":"length"}`, `choice 0: 0="a" finish 3`)
	f(`{"index":0,"text":"a","finish_reason":null,"seed":null}`, `choice 0: 0="a" finish 1`)
	f(`{"index":0}`, `choice 0: finish 1`)
	f(`{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"4"}]},"finish_reason":"content_filter"}`, `choice 0: 0="4" 7="t" finish 5`)
	f(`{"index":0,"message":{"role":"assistant","content":"","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}}],"audio":{"id":"a","data":"QQ==","transcript":"t","expires_at":1}},"finish_reason":"stop"}`, `choice 0: 3="t" finish 1`)
	f(`{"index":0,"message":{"role":"assistant","content":"a","tool_calls":[{"id":"","type":"","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}`, `choice 0: 0="a" 5="[call_`)

	bad := func(body, want string) {
		t.Helper()
		if err := parseReply(core.NewCompletion(), []byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
		if soundReply([]byte(body)) {
			t.Errorf("%s counts as sound", body)
		}
	}
	bad(`{"choices":[1,null]}`, "no choices")
	bad(`{"choices":{},"error":null}`, "no choices")
	bad(`{"choices":[{}]`, "no JSON object")
	bad(`{"error":{"message":"too busy","code":503}}`, "too busy")
	bad(`{"choices":[{"index":0,"error":{"message":"too busy","code":502},"message":{"role":"assistant","content":""},"finish_reason":"error"}]}`, "too busy")
	bad(`{"id":"x"}`, "no choices")
	bad(`[1]`, "no JSON object")
	bad(`{"choices":[{"index":0}`, "no JSON object")
	bad(``, "no JSON object")
}

// stream reads frames and returns the events in short.
func stream(t *testing.T, frames ...string) string {
	t.Helper()
	x := core.NewCrossing()
	var ev []core.Event
	var b strings.Builder
	for _, f := range frames {
		from := len(ev)
		var err error
		if ev, err = parseChunk(ev, x, nil, []byte(f)); err != nil {
			b.WriteString(" error:" + err.Error())
		}
		for _, e := range ev[from:] {
			b.WriteByte(' ')
			switch e.Kind {
			case core.EventStart:
				b.WriteString("start")
			case core.EventOpen:
				k := x.Blocks[e.Block]
				b.WriteString("open" + string(rune('0'+k.Kind)) + ":" + string(k.ID))
			case core.EventDelta:
				b.WriteString("+" + string(e.Text))
			case core.EventSign:
				b.WriteString("sign:" + x.Blocks[e.Block].Vendor.String() + ":" + string(x.Blocks[e.Block].Sign))
			case core.EventCite:
				b.WriteString("cite:" + string(e.Cite.URL))
			case core.EventClose:
				b.WriteString("close")
			case core.EventFinish:
				b.WriteString("finish" + string(rune('0'+e.Finish)) + string(e.Stop))
			case core.EventUsage:
				b.WriteString("usage")
			case core.EventFault:
				b.WriteString("fault:" + e.Fault.Message)
			case core.EventEnd:
				b.WriteString("end")
			}
		}
		ev = ev[:from]
	}
	return strings.TrimSpace(b.String())
}

func TestStreamReads(t *testing.T) {
	d := func(delta string) string {
		return `{"id":"i","model":"m","choices":[{"index":0,"delta":{` + delta + `}}]}`
	}
	fin := func(word string) string { return `{"choices":[{"index":0,"delta":{},"finish_reason":"` + word + `"}]}` }
	call := func(entry string) string { return d(`"tool_calls":[{` + entry + `}]`) }
	const done = "[DONE]"
	f := func(want string, frames ...string) {
		t.Helper()
		if got := stream(t, frames...); got != want {
			t.Errorf("%s\n got %s\nwant %s", strings.Join(frames, "\n"), got, want)
		}
	}
	f("start open0: +a +b close finish1 end", d(`"role":"assistant","content":""`), d(`"content":"a"`), d(`"role":"assistant","content":"b"`), fin("stop"), fin("stop"), done, done)
	f("start open0: +a close finish1 end", d(`"content":"a"`), done)
	f("start end", done)
	f("", `{"id":"","choices":[],"prompt_filter_results":[]}`)
	f("start open7: +t close open0: +a close finish3 usage end", d(`"reasoning":"t"`), d(`"content":"a","reasoning":null`), fin("length"), `{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`, done)
	f("start open7: +t sign:elsewhere:S close open0: +a close finish1", d(`"reasoning":"t","reasoning_details":[{"type":"reasoning.text","text":"t"}]`), d(`"reasoning_details":[{"type":"reasoning.text","signature":"S"}]`), d(`"content":"a"`), fin("stop"))
	f("start open7: +t close open8: sign:anthropic:V close open0: +a", d(`"reasoning_details":[{"type":"reasoning.text","text":"t"}]`), d(`"reasoning_details":[{"type":"reasoning.encrypted","data":"asbru.anthropic.V"}]`), d(`"content":"a"`))
	f("start open7: +t close open0: +4", d(`"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]}]`), d(`"content":[{"type":"text","text":"4"}]`))
	// Fragments, two calls in succession, arguments that never come.
	f(`start open5:c +{\"a\": +1} close open5:d +{} close finish4`, call(`"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}`), call(`"index":0,"function":{"arguments":"{\"a\":"}`), call(`"index":0,"function":{"arguments":"1}"}`), call(`"index":1,"id":"d","function":{"name":"g","arguments":"{}"}`), fin("stop"))
	f(`start open5:c close open5:d close finish4`, call(`"index":0,"id":"c","function":{"name":"f"}`), call(`"index":1,"id":"d","function":{"name":"g"}`), fin("tool_calls"))
	// Interleaved fragments are delivered call by call.
	f(`start open5:c +{\"}\\ +\": +1} close open5:d +[2,3] close finish4`, call(`"index":0,"id":"c","function":{"name":"f","arguments":"{\"}\\"}`), call(`"index":1,"id":"d","function":{"name":"g","arguments":"[2"}`), call(`"index":0,"function":{"arguments":"\":"}`), call(`"index":1,"function":{"arguments":",3]"}`), call(`"index":0,"function":{"arguments":"1}"}`), fin("tool_calls"))
	// Calls in one chunk, without an index or all with the same.
	f(`start open5:c +{} close open5:d +{} close finish4`, d(`"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}},{"id":"d","function":{"name":"f","arguments":"{}"}}]`), fin("tool_calls"))
	f(`start open5:c +{} close open5:d +{} close finish4`, call(`"index":0,"id":"c","function":{"name":"f","arguments":"{}"}`), call(`"index":0,"id":"d","function":{"name":"f","arguments":"{}"}`), fin("tool_calls"))
	f(`start open5:c +{\"a\":1} close finish4`, call(`"index":0,"id":"c","function":{"name":"f","arguments":{"a":1}}`), fin("tool_calls"))
	f(`start open5:c sign:google:G +{}`, call(`"index":0,"id":"c","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"G"}}`))
	f(`start open5:c +{ close open0: +late close finish4`, call(`"index":0,"id":"c","function":{"name":"f","arguments":"{"}`), d(`"content":"late"`), fin("tool_calls"))
	f(`start open5:call_f +{} close finish4`, d(`"function_call":{"name":"f","arguments":""}`), d(`"function_call":{"arguments":"{}"}`), fin("function_call"))
	f("start open0: +a open0: +b close finish1 close finish1", `{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}`, `{"choices":[{"index":1,"delta":{},"finish_reason":"stop"},{"index":0,"delta":{},"finish_reason":"stop"}]}`)
	f("start open5:c +{} close open0: +a error:"+errLate.Error(), call(`"index":0,"id":"c","function":{"name":"f","arguments":"{}"}`), d(`"content":"a"`), call(`"index":0,"function":{"arguments":"x"}`))
	f("start finish1", call(`"index":0`), fin("stop"))
	f("start open0: +a close finish2END", d(`"content":"a"`), `{"choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}`)
	f("start open0: +a cite:https://e.x", d(`"content":"a","annotations":[{"type":"url_citation","url_citation":{"url":"https://e.x"}}]`))
	f("start open9: +no close finish1", d(`"refusal":"no"`), fin("stop"))
	f("start open0: +1 usage +2 usage close finish1 end", `{"usage":{"prompt_tokens":1,"completion_tokens":1},"choices":[{"message":{"content":"1"},"delta":{"content":"1"}}]}`, `{"object":"chat.completion.done","usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[{"message":{"content":"12"},"delta":{"content":"2"}}]}`)
	f("start open0: +hi close open3:au +QQ== close finish1", d(`"audio":{"id":"au","transcript":"hi"}`), d(`"audio":{"data":"QQ=="}`), fin("stop"))
	f("start open1: +QQ== close finish1", d(`"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}}]`), fin("stop"))
	f("start open0: +a fault:busy", d(`"content":"a"`), `{"error":{"message":"busy"}}`)
	f("fault:busy", `{"choices":[{"index":0,"error":{"message":"busy","code":429}}]}`)
	f("fault:the provider failed in the middle of its answer", `{"error":{}}`)
	f("start open0: +a fault:busy end", d(`"content":"a"`), `{"error":{"message":"busy"}}`, d(`"content":"b"`), done)
	f("error:"+errEvent.Error(), `{"a"`)
	f("error:"+errEvent.Error(), `"text"`)
	f("start error:"+errChoices.Error(), d(``), `{"choices":[{"index":200,"delta":{}}]}`)
	f("", " ")
}

func TestStreamWrites(t *testing.T) {
	x := core.NewCrossing()
	x.ID, x.Model, x.Wall, x.Wants = append(x.ID, "msg_1"...), append(x.Model, "m"...), 5, true
	thought := x.Add(core.PartThought, 0, 0)
	x.Blocks[thought].Vendor, x.Blocks[thought].Sign = core.Anthropic, []byte("S")
	call := x.Add(core.PartCall, 0, 0)
	x.Blocks[call].ID, x.Blocks[call].Name = []byte("c"), []byte("f")
	text := x.Add(core.PartText, 0, 0)
	x.Usage = core.Usage{In: 1, Out: 2, Known: true}
	var out []byte
	for _, e := range []core.Event{
		{Kind: core.EventStart}, {Kind: core.EventPing},
		{Kind: core.EventOpen, Block: thought}, {Kind: core.EventDelta, Block: thought, Text: core.Text("th")},
		{Kind: core.EventSign, Block: thought}, {Kind: core.EventClose, Block: thought},
		{Kind: core.EventOpen, Block: call}, {Kind: core.EventClose, Block: call},
		{Kind: core.EventOpen, Block: text}, {Kind: core.EventDelta, Block: text, Text: core.Text("a"), Probs: []byte(`[{"token":"a"}]`)}, {Kind: core.EventClose, Block: text},
		{Kind: core.EventFinish, Finish: core.FinishPaused, Native: core.Text("pause_turn")}, {Kind: core.EventUsage}, {Kind: core.EventEnd}, {Kind: core.EventEnd},
	} {
		out = appendChunk(out, x, &e)
	}
	const head = `data: {"id":"msg_1","object":"chat.completion.chunk","created":5,"model":"m","choices":[`
	const tail = `},"logprobs":null,"finish_reason":null}],"usage":null}` + "\n\n"
	want := head + `{"index":0,"delta":{"role":"assistant","content":"","refusal":null` + tail + ": ping\n\n" +
		head + `{"index":0,"delta":{"reasoning_content":"th"` + tail +
		head + `{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","text":"th","signature":"asbru.anthropic.S","format":"anthropic-claude-v1","index":0}]` + tail +
		head + `{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]` + tail +
		head + `{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]` + tail +
		head + `{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}],"refusal":null},"finish_reason":null}],"usage":null}` + "\n\n" +
		head + `{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop","native_finish_reason":"pause_turn"}],"usage":null}` + "\n\n" +
		head + `],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}}` + "\n\n" +
		"data: [DONE]\n\n"
	if string(out) != want {
		t.Errorf("\n got %s\nwant %s", out, want)
	}
}

// A fault ends a stream without the terminator of a complete one.
func TestStreamWritesFault(t *testing.T) {
	x := core.NewCrossing()
	out := appendChunk(nil, x, &core.Event{Kind: core.EventFault, Fault: &core.Fault{Code: core.UpstreamFailed, Message: "m"}})
	out = appendChunk(out, x, &core.Event{Kind: core.EventEnd})
	want := `data: {"error":{"message":"m","type":"upstream_error","param":null,"code":"upstream_failed","retryable":true},"request_id":"00000000000000000000000000000000"}` + "\n\n"
	if string(out) != want {
		t.Errorf("\n got %s\nwant %s", out, want)
	}
}

// The bytes that wait for a call to end and the number of parts are bounded.
func TestStreamBounds(t *testing.T) {
	feed := func(x *core.Crossing, data string) error {
		_, err := parseChunk(nil, x, nil, []byte(data))
		return err
	}
	entry := func(index, args string) string {
		return `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":` + index + `,"id":"c` + index + `","function":{"name":"f","arguments":"` + args + `"}}]}}]}`
	}
	x := core.NewCrossing()
	if err := feed(x, entry("0", "{")); err != nil {
		t.Fatal(err)
	}
	x.R.Seq = maxHeld - 4 // as if this much were waiting
	if err := feed(x, entry("1", "aaaa")); err != nil {
		t.Errorf("what just fits: %v", err)
	}
	if err := feed(x, entry("1", "a")); err != errHeld {
		t.Errorf("got %v after %d bytes", err, maxHeld)
	}
	x.Reset()
	kinds := [2]string{"content", "refusal"}
	for n, err := 0, error(nil); err == nil; n++ {
		if err = feed(x, `{"choices":[{"delta":{"`+kinds[n%2]+`":"a"}}]}`); err == nil && n == maxBlocks {
			t.Errorf("%d parts passed", n)
			break
		} else if err != nil && err != errMany {
			t.Error(err)
		}
	}
}

func TestCompletionFace(t *testing.T) {
	c := core.NewChat()
	if f := parseCompletion(c, []byte(`{"model":"m","prompt":["say"],"max_tokens":3,"echo":false,"suffix":null}`)); f != nil {
		t.Fatal(f)
	}
	if len(c.Turns) != 1 || c.Turns[0].Role != core.User || string(c.Parts[0].Text) != "say" || string(c.MaxTokens) != "3" {
		t.Errorf("got %+v %+v", c.Turns, c.Parts)
	}
	for body, param := range map[string]string{
		`{"prompt":["a","b"]}`: "prompt", `{"prompt":[1,2]}`: "prompt", `{}`: "prompt",
		`{"prompt":"a","suffix":"b"}`: "suffix", `{"prompt":"a","echo":true}`: "echo", `{"prompt":"a","best_of":2}`: "best_of", `{"prompt":"a","logprobs":3}`: "logprobs",
	} {
		c := core.NewChat()
		switch f := parseCompletion(c, []byte(body)); {
		case body == `{}`:
			if f == nil || f.Param != param {
				t.Errorf("%s: %+v, want param %s", body, f, param)
			}
		case f != nil || string(c.Needs) != param:
			t.Errorf("%s: %v, needs %q, want %s", body, f, c.Needs, param)
		}
	}
	r := core.NewCompletion()
	i := r.Begin(0)
	r.Add(core.Part{Kind: core.PartThought, Text: core.Text("t")})
	r.Add(core.Part{Text: core.Text("a")})
	r.End(i)
	r.Choices[i].Finish = core.FinishLength
	want := `{"id":"cmpl-1","created":0,"model":"","object":"text_completion","choices":[{"index":0,"text":"a","logprobs":null,"finish_reason":"length"}]}`
	r.ID = core.Text("cmpl-1")
	if d := corpus.Diff(appendCompletionReply(nil, r, nil), []byte(want)); d != "" {
		t.Error(d)
	}
	x := core.NewCrossing()
	b := x.Add(core.PartText, 0, 0)
	var out []byte
	for _, e := range []core.Event{{Kind: core.EventStart}, {Kind: core.EventOpen, Block: b}, {Kind: core.EventDelta, Block: b, Text: core.Text("a")}, {Kind: core.EventClose, Block: b}, {Kind: core.EventFinish, Finish: core.FinishStop}, {Kind: core.EventEnd}} {
		out = appendCompletionChunk(out, x, &e)
	}
	const head = `data: {"id":"cmpl-00000000000000000000000000000000","object":"text_completion","created":0,"model":"","choices":[{"index":0,"text":`
	if got, want := string(out), head+`"a","logprobs":null,"finish_reason":null}]}`+"\n\n"+head+`"","logprobs":null,"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
