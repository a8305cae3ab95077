package ollama

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// text is s, nil for "".
func text(s string) core.Text {
	if s == "" {
		return nil
	}
	return core.Text(s)
}

// say adds a turn.
func say(c *core.Chat, r core.Role, parts ...core.Part) {
	i := c.Begin(r)
	for _, p := range parts {
		c.Add(p)
	}
	c.End(i)
}

func TestPeek(t *testing.T) {
	f := func(body string, op core.Op, stream bool, tokens int64) {
		t.Helper()
		var p core.Peek
		if f := API.Peek([]byte(body), op, &p); f != nil || p.Stream != stream || p.MaxTokens != tokens || string(p.Model) != "m" {
			t.Errorf("%s: %+v, %v", body, p, f)
		}
	}
	f(`{"model":"m"}`, core.OpChat, true, 0)
	f(`{"model":"m","stream":null}`, core.OpCompletion, true, 0)
	f(`{"model":"m","stream":true,"options":{"num_predict":7}}`, core.OpChat, true, 7)
	f(`{"model":"m","stre\u0061m":false,"options":{"num_predict":-1}}`, core.OpChat, false, 0)
	f(`{"model":"m","options":{"num_predict":7}}`, core.OpEmbed, false, 0)
	for _, body := range []string{`{"model":"m","options":{"num_predict":"7"}}`, `{"model":"m","options":{"num_predict":99999999999}}`, `{"model":"m","stream":1}`, `{`} {
		if API.Peek([]byte(body), core.OpChat, new(core.Peek)) == nil {
			t.Errorf("%s: taken", body)
		}
	}
}

