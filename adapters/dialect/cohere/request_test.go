package cohere

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// user is a conversation of another format's, of one word.
func user(set func(c *core.Chat)) *core.Chat {
	c := core.NewChat()
	say(c, core.User, core.Part{Text: core.Text("hi")})
	if set != nil {
		set(c)
	}
	return c
}

// say adds a turn.
func say(c *core.Chat, r core.Role, parts ...core.Part) {
	i := c.Begin(r)
	for _, p := range parts {
		c.Add(p)
	}
	c.End(i)
}

// answer adds the answer of a tool with what is inside.
func answer(c *core.Chat, id string, fails bool, inner ...core.Part) {
	i := c.Begin(core.ToolRole)
	at := c.Add(core.Part{Kind: core.PartResult, ID: text(id), Fails: fails})
	for _, p := range inner {
		c.Add(p)
	}
	c.Close(at)
	c.End(i)
}

// text is s, nil for "".
func text(s string) core.Text {
	if s == "" {
		return nil
	}
	return core.Text(s)
}

const hi = `"messages":[{"role":"user","content":"hi"}]`

func TestWriteOptions(t *testing.T) {
	f := func(set func(c *core.Chat), want string, drops ...string) {
		t.Helper()
		c := user(set)
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte(`m"x`)})
		if fault != nil {
			t.Errorf("%v", fault)
			return
		}
		if d := corpus.Diff(got, []byte(`{"model":"m\"x",`+hi+want+`}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
		if a, b := strings.Join(c.Dropped, " "), strings.Join(drops, " "); a != b {
			t.Errorf("dropped %q, want %q", a, b)
		}
	}
	num := func(s string) []byte { return []byte(s) }
	f(nil, ``)
	f(func(c *core.Chat) { c.Temperature = num("1.7") }, `,"temperature":1`, "temperature")
	f(func(c *core.Chat) { c.Temperature = num("0.30") }, `,"temperature":0.30`)
	f(func(c *core.Chat) { c.TopP, c.TopK = num("1"), num("900") }, `,"p":0.99,"k":500`, "top_k")
	f(func(c *core.Chat) { c.FrequencyPenalty, c.PresencePenalty = num("-2"), num("2") }, `,"frequency_penalty":0,"presence_penalty":1`, "frequency_penalty", "presence_penalty")
	f(func(c *core.Chat) { c.MaxTokens, c.Seed = num("10"), num("7") }, `,"max_tokens":10,"seed":7`)
	f(func(c *core.Chat) { c.Stop = []core.Text{text("a"), text(`\n`)} }, `,"stop_sequences":["a","\n"]`)
	f(func(c *core.Chat) { c.Logprobs, c.N = core.Yes, num("1") }, `,"logprobs":true`)
	f(func(c *core.Chat) { c.Format = core.FormatText }, ``)
	f(func(c *core.Chat) { c.Format = core.FormatJSON }, `,"response_format":{"type":"json_object"}`)
	f(func(c *core.Chat) { c.Format, c.Schema = core.FormatSchema, num(`{"type":"object"}`) }, `,"response_format":{"type":"json_object","json_schema":{"type":"object"}}`)
	f(func(c *core.Chat) { c.Budget = 0 }, `,"thinking":{"type":"disabled"}`)
	f(func(c *core.Chat) { c.Budget = core.BudgetAuto }, `,"thinking":{"type":"enabled"}`)
	f(func(c *core.Chat) { c.Budget = 99 }, `,"thinking":{"type":"enabled","token_budget":99}`)
	f(func(c *core.Chat) { c.Effort = text("none") }, `,"thinking":{"type":"disabled"}`)
	f(func(c *core.Chat) { c.Effort = text("low") }, `,"thinking":{"type":"enabled","token_budget":2048}`)
	f(func(c *core.Chat) { c.Effort, c.MaxTokens = text("high"), num("1000") }, `,"max_tokens":1000,"thinking":{"type":"enabled","token_budget":800}`)
	f(func(c *core.Chat) { c.Effort = text("extreme") }, `,"thinking":{"type":"enabled"}`)
	f(func(c *core.Chat) {
		c.LogitBias, c.User, c.Tier, c.CacheKey = num("{}"), text("u"), text("flex"), text("k")
		c.Metadata, c.Store, c.Verbose, c.Parallel = num("{}"), core.No, text("low"), core.No
		c.Keep(&c.More, text("moderation"), num("1"))
	}, ``, "logit_bias", "user", "service_tier", "prompt_cache_key", "metadata", "store", "verbosity", "parallel_tool_calls", "moderation")
}

func TestWriteTools(t *testing.T) {
	f := func(set func(c *core.Chat), want string) {
		t.Helper()
		c := user(func(c *core.Chat) {
			c.Tools = []core.Tool{{Name: text("a"), Schema: []byte(`{"required":["x"]}`)}, {Name: text("b"), Note: text("B")}}
			set(c)
		})
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%v", fault)
		} else if d := corpus.Diff(got, []byte(`{"model":"m",`+hi+`,`+want+`}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
	}
	const a = `{"type":"function","function":{"name":"a","parameters":{"required":["x"]}}}`
	const b = `{"type":"function","function":{"name":"b","description":"B","parameters":{"type":"object","properties":{}}}}`
	f(func(c *core.Chat) { c.Choice = core.ChooseAuto }, `"tools":[`+a+`,`+b+`]`)
	f(func(c *core.Chat) { c.Choice = core.ChooseAny }, `"tools":[`+a+`,`+b+`],"tool_choice":"REQUIRED"`)
	f(func(c *core.Chat) { c.Choice = core.ChooseNone }, `"tools":[`+a+`,`+b+`],"tool_choice":"NONE"`)
	f(func(c *core.Chat) { c.Choice, c.ChoiceName = core.ChooseNamed, text("b") }, `"tools":[`+b+`],"tool_choice":"REQUIRED"`)
	f(func(c *core.Chat) { c.Choice, c.Allowed = core.ChooseAny, []core.Text{text("a")} }, `"tools":[`+a+`],"tool_choice":"REQUIRED"`)
	f(func(c *core.Chat) { c.Tools = c.Tools[:1]; c.Tools[0].Strict = core.Yes }, `"tools":[`+a+`],"strict_tools":true`)
	f(func(c *core.Chat) { c.Tools[0].Strict, c.Tools[1].Strict = core.Yes, core.Yes }, `"tools":[`+a+`,`+b+`]`) // b requires nothing
}

