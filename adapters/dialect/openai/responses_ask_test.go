package openai

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// say adds a turn of one text.
func say(c *core.Chat, r core.Role, text string) {
	n := c.Begin(r)
	c.Add(core.Part{Text: core.Text(text)})
	c.End(n)
}

// turn adds a turn of parts.
func turn(c *core.Chat, r core.Role, parts ...core.Part) {
	n := c.Begin(r)
	for _, p := range parts {
		c.Add(p)
	}
	c.End(n)
}

// asked writes the conversation that build makes, as if it came from another dialect.
func asked(build func(c *core.Chat), face *core.Face) (string, *core.Chat, *core.Fault) {
	c := core.NewChat()
	build(c)
	got, f := appendAsk(nil, c, &core.Send{Model: []byte("m"), Face: face})
	return string(got), c, f
}

func TestResponsesForeignRequest(t *testing.T) {
	f := func(name string, build func(c *core.Chat), want string, dropped ...string) {
		t.Helper()
		got, c, fault := asked(build, &core.Face{})
		if fault != nil {
			t.Errorf("%s: %v", name, fault)
			return
		}
		want = `{"model":"m",` + want + `,"store":false}`
		if d := corpus.Diff([]byte(got), []byte(want)); d != "" {
			t.Errorf("%s: %s\n got %s\nwant %s", name, d, got, want)
		}
		if strings.Join(c.Dropped, " ") != strings.Join(dropped, " ") {
			t.Errorf("%s: dropped %q, want %q", name, c.Dropped, dropped)
		}
	}
	hi := func(c *core.Chat) { say(c, core.User, "hi") }
	const asks = `"input":[{"role":"user","content":"hi"}]`
	f("text", hi, asks)
	f("system", func(c *core.Chat) {
		turn(c, core.System, core.Part{Text: core.Text("a")}, core.Part{Text: core.Text(`b\n`)})
		say(c, core.Developer, "c")
		hi(c)
		say(c, core.System, "d")
	}, `"instructions":"a\n\nb\n\n\nc","input":[{"role":"user","content":"hi"},{"role":"system","content":"d"}]`)
	f("nothing but system", func(c *core.Chat) {
		say(c, core.System, "a")
		say(c, core.System, "b")
	}, `"instructions":"a","input":[{"role":"system","content":"b"}]`)
	f("a text without a character ends a turn", func(c *core.Chat) {
		hi(c)
		turn(c, core.Assistant, core.Part{Kind: core.PartCall, ID: core.Text("i"), Name: core.Text("f"), Raw: []byte("{}")}, core.Part{})
		turn(c, core.ToolRole, core.Part{Kind: core.PartResult, ID: core.Text("i")})
	}, `"input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"i","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"i","output":""}]`)
	f("media", func(c *core.Chat) {
		turn(c, core.User,
			core.Part{Text: core.Text("see")},
			core.Part{Kind: core.PartImage, Media: core.Text("image/jpeg"), Data: core.Text("QUJD"), Hint: core.Text("low")},
			core.Part{Kind: core.PartImage, URL: core.Text("https://a/b.png")},
			core.Part{Kind: core.PartFile, Media: core.Text("application/pdf"), Data: core.Text("QQ=="), Name: core.Text("a.pdf")},
			core.Part{Kind: core.PartFile, URL: core.Text("https://a/b.pdf")},
			core.Part{Kind: core.PartFile, Text: core.Text("plain")},
			core.Part{Kind: core.PartAudio, Media: core.Text("audio/mpeg"), Data: core.Text("QQ==")})
	}, `"input":[{"role":"user","content":[{"type":"input_text","text":"see"},
		{"type":"input_image","image_url":"data:image/jpeg;base64,QUJD","detail":"low"},
		{"type":"input_image","image_url":"https://a/b.png"},
		{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="},
		{"type":"input_file","file_url":"https://a/b.pdf"},
		{"type":"input_text","text":"plain"},
		{"type":"input_audio","input_audio":{"data":"QQ==","format":"mp3"}}]}]`)
	f("a summary of several parts", func(c *core.Chat) {
		turn(c, core.Assistant,
			core.Part{Kind: core.PartThought, Text: core.Text("else"), Vendor: core.Anthropic, Sign: core.Text("r")},
			core.Part{Kind: core.PartThought, Text: core.Text("one")},
			core.Part{Kind: core.PartThought, Text: core.Text("two")},
			core.Part{Kind: core.PartThought, Text: core.Text("three"), Sign: core.Text("s"), Vendor: core.OpenAI},
			core.Part{Kind: core.PartThought, Text: core.Text("unsigned")},
			core.Part{Text: core.Text("so")})
	}, `"input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"one"},{"type":"summary_text","text":"two"},{"type":"summary_text","text":"three"}],"encrypted_content":"s"},
		{"role":"assistant","content":"so"}]`, "thinking")
	f("a tool loop", func(c *core.Chat) {
		turn(c, core.Assistant,
			core.Part{Kind: core.PartThought, Text: core.Text("hm"), Sign: core.Text("s"), Vendor: core.Anthropic},
			core.Part{Kind: core.PartThought, Text: core.Text("ah"), Sign: core.Text("t"), Vendor: core.OpenAI},
			core.Part{Kind: core.PartVeiled, Sign: core.Text("u"), Vendor: core.OpenAI},
			core.Part{Text: core.Text("so")}, core.Part{Text: core.Text("and")},
			core.Part{Kind: core.PartCall, ID: core.Text("c1"), Name: core.Text("f"), Args: []byte(`{"a":"\n"}`)},
			core.Part{Kind: core.PartCall, ID: core.Text("c2"), Name: core.Text("g"), Args: []byte(`{\"b\":1}`), Wraps: true},
			core.Part{Kind: core.PartCall, ID: core.Text("c3"), Name: core.Text("h"), Args: []byte(``), Wraps: true})
		n := c.Begin(core.ToolRole)
		for _, id := range []string{"c1", "c2", "c3"} {
			r := c.Add(core.Part{Kind: core.PartResult, ID: core.Text(id), Fails: id == "c3"})
			if id != "c3" {
				c.Add(core.Part{Text: core.Text("ok")})
			}
			if id == "c2" {
				c.Add(core.Part{Kind: core.PartImage, URL: core.Text("https://a/b")})
			}
			c.Close(r)
		}
		c.End(n)
	}, `"input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"ah"}],"encrypted_content":"t"},
		{"type":"reasoning","summary":[],"encrypted_content":"u"},
		{"role":"assistant","content":[{"type":"output_text","text":"so"},{"type":"output_text","text":"and"}]},
		{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":\"\\n\"}"},
		{"type":"function_call","call_id":"c2","name":"g","arguments":"{\"b\":1}"},
		{"type":"function_call","call_id":"c3","name":"h","arguments":"{}"},
		{"type":"function_call_output","call_id":"c1","output":"ok"},
		{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"ok"},{"type":"input_image","image_url":"https://a/b"}]},
		{"type":"function_call_output","call_id":"c3","output":"error"}]`, core.LostThought)
	f("calls without ids", func(c *core.Chat) {
		turn(c, core.Assistant, core.Part{Kind: core.PartCall, Name: core.Text("f"), Args: []byte(`{}`)},
			core.Part{Kind: core.PartCall, Name: core.Text("f"), Args: []byte(`{}`)})
		turn(c, core.ToolRole, core.Part{Kind: core.PartResult, Name: core.Text("f")}, core.Part{Kind: core.PartResult, Name: core.Text("f")})
	}, `"input":[{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"call_2","name":"f","arguments":"{}"},
		{"type":"function_call_output","call_id":"call_1","output":""},{"type":"function_call_output","call_id":"call_2","output":""}]`)
	f("tools", func(c *core.Chat) {
		hi(c)
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f"), Note: core.Text("n"), Schema: []byte(`{"type":"object"}`)},
			core.Tool{Name: core.Text("g"), Strict: core.Yes})
		c.Choice, c.ChoiceName, c.Parallel = core.ChooseNamed, core.Text("f"), core.No
	}, asks+`,"tools":[{"type":"function","name":"f","description":"n","parameters":{"type":"object"},"strict":false},
		{"type":"function","name":"g","parameters":{"type":"object","properties":{}},"strict":true}],
		"tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false`)
	f("allowed tools", func(c *core.Chat) {
		hi(c)
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f"), Schema: []byte(`{}`)})
		c.Choice, c.Allowed = core.ChooseAny, []core.Text{core.Text("f")}
	}, asks+`,"tools":[{"type":"function","name":"f","parameters":{},"strict":false}],
		"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}`)
	f("choice without tools", func(c *core.Chat) { hi(c); c.Choice, c.Parallel = core.ChooseAuto, core.Yes }, asks)
	f("format", func(c *core.Chat) {
		hi(c)
		c.Format, c.Schema, c.Verbose = core.FormatSchema, []byte(`{"type":"object"}`), core.Text("low")
	}, asks+`,"text":{"format":{"type":"json_schema","name":"answer","schema":{"type":"object"},"strict":false},"verbosity":"low"}`)
	f("json", func(c *core.Chat) { hi(c); c.Format = core.FormatJSON }, asks+`,"text":{"format":{"type":"json_object"}}`)
	f("effort", func(c *core.Chat) { hi(c); c.Effort, c.Shows = core.Text("high"), core.Yes },
		asks+`,"reasoning":{"effort":"high","summary":"auto"},"include":["reasoning.encrypted_content"]`)
	f("budget", func(c *core.Chat) { hi(c); c.Budget = 8192 }, asks+`,"reasoning":{"effort":"medium"},"include":["reasoning.encrypted_content"]`)
	f("no thinking", func(c *core.Chat) { hi(c); c.Budget = 0 }, asks+`,"reasoning":{"effort":"none"}`)
	f("logprobs", func(c *core.Chat) { hi(c); c.Logprobs, c.TopLogprobs = core.Yes, []byte("3") },
		asks+`,"include":["message.output_text.logprobs"],"top_logprobs":3`)
	f("numbers", func(c *core.Chat) {
		hi(c)
		c.MaxTokens, c.Temperature, c.TopP, c.N = []byte("9"), []byte("0.50"), []byte("1"), []byte("1")
		c.User, c.CacheKey, c.Metadata = core.Text("u"), core.Text("k"), []byte(`{"a":"b"}`)
	}, asks+`,"max_output_tokens":9,"temperature":0.5,"top_p":1,"user":"u","prompt_cache_key":"k","metadata":{"a":"b"}`)
	f("what has no place", func(c *core.Chat) {
		hi(c)
		c.Seed, c.TopK, c.LogitBias = []byte("1"), []byte("2"), []byte("{}")
		c.FrequencyPenalty, c.PresencePenalty = []byte("1"), []byte("1")
		c.Tier, c.User = core.Text("standard_only"), core.Text(strings.Repeat("u", 65))
		c.Turns[0].Name = core.Text("bob")
		c.Keep(&c.More, core.Text("safe_prompt"), []byte("true"))
	}, asks, "messages.name", "user", "top_k", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "service_tier", "safe_prompt")
	f("the chat face", func(c *core.Chat) {
		hi(c)
		c.From, c.Op, c.Tier = API, core.OpChat, core.Text("flex")
		c.Keep(&c.More, core.Text("prompt_cache_retention"), []byte(`"24h"`))
		c.Keep(&c.More, core.Text("prediction"), []byte(`{}`))
	}, asks+`,"service_tier":"flex","prompt_cache_retention":"24h"`, "prediction")
}