func TestWriteOptions(t *testing.T) {
	f := func(set func(c *core.Chat), want string, drops ...string) {
		t.Helper()
		c := core.NewChat()
		say(c, core.User, core.Part{Text: text("hi")})
		set(c)
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%v", fault)
			return
		}
		if d := corpus.Diff(got, []byte(`{"model":"m","stream":false,"messages":[{"role":"user","content":"hi"}]`+want+`}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
		if a, b := strings.Join(c.Dropped, " "), strings.Join(drops, " "); a != b {
			t.Errorf("dropped %q, want %q", a, b)
		}
	}
	num := func(s string) []byte { return []byte(s) }
	f(func(c *core.Chat) { c.MaxTokens, c.Temperature, c.Stop = num("5"), num("1.5"), []core.Text{text("a")} }, `,"options":{"num_predict":5,"temperature":1.5,"stop":["a"]}`)
	f(func(c *core.Chat) { c.TopP, c.TopK, c.Seed = num("1"), num("2"), num("3") }, `,"options":{"top_p":1,"top_k":2,"seed":3}`)
	f(func(c *core.Chat) { c.FrequencyPenalty, c.PresencePenalty = num("1"), num("2") }, `,"options":{"frequency_penalty":1,"presence_penalty":2}`)
	f(func(c *core.Chat) { c.Logprobs, c.TopLogprobs = core.Yes, num("2") }, `,"logprobs":true,"top_logprobs":2`)
	f(func(c *core.Chat) { c.Format = core.FormatJSON }, `,"format":"json"`)
	f(func(c *core.Chat) { c.Format, c.Schema = core.FormatSchema, num(`{"type":"object"}`) }, `,"format":{"type":"object"}`)
	f(func(c *core.Chat) { c.Format = core.FormatText }, ``)
	f(func(c *core.Chat) { c.Budget = 0 }, `,"think":false`)
	f(func(c *core.Chat) { c.Budget = 1000 }, `,"think":true`)
	f(func(c *core.Chat) { c.Effort = text("none") }, `,"think":false`)
	f(func(c *core.Chat) { c.Effort = text("minimal") }, `,"think":"low"`)
	f(func(c *core.Chat) { c.Effort = text("xhigh") }, `,"think":"high"`)
	f(func(c *core.Chat) { c.Effort = text("medium") }, `,"think":"medium"`)
	f(func(c *core.Chat) { c.Effort = text("odd") }, `,"think":true`)
	const a = `{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{}}}}`
	const b = `{"type":"function","function":{"name":"b","description":"B","parameters":{"x":1}}}`
	tools := func(c *core.Chat) {
		c.Tools = []core.Tool{{Name: text("a")}, {Name: text("b"), Note: text("B"), Schema: num(`{"x":1}`)}}
	}
	f(func(c *core.Chat) { tools(c); c.Choice = core.ChooseAuto }, `,"tools":[`+a+`,`+b+`]`)
	f(func(c *core.Chat) { tools(c); c.Choice = core.ChooseNone }, ``)
	f(func(c *core.Chat) { tools(c); c.Choice = core.ChooseAny }, `,"tools":[`+a+`,`+b+`]`, "tool_choice")
	f(func(c *core.Chat) { tools(c); c.Choice, c.ChoiceName = core.ChooseNamed, text("b") }, `,"tools":[`+b+`]`, "tool_choice")
	f(func(c *core.Chat) { tools(c); c.Allowed = []core.Text{text("a")} }, `,"tools":[`+a+`]`)
	f(func(c *core.Chat) { c.User = text("u"); c.Keep(&c.More, text("x"), num("1")) }, ``, "user", "x")
}

func TestWriteMessages(t *testing.T) {
	f := func(want string, set func(c *core.Chat)) {
		t.Helper()
		c := core.NewChat()
		set(c)
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m"), Stream: true})
		if fault != nil {
			t.Errorf("%v", fault)
		} else if d := corpus.Diff(got, []byte(`{"model":"m","stream":true,"messages":[`+want+`]}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
	}
	f(`{"role":"system","content":"s\nt"},{"role":"user","content":"n.txt:\ndoc\na\"b\nq","images":["QQ=="]}`, func(c *core.Chat) {
		say(c, core.Developer, core.Part{Text: text("s")}, core.Part{Text: text("t")})
		say(c, core.User, core.Part{Kind: core.PartFile, Text: text("doc"), Name: text("n.txt")}, core.Part{Kind: core.PartFile, Media: text("text/plain"), Data: text("YSJi")},
			core.Part{Kind: core.PartImage, Data: text("QQ==")}, core.Part{Text: text("q")})
	})
	f(`{"role":"assistant","thinking":"t","content":"","tool_calls":[{"id":"1","function":{"index":0,"name":"f","arguments":{"a":"b\n"}}},{"id":"2","function":{"index":1,"name":"g","arguments":{}}},`+
		`{"id":"3","function":{"index":2,"name":"h","arguments":{"invalid_arguments":"{\"cut"}}},{"id":"4","function":{"index":3,"name":"i","arguments":{"invalid_arguments":"[\"x\"]"}}}]},`+
		`{"role":"tool","tool_call_id":"2","tool_name":"g","content":"The tool failed: no"},{"role":"tool","tool_call_id":"1","tool_name":"f","content":"","images":["QQ=="]}`, func(c *core.Chat) {
		say(c, core.Assistant, core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("s"), Vendor: core.Anthropic}, core.Part{Kind: core.PartVeiled, Sign: text("s")},
			core.Part{Kind: core.PartCall, ID: text("1"), Name: text("f"), Args: []byte(`{\"a\":\"b\\n\"}`), Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("2"), Name: text("g"), Args: []byte{}, Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("3"), Name: text("h"), Args: []byte(`{\"cut`), Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("4"), Name: text("i"), Args: []byte(`["x"]`)})
		i := c.Begin(core.User)
		at := c.Add(core.Part{Kind: core.PartResult, ID: text("2"), Fails: true})
		c.Add(core.Part{Text: text("no")})
		c.Close(at)
		at = c.Add(core.Part{Kind: core.PartResult, ID: text("1")})
		c.Add(core.Part{Kind: core.PartImage, Data: text("QQ==")})
		c.Close(at)
		c.End(i)
	})
}