func TestWriteMessages(t *testing.T) {
	f := func(want string, set func(c *core.Chat)) {
		t.Helper()
		c := core.NewChat()
		set(c)
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%v", fault)
		} else if d := corpus.Diff(got, []byte(`{"model":"m",`+want+`}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
	}
	say := func(parts ...core.Part) func(c *core.Chat) {
		return func(c *core.Chat) { say(c, core.User, parts...) }
	}
	f(`"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`, func(c *core.Chat) {
		c.End(c.Begin(core.Developer))
		c.Turns, c.Parts = c.Turns[:0], c.Parts[:0]
		i := c.Begin(core.Developer)
		c.Add(core.Part{Text: text("s")})
		c.End(i)
		say(core.Part{Text: text("a")}, core.Part{Text: text("b")})(c)
	})
	f(`"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/gif;base64,QQ=="}}]}]`,
		say(core.Part{Kind: core.PartImage, URL: text("https://x/y"), Hint: text("low")}, core.Part{Kind: core.PartImage, Media: text("image/gif"), Data: text("QQ==")}))
	f(`"messages":[{"role":"user","content":"q"}],"documents":[{"data":{"title":"n.txt","text":"doc"}},{"data":{"text":"a\"b"}}]`,
		say(core.Part{Kind: core.PartFile, Text: text("doc"), Name: text("n.txt")},
			core.Part{Kind: core.PartFile, Data: text("YSJi"), Media: text("text/plain")}, core.Part{Text: text("q")}))
	// Thoughts of any vendor go without their signature; before calls they are the plan.
	f(`"messages":[{"role":"assistant","tool_plan":"t\n\nu","content":"x","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":\"b\\n\"}"}},`+
		`{"id":"2","type":"function","function":{"name":"g","arguments":"{}"}},{"id":"3","type":"function","function":{"name":"h","arguments":"{\"cut"}}]}]`, func(c *core.Chat) {
		i := c.Begin(core.Assistant)
		c.Add(core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("secret"), Vendor: core.Anthropic})
		c.Add(core.Part{Kind: core.PartThought, Text: text("u")})
		c.Add(core.Part{Kind: core.PartVeiled, Sign: text("secret"), Vendor: core.Anthropic})
		c.Add(core.Part{Text: text("x")})
		c.Add(core.Part{Kind: core.PartCall, ID: text("1"), Name: text("f"), Args: []byte(`{"a":"b\n"}`)})
		c.Add(core.Part{Kind: core.PartCall, ID: text("2"), Name: text("g"), Args: []byte{}, Wraps: true})
		c.Add(core.Part{Kind: core.PartCall, ID: text("3"), Name: text("h"), Args: []byte(`{\"cut`), Wraps: true})
		c.End(i)
	})
	f(`"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t"},{"type":"text","text":"x"}]}]`, func(c *core.Chat) {
		i := c.Begin(core.Assistant)
		c.Add(core.Part{Kind: core.PartThought, Text: text("t")})
		c.Add(core.Part{Text: text("x")})
		c.End(i)
	})
	// Answers come first, calls without ids are numbered, pictures follow the last answer.
	f(`"messages":[{"role":"assistant","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},`+
		`{"role":"tool","tool_call_id":"call_0","content":"one"},{"role":"tool","tool_call_id":"call_1","content":""},`+
		`{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://p"}}]}]`, func(c *core.Chat) {
		i := c.Begin(core.Assistant)
		c.Add(core.Part{Kind: core.PartCall, Name: text("f"), Args: []byte("{}")})
		c.Add(core.Part{Kind: core.PartCall, Name: text("f"), Args: []byte("{}")})
		c.End(i)
		answer(c, "", false, core.Part{Text: text("one")}, core.Part{Kind: core.PartImage, URL: text("https://p")})
		answer(c, "", false)
	})
	f(`"messages":[{"role":"tool","tool_call_id":"1","content":"The tool failed: no"},{"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"a"},{"type":"document","document":{"data":{"text":"d"}}}]},`+
		`{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://p"}},{"type":"text","text":"so?"}]}]`, func(c *core.Chat) {
		i := c.Begin(core.User) // as Anthropic has it: results and text in one turn
		c.Add(core.Part{Text: text("so?")})
		at := c.Add(core.Part{Kind: core.PartResult, ID: text("1"), Fails: true})
		c.Add(core.Part{Text: text("no")})
		c.Close(at)
		at = c.Add(core.Part{Kind: core.PartResult, ID: text("2")})
		c.Add(core.Part{Text: text("a")})
		c.Add(core.Part{Kind: core.PartFile, Text: text("d")})
		c.Add(core.Part{Kind: core.PartImage, URL: text("https://p")})
		c.Close(at)
		c.End(i)
	})
}