func TestResponsesRefuses(t *testing.T) {
	f := func(name, param string, build func(c *core.Chat)) {
		t.Helper()
		got, _, fault := asked(build, nil)
		if fault == nil || fault.Param != param || fault.Code != core.Invalid || fault.Message == "" {
			t.Errorf("%s: got %+v %s, want a fault on %s", name, fault, got, param)
		}
	}
	f("n", "n", func(c *core.Chat) { c.N = []byte("2") })
	f("audio", "modalities", func(c *core.Chat) { c.Modes = append(c.Modes, core.Text("text"), core.Text("audio")) })
	f("state", "previous_response_id", func(c *core.Chat) { c.Previous = core.Text("x") })
	f("tool", "tools", func(c *core.Chat) {
		c.Tools = append(c.Tools, core.Tool{Type: core.Text("web_search_20250305"), Raw: []byte(`{}`)})
	})
	f("file", "messages", func(c *core.Chat) {
		turn(c, core.User, core.Part{Kind: core.PartFile, File: core.Text("file_1")})
	})
	f("video", "messages", func(c *core.Chat) { turn(c, core.User, core.Part{Kind: core.PartVideo}) })
	f("other", "messages", func(c *core.Chat) { turn(c, core.User, core.Part{Kind: core.PartOther, Type: core.Text("x")}) })
	f("image of the assistant", "messages", func(c *core.Chat) {
		turn(c, core.Assistant, core.Part{Kind: core.PartImage, Data: core.Text("QQ==")})
	})
	f("audio by address", "messages", func(c *core.Chat) {
		turn(c, core.User, core.Part{Kind: core.PartAudio, URL: core.Text("https://a/b.mp3")})
	})
	for _, doc := range []string{`{"model":"m","input":5}`, `{"model":"m","input":["x"]}`, `{"model":"m","input":[{"role":"robot","content":"x"}]}`,
		`{"model":"m","input":"x","instructions":5}`, `{"model":"m","input":"x","tools":{}}`, `{"model":"m","input":"x","tools":[1]}`} {
		if fault := parseAsk(core.NewChat(), []byte(doc)); fault == nil || fault.Param == "" {
			t.Errorf("%s passed", doc)
		}
	}
}