func TestRefusals(t *testing.T) {
	f := func(param string, set func(c *core.Chat)) {
		t.Helper()
		c := core.NewChat()
		set(c)
		_, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")})
		if fault == nil || fault.Code != core.Invalid || fault.Param != param || fault.Hint == "" {
			t.Errorf("%s: got %+v", param, fault)
		}
	}
	f("n", func(c *core.Chat) { c.N = []byte("2") })
	f("previous_response_id", func(c *core.Chat) { c.Previous = text("resp_1") })
	f("modalities", func(c *core.Chat) { c.Modes = []core.Text{text("audio")} })
	f("tools", func(c *core.Chat) { c.Tools = []core.Tool{{Type: text("web_search"), Raw: []byte("{}")}} })
	for _, p := range []core.Part{
		{Kind: core.PartAudio, Data: text("QQ==")}, {Kind: core.PartVideo, URL: text("https://v")}, {Kind: core.PartFile, File: text("file-1")},
		{Kind: core.PartFile, Media: text("application/pdf"), Data: text("QQ==")}, {Kind: core.PartImage, URL: text("https://i")}, {Kind: core.PartImage, File: text("file-1")},
	} {
		f("messages", func(c *core.Chat) { say(c, core.User, p) })
	}
}

// What is odd in a request of Ollama's own must come out as it went in.
func TestOwnRoundTrip(t *testing.T) {
	f := func(op core.Op, members string) {
		t.Helper()
		body := []byte(`{"model":"m",` + members + `}`)
		c := core.NewChat()
		if fault := API.Chats[op].ParseRequest(c, body); fault != nil {
			t.Errorf("%s: %v", members, fault)
			return
		}
		got, fault := API.Chats[op].AppendRequest(nil, c, &core.Send{Model: []byte("m"), Stream: c.Stream})
		if d := corpus.Diff(got, body); fault != nil || d != "" {
			t.Errorf("%s: %s %v", members, d, fault)
		}
	}
	const hi = `"messages":[{"role":"user","content":"hi"}]`
	f(core.OpChat, hi)
	f(core.OpChat, hi+`,"stream":false,"tools":[],"format":"","options":{},"keep_alive":0,"logprobs":false`)
	f(core.OpChat, hi+`,"stream":true,"tools":null,"format":null,"options":null,"keep_alive":null,"think":null,"y":null`)
	f(core.OpChat, hi+`,"options":{"num_predict":-2,"stop":"x","num_ctx":1,"temperature":null,"mirostat":2},"think":"high","format":"yaml"`)
	f(core.OpChat, hi+`,"options":{"stop":[],"seed":0},"think":true,"format":{"type":"object"},"truncate":true`)
	f(core.OpChat, hi+`,"options":{"stop":[1]},"think":5,"tools":[{"type":"function","x":1,"function":{"name":"f","description":null,"parameters":null}},{"type":"function","function":{"name":"f","y":1}},{"type":"other"}]`)
	f(core.OpChat, `"messages":null`)
	f(core.OpChat, `"messages":[{"role":"user"},{"role":"user","content":null,"images":null},{"role":"user","content":"","images":[],"x":1},{"role":"user","images":["\/9j\/AA"]},{"role":"system","content":"s","name":"n"}]`)
	f(core.OpChat, `"messages":[{"role":"assistant","content":"","thinking":"","tool_calls":[]},{"role":"assistant","thinking":"t","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1},"index":3}},{"id":"x","type":"function","function":{"name":"g"},"z":0},{"function":{"name":"h","arguments":{}}}]},`+
		`{"role":"tool","content":"r","tool_name":"h"},{"role":"tool","content":"r","name":"f"},{"role":"tool","content":"r","tool_call_id":"x"},{"role":"tool","content":[1],"images":["QQ"]},{"role":"tool"}]`)
	f(core.OpCompletion, `"prompt":"p","system":"s","images":["QQ"],"template":"t","suffix":"x","raw":true,"context":[1]`)
	f(core.OpCompletion, `"prompt":"","system":"","images":[],"template":"","suffix":"","raw":false,"context":[],"stream":false`)
	f(core.OpCompletion, `"options":{"seed":1}`)
}