func TestRefusals(t *testing.T) {
	f := func(param string, set func(c *core.Chat)) {
		t.Helper()
		_, fault := chat.AppendRequest(nil, user(set), &core.Send{Model: []byte("m")})
		if fault == nil || fault.Code != core.Invalid || fault.Param != param || fault.Hint == "" {
			t.Errorf("%s: got %+v", param, fault)
		}
	}
	f("n", func(c *core.Chat) { c.N = []byte("2") })
	f("top_logprobs", func(c *core.Chat) { c.TopLogprobs = []byte("3") })
	f("previous_response_id", func(c *core.Chat) { c.Previous = text("resp_1") })
	f("stop", func(c *core.Chat) { c.Stop = make([]core.Text, 6) })
	f("modalities", func(c *core.Chat) { c.Modes = []core.Text{text("text"), text("audio")} })
	f("tools", func(c *core.Chat) { c.Tools = []core.Tool{{Type: text("web_search"), Raw: []byte("{}")}} })
	f("tool_choice", func(c *core.Chat) {
		c.Tools, c.Choice, c.ChoiceName = []core.Tool{{Name: text("a")}}, core.ChooseNamed, text("b")
	})
	f("tool_choice", func(c *core.Chat) {
		c.Tools, c.Allowed = []core.Tool{{Name: text("a")}}, []core.Text{text("b")}
	})
	media := func(p core.Part) func(c *core.Chat) { return func(c *core.Chat) { say(c, core.User, p) } }
	f("messages", media(core.Part{Kind: core.PartAudio, Data: text("QQ==")}))
	f("messages", media(core.Part{Kind: core.PartVideo, URL: text("https://v")}))
	f("messages", media(core.Part{Kind: core.PartFile, Media: text("application/pdf"), Data: text("QQ==")}))
	f("messages", media(core.Part{Kind: core.PartFile, File: text("file-1")}))
	f("messages", media(core.Part{Kind: core.PartImage, File: text("file-1")}))
	f("messages", func(c *core.Chat) {
		say(c, core.Assistant, core.Part{Kind: core.PartImage, URL: text("https://i")})
	})
	f("messages", func(c *core.Chat) {
		answer(c, "1", false, core.Part{Kind: core.PartImage, File: text("file-1")})
	})
}