// Quirks of a server change the request.
func TestResponsesQuirks(t *testing.T) {
	f := func(q core.Quirk, want string, build func(c *core.Chat)) {
		t.Helper()
		got, _, fault := asked(build, &core.Face{Quirks: q})
		if fault != nil || !strings.Contains(got, want) {
			t.Errorf("%#x: got %s %v, want %s", q, got, fault, want)
		}
	}
	f(core.QuirkNoDeveloper, `"role":"system"`, func(c *core.Chat) { say(c, core.User, "a"); say(c, core.Developer, "b") })
	f(core.QuirkNoToolStrict, `{"type":"function","name":"f","parameters":{}}`, func(c *core.Chat) {
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f"), Schema: []byte(`{}`), Strict: core.Yes})
	})
	f(core.QuirkNoSchema, `{"type":"json_object"}`, func(c *core.Chat) { c.Format, c.Schema = core.FormatSchema, []byte(`{}`) })
	f(core.QuirkNoEffort, `"input":[],"store":false}`, func(c *core.Chat) { c.Effort = core.Text("none") })
	got, _, _ := asked(func(c *core.Chat) { say(c, core.User, "x") }, &core.Face{Cut: []string{"store"}, Insert: []byte(`"a":1,`)})
	if got != `{"a":1,"model":"m","input":[{"role":"user","content":"x"}]}` {
		t.Error(got)
	}
}