func TestReadRequest(t *testing.T) {
	c := core.NewChat()
	if f := chat.ParseRequest(c, sample); f != nil {
		t.Fatal(f)
	}
	if !c.Stream || string(c.Effort) != "low" || string(c.MaxTokens) != "200" || string(c.Stop[0]) != "END" || len(c.Turns) != 6 {
		t.Errorf("got %+v", c)
	}
	if e, _ := c.Extra(c.More); string(e.Key) != "options.num_ctx" {
		t.Errorf("extra %s", e.Key)
	}
	var calls, results []string
	for _, p := range c.Parts {
		switch p.Kind {
		case core.PartImage:
			if string(p.Media) != "image/png" {
				t.Errorf("image of type %s", p.Media)
			}
		case core.PartCall:
			calls = append(calls, string(p.ID)+" "+string(p.Name)+" "+string(p.Args))
		case core.PartResult:
			results = append(results, string(p.ID))
		}
	}
	if got, want := strings.Join(calls, "|"), `c1 weather {"city":"Paris"}|call_0 time {}`; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
	if got := strings.Join(results, " "); got != "c1 call_0" {
		t.Errorf("results of %s", got)
	}
}

func TestBadRequests(t *testing.T) {
	f := func(body, param string) {
		t.Helper()
		fault := chat.ParseRequest(core.NewChat(), []byte(body))
		if fault == nil || fault.Code != core.Invalid || fault.Param != param {
			t.Errorf("%s: got %+v", body, fault)
		}
	}
	const ok = `"messages":[]`
	f(`{}`, "messages")
	f(`{"messages":"x"}`, "messages")
	f(`{"messages":[1]}`, "messages[0]")
	f(`{"messages":[{"role":"user"},{"role":"robot"}]}`, "messages[1]")
	f(`{"messages":[{"role":"user","content":[]}]}`, "messages[0]")
	f(`{"messages":[{"role":"user","images":"x"}]}`, "messages[0]")
	f(`{"messages":[{"role":"user","images":[1]}]}`, "messages[0]")
	f(`{"messages":[{"role":"assistant","thinking":1}]}`, "messages[0]")
	f(`{"messages":[{"role":"assistant","tool_calls":[{}]}]}`, "messages[0]")
	f(`{`+ok+`,"model":1}`, "model")
	f(`{`+ok+`,"stream":1}`, "stream")
	f(`{`+ok+`,"tools":{}}`, "tools")
	f(`{`+ok+`,"tools":[{"type":"function"}]}`, "tools")
	f(`{`+ok+`,"options":1}`, "options")
	f(`{`+ok+`,"options":{"seed":"1"}}`, "options.seed")
	f(`{`+ok+`,"logprobs":1}`, "logprobs")
	if f := API.Chats[core.OpCompletion].ParseRequest(core.NewChat(), []byte(`{"prompt":1}`)); f == nil || f.Param != "prompt" {
		t.Errorf("%+v", f)
	}
	if f := API.Chats[core.OpCompletion].ParseRequest(core.NewChat(), []byte(`{"system":1}`)); f == nil || f.Param != "system" {
		t.Errorf("%+v", f)
	}
	c := core.NewChat()
	say(c, core.User, core.Part{Text: text("a")})
	say(c, core.Assistant, core.Part{Text: text("b")})
	if _, f := API.Chats[core.OpCompletion].AppendRequest(nil, c, &core.Send{}); f == nil || f.Param != "messages" {
		t.Errorf("%+v", f)
	}
}