// What is odd in a request of Cohere's own must come out as it went in.
func TestOwnRoundTrip(t *testing.T) {
	f := func(members string) {
		t.Helper()
		body := []byte(`{"model":"m",` + members + `}`)
		c := core.NewChat()
		if fault := chat.ParseRequest(c, body); fault != nil {
			t.Errorf("%s: %v", members, fault)
			return
		}
		got, fault := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m"), Stream: c.Stream})
		if fault != nil {
			t.Errorf("%s: %v", members, fault)
		} else if d := corpus.Diff(got, body); d != "" {
			t.Errorf("%s: %s", members, d)
		}
	}
	f(hi + `,"stream":false,"tools":[],"documents":[],"stop_sequences":[],"logprobs":false,"strict_tools":false,"safety_mode":"OFF","citation_options":{"mode":"FAST"},"priority":1`)
	f(hi + `,"temperature":null,"max_tokens":null,"tools":null,"stream":null,"thinking":null,"unknown":null,"documents":null`)
	f(hi + `,"stream":true,"temperature":1.50,"p":1,"k":0,"tool_choice":"AUTO","strict_tools":true,"tools":[{"type":"function","function":{"name":"f","description":null,"parameters":null,"x":1},"y":2},{"type":"hosted","z":{}}]`)
	f(hi + `,"response_format":{"type":"text"},"thinking":{"type":"disabled"}`)
	f(hi + `,"response_format":{"type":"json_object","schema":{"a":1}},"thinking":{"type":"enabled","token_budget":null}`)
	f(hi + `,"response_format":{"type":"json_object","json_schema":{},"x":1},"thinking":{"type":"auto"}`)
	f(`"messages":[{"role":"user","content":null,"x":1},{"role":"user"},{"role":"user","content":[]},{"role":"developer","content":"d"}]`)
	f(`"messages":[{"role":"user","content":[{"type":"text","text":"a","cache":1},{"type":"text"},{"type":"audio","a":[]},{"type":"image_url","image_url":{"url":"data:image\/png;base64,QQ==","detail":"auto","w":1}},` +
		`{"type":"image_url","image_url":{"url":"data:,x"}},{"type":"document","document":{"data":{"a":1},"id":"1"}}]}]`)
	f(`"messages":[{"role":"assistant","content":"","tool_plan":"","tool_calls":[]},{"role":"assistant","content":null,"tool_plan":null,"tool_calls":null,"citations":[]},` +
		`{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":""}],"tool_calls":[{"id":"1","function":{"name":"f"}},{"type":"function","function":{"name":"f","arguments":"","z":1},"w":0},{"id":"3","type":"other","function":{"name":"f","arguments":{"a":1}}}]}]`)
	f(`"messages":[{"role":"tool","tool_call_id":"1","content":"x"},{"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"x"},{"type":"document","document":{"data":"{\"a\":1}"}}]},{"role":"tool","content":[]},{"role":"tool","content":null}]`)
	f(`"documents":["a",{"data":"b"},{"id":"1","data":{"title":"t","snippet":"s"}},{"data":{"x":[1]}}],"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}]`)
}