// Requests of this face are written again unchanged, and translated to other formats like this.
func TestResponsesParse(t *testing.T) {
	f := func(doc string, check func(c *core.Chat) bool) {
		t.Helper()
		c := core.NewChat()
		doc = `{"model":"m",` + doc + `}`
		if fault := parseAsk(c, []byte(doc)); fault != nil {
			t.Errorf("%s: %v", doc, fault)
			return
		}
		if !check(c) {
			t.Errorf("%s: %+v", doc, c)
		}
		got, fault := appendAsk(nil, c, &core.Send{Model: []byte("m"), Stream: c.Stream})
		if fault != nil {
			t.Errorf("%s: %v", doc, fault)
		} else if d := corpus.Diff(got, []byte(doc)); d != "" {
			t.Errorf("%s: %s\ngot %s", doc, d, got)
		}
	}
	f(`"input":"hi"`, func(c *core.Chat) bool { return len(c.Turns) == 1 && string(c.Parts[0].Text) == "hi" })
	f(`"input":[]`, func(c *core.Chat) bool { return len(c.Turns) == 0 })
	f(`"input":"hi","instructions":"be"`, func(c *core.Chat) bool { return c.Turns[0].Role == core.System && len(c.Turns) == 2 })
	f(`"input":null,"temperature":null,"tools":null,"text":null`, func(c *core.Chat) bool { return c.Temperature == nil })
	f(`"input":"x","tools":[],"stream":false`, func(c *core.Chat) bool { return len(c.Tools) == 0 })
	f(`"input":"x","stream":true,"store":false,"parallel_tool_calls":false`, func(c *core.Chat) bool {
		return c.Stream && c.Store == core.No && c.Parallel == core.No
	})
	f(`"input":"x","max_output_tokens":1e2,"temperature":0.0,"top_p":1,"top_logprobs":2,"include":["message.output_text.logprobs"]`,
		func(c *core.Chat) bool {
			return string(c.MaxTokens) == "1e2" && c.Logprobs == core.Yes && string(c.TopLogprobs) == "2"
		})
	f(`"input":"x","user":"a"`, func(c *core.Chat) bool { return string(c.User) == "a" })
	f(`"input":"x","user":"a","safety_identifier":"b"`, func(c *core.Chat) bool { return string(c.User) == "b" })
	f(`"input":"x","user":7,"store":"yes"`, func(c *core.Chat) bool { return c.User == nil })
	f(`"input":"x","background":true`, func(c *core.Chat) bool { return string(c.Previous) == "background" })
	f(`"input":"x","background":false`, func(c *core.Chat) bool { return c.Previous == nil })
	f(`"input":"x","conversation":"c","previous_response_id":"r"`, func(c *core.Chat) bool { return string(c.Previous) == "r" })
	f(`"input":"x","conversation":{"id":"c"}`, func(c *core.Chat) bool { return string(c.Previous) == "conversation" })
	f(`"prompt":{"id":"p"}`, func(c *core.Chat) bool { return string(c.Previous) == "prompt" })
	f(`"input":"x","text":{"format":{"type":"json_schema","name":"n","description":"d","schema":{},"strict":true},"verbosity":"low"}`,
		func(c *core.Chat) bool {
			return c.Format == core.FormatSchema && string(c.FormatNote) == "d" && c.Strict == core.Yes && string(c.Verbose) == "low" && c.More == 0
		})
	f(`"input":"x","text":{"format":{"type":"grammar","x":1}}`, func(c *core.Chat) bool { return c.Format == core.FormatUnsaid })
	f(`"input":"x","text":{}`, func(c *core.Chat) bool { return c.Format == core.FormatUnsaid })
	f(`"input":"x","reasoning":{"effort":"high","summary":"auto"}`, func(c *core.Chat) bool {
		return string(c.Effort) == "high" && c.Shows == core.Yes && c.More == 0
	})
	f(`"input":"x","reasoning":{"effort":"high","summary":null,"context":"all"}`, func(c *core.Chat) bool {
		return string(c.Effort) == "high" && c.Shows == core.Unsaid
	})
	f(`"input":"x","tool_choice":"required"`, func(c *core.Chat) bool { return c.Choice == core.ChooseAny })
	f(`"input":"x","tool_choice":{"type":"function","name":"f"}`, func(c *core.Chat) bool {
		return c.Choice == core.ChooseNamed && string(c.ChoiceName) == "f"
	})
	f(`"input":"x","tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}`,
		func(c *core.Chat) bool { return c.Choice == core.ChooseAuto && len(c.Allowed) == 1 })
	f(`"input":"x","tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"web_search"}]}`,
		func(c *core.Chat) bool { return c.Choice == core.ChooseUnsaid && len(c.Allowed) == 0 })
	f(`"input":"x","tool_choice":{"type":"web_search"}`, func(c *core.Chat) bool { return c.Choice == core.ChooseUnsaid })
	f(`"input":"x","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}]`,
		func(c *core.Chat) bool { return c.Tools[0].Strict == core.Yes })
	f(`"input":"x","tools":[{"type":"function","name":"f","description":null,"parameters":null,"strict":null,"x":1}]`,
		func(c *core.Chat) bool { return c.Tools[0].Strict == core.Unsaid && c.Tools[0].Schema == nil })
	f(`"input":"x","tools":[{"type":"custom","name":"c"},{"type":"mcp","server_label":"s"}]`,
		func(c *core.Chat) bool { return string(c.Tools[0].Type) == "custom" && len(c.Tools[1].Raw) > 0 })
}

// The items of input become turns, and come out again as they were.
func TestResponsesItems(t *testing.T) {
	f := func(items, want string) {
		t.Helper()
		c := core.NewChat()
		doc := `{"model":"m","input":[` + items + `]}`
		if fault := parseAsk(c, []byte(doc)); fault != nil {
			t.Errorf("%s: %v", doc, fault)
			return
		}
		if got := turns(c); got != want {
			t.Errorf("%s:\n got %s\nwant %s", items, got, want)
		}
		got, fault := appendAsk(nil, c, &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%s: %v", doc, fault)
		} else if d := corpus.Diff(got, []byte(doc)); d != "" {
			t.Errorf("%s: %s\ngot %s", doc, d, got)
		}
	}
	f(`{"role":"user","content":"a"}`, `user(text a)`)
	f(`{"type":"message","role":"user","content":[{"type":"input_text","text":"a","x":1},{"type":"text","text":"b"},{"text":"c"}]}`, `user(text a, text b, text c)`)
	f(`{"role":"user","content":[]},{"role":"assistant","content":[]},{"role":"user","content":null},{"role":"user"}`, `user() assistant() user() user()`)
	f(`{"role":"assistant","content":"a","phase":"x"},{"type":"message","role":"assistant","id":"i","content":[{"type":"output_text","text":"b","annotations":[]},{"type":"refusal","refusal":"c"}]}`,
		`assistant(text a, text b, refusal c)`)
	f(`{"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"E"},
		{"type":"function_call","call_id":"1","name":"f","arguments":"{}","id":"fc"},{"type":"function_call","call_id":"2","name":"g","arguments":{}},
		{"type":"function_call_output","call_id":"1","output":"x"},{"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"y"}],"status":"completed"},
		{"type":"function_call_output","call_id":"3","output":{"a":"b"}},{"type":"function_call_output","call_id":"4","output":null},
		{"type":"message","role":"assistant","content":[{"type":"output_text","text":"z"}]}`,
		`assistant(thought a, thought b E, call 1, call 2) tool(result 1, text x, result 2, text y, result 3, text {\"a\":\"b\"}, result 4) assistant(text z)`)
	f(`{"type":"reasoning","id":"r","summary":[]},{"type":"reasoning","summary":[],"encrypted_content":"E","content":null}`, `assistant(veiled, veiled E)`)
	f(`{"type":"item_reference","id":"x"},{"type":"web_search_call","id":"w","action":{}},{"type":"custom_tool_call_output","call_id":"c","output":"o"}`,
		`assistant(other item_reference, other web_search_call) tool(other custom_tool_call_output)`)
	f(`{"role":"user","content":[{"type":"input_image","image_url":"data:image\/png;base64,QQ==","detail":null},{"type":"input_image","file_id":"f","detail":"low"},
		{"type":"input_image","image_url":"data:text/plain,hi","x":1},{"type":"input_image","image_url":"data:image/png;name=a;base64,QQ=="},{"type":"input_file","file_data":"QQ=="},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="},
		{"type":"input_file","file_url":"https://a/b"},{"type":"input_audio","input_audio":{"data":"QQ==","format":"flac"}},{"type":"computer_screenshot","x":1}]}`,
		`user(image image/png QQ==, image f, other data URL without base64, image image/png QQ==, file QQ==, file application/pdf QQ==, file https://a/b, audio audio/flac QQ==, other computer_screenshot)`)
}