func TestReadRequest(t *testing.T) {
	c := core.NewChat()
	if f := chat.ParseRequest(c, sample); f != nil {
		t.Fatal(f)
	}
	if !c.Stream || c.Budget != 100 || c.Shows != core.Yes || string(c.Stop[0]) != "END" || string(c.Tools[0].Name) != "weather" || len(c.Turns) != 6 {
		t.Errorf("got %+v", c)
	}
	kinds := map[core.PartKind]int{}
	for _, p := range c.Parts {
		kinds[p.Kind]++
		switch p.Kind {
		case core.PartImage:
			if string(p.Media) != "image/png" || len(p.Data) != 100 {
				t.Errorf("image %s %s", p.Media, p.Data)
			}
		case core.PartCall:
			if !p.Wraps || string(p.Args) != `{\"city\":\"Paris\"}` || string(p.ID) != "c1" {
				t.Errorf("call %s %s", p.ID, p.Args)
			}
		case core.PartThought:
			if p.Vendor != core.Cohere || p.Sign != nil {
				t.Errorf("plan of %v", p.Vendor)
			}
		case core.PartFile:
			if string(p.Text) != "plain" && (string(p.Text) != "S" || string(p.Name) != "T" || string(p.ID) != "doc1") {
				t.Errorf("document %s %s %s", p.ID, p.Name, p.Text)
			}
		}
	}
	if kinds[core.PartFile] != 2 || kinds[core.PartResult] != 1 || c.Turns[1].Role != core.User || c.Parts[c.Turns[1].From].Kind != core.PartFile {
		t.Errorf("kinds %v", kinds)
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
	f(`{}`, "messages")
	f(`{"messages":"x"}`, "messages")
	f(`{"messages":[1]}`, "messages[0]")
	f(`{"messages":[{"role":"user","content":"a"},{"role":"robot","content":"a"}]}`, "messages[1]")
	f(`{"messages":[{"role":"user","content":1}]}`, "messages[0]")
	f(`{"messages":[{"role":"user","content":["a"]}]}`, "messages[0]")
	f(`{"messages":[{"role":"user","content":[{"text":"a"}]}]}`, "messages[0]")
	f(`{"messages":[{"role":"assistant","tool_calls":{}}]}`, "messages[0]")
	f(`{"messages":[{"role":"assistant","tool_calls":[{"id":"1"}]}]}`, "messages[0]")
	f(`{"messages":[{"role":"assistant","tool_plan":1}]}`, "messages[0]")
	f(`{"messages":[],"documents":{}}`, "documents")
	f(`{"messages":[],"tools":{}}`, "tools")
	f(`{"messages":[],"tools":[{"type":"function","function":{}}]}`, "tools")
	f(`{"messages":[],"temperature":"1"}`, "temperature")
	f(`{"messages":[],"stop_sequences":"a"}`, "stop_sequences")
	f(`{"messages":[],"stop_sequences":[1]}`, "stop_sequences")
	f(`{"messages":[],"stream":"yes"}`, "stream")
	f(`{"messages":[],"logprobs":5}`, "logprobs")
	f(`{"messages":[],"strict_tools":5}`, "strict_tools")
	f(`{"messages":[],"model":5}`, "model")
}

// The signature of another vendor must survive a client of Cohere's format and reach
// that vendor only.
func TestCarriedSignatures(t *testing.T) {
	r := core.NewCompletion()
	i := r.Begin(0)
	r.Add(core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("sig"), Vendor: core.Anthropic})
	r.Add(core.Part{Kind: core.PartVeiled, Sign: text("veil"), Vendor: core.Anthropic})
	r.Add(core.Part{Kind: core.PartThought, Text: core.Text{}, Sign: text("mute"), Vendor: core.Anthropic})
	r.Add(core.Part{Kind: core.PartCall, ID: text("1"), Name: text("f"), Sign: text("g"), Vendor: core.Google})
	r.End(i)
	reply := chat.AppendReply(nil, r, nil)
	at := strings.Index(string(reply), `"message":`) + len(`"message":`)
	message := string(reply[at:strings.LastIndex(string(reply), `,"finish_reason"`)])
	c := core.NewChat()
	if f := chat.ParseRequest(c, []byte(`{"model":"m","messages":[`+message+`]}`)); f != nil {
		t.Fatal(f, message)
	}
	for j, want := range r.Parts {
		got := c.Parts[j]
		if got.Kind != want.Kind || string(got.Sign) != string(want.Sign) || got.Vendor != want.Vendor || string(got.Text) != string(want.Text) {
			t.Errorf("got %d %s %v, want %d %s %v: %s", got.Kind, got.Sign, got.Vendor, want.Kind, want.Sign, want.Vendor, message)
		}
	}
	if out, f := chat.AppendRequest(nil, c, &core.Send{Model: []byte("m")}); f != nil || strings.Contains(string(out), "sig") {
		t.Errorf("sent to Cohere: %s, %v", out, f)
	}
}