var kindWords = [...]string{"text", "image", "file", "audio", "video", "call", "result", "thought", "veiled", "refusal", "other"}

// turns describes a conversation.
func turns(c *core.Chat) string {
	var b strings.Builder
	for i, t := range c.Turns {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString([...]string{"user", "assistant", "system", "developer", "tool"}[t.Role] + "(")
		for n, p := range c.Parts[t.From:t.To] {
			if n > 0 {
				b.WriteString(", ")
			}
			b.WriteString(kindWords[p.Kind])
			for _, s := range [][]byte{p.Text, p.ID, p.Type, p.Media, p.Data, p.URL, p.File, p.Sign} {
				if len(s) > 0 {
					b.WriteString(" " + string(s))
				}
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Signatures of other vendors come back in a field of ours, and are sent only to those vendors.
func TestResponsesSignatures(t *testing.T) {
	const doc = `{"model":"m","input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"encrypted_content":"asbru.anthropic.S"},
		{"type":"reasoning","summary":[],"encrypted_content":"asbru.google.G"},{"type":"function_call","call_id":"1","name":"f","arguments":"{}"},
		{"role":"assistant","content":"t"},{"type":"reasoning","summary":[],"encrypted_content":"asbru.google.H"},{"role":"user","content":"u"}]}`
	c := core.NewChat()
	if f := parseAsk(c, []byte(doc)); f != nil {
		t.Fatal(f)
	}
	if got, want := turns(c), `assistant(thought a S, call 1 G, text t H) user(text u)`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	for i, want := range []core.Vendor{core.Anthropic, core.Google, core.Google, core.NoVendor} {
		if c.Parts[i].Vendor != want {
			t.Errorf("part %d is %v's, want %v", i, c.Parts[i].Vendor, want)
		}
	}
	got, f := appendAsk(nil, c, &core.Send{Model: []byte("m")})
	want := `{"model":"m","input":[{"type":"function_call","call_id":"1","name":"f","arguments":"{}"},{"role":"assistant","content":"t"},{"role":"user","content":"u"}]}`
	if f != nil || corpus.Diff(got, []byte(want)) != "" {
		t.Errorf("got %s %v", got, f)
	}
}
