package bedrock

import (
	"slices"
	"strings"
	"testing"

	"asbru/core"
)

const claude45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

// chatOf returns a conversation from another family, built by hand.
func chatOf(fill func(*core.Chat)) *core.Chat {
	c := core.NewChat()
	fill(c)
	return c
}

func say(c *core.Chat, r core.Role, parts ...core.Part) {
	i := c.Begin(r)
	for _, p := range parts {
		c.Add(p)
	}
	c.End(i)
}

func words(s string) core.Part { return core.Part{Text: text(s)} }

func TestMessages(t *testing.T) {
	f := func(fill func(*core.Chat), want string) {
		t.Helper()
		got, fault := asks(chatOf(fill), claude45)
		if fault != nil {
			t.Errorf("%s", fault.Message)
			return
		}
		wantJSON(t, "request", got, want)
	}
	f(func(c *core.Chat) {
		say(c, core.System, words("be brief"))
		say(c, core.User, words("a"))
		say(c, core.User, words("b"))
		say(c, core.Assistant, words("c"))
		say(c, core.Developer, words("be kind"))
		say(c, core.Assistant, words(`\n`), words("d"))
	}, `{"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]},{"role":"assistant","content":[{"text":"c"},{"text":"d"}]}],
		"system":[{"text":"be brief"},{"text":"be kind"}]}`)
	f(func(c *core.Chat) {
		say(c, core.Assistant, words("hello"))
		say(c, core.User, words(" "))
	}, `{"messages":[{"role":"user","content":[{"text":"."}]},{"role":"assistant","content":[{"text":"hello"}]}]}`)
	f(func(c *core.Chat) { say(c, core.System, words("be brief")) }, `{"messages":[{"role":"user","content":[{"text":"."}]}],"system":[{"text":"be brief"}]}`)
	f(func(c *core.Chat) { // text of the user before the result is moved after it
		say(c, core.User, words("a"))
		say(c, core.Assistant, core.Part{Kind: core.PartCall, ID: text("i"), Name: text("w"), Args: []byte(`{}`)})
		say(c, core.User, words("b"))
		say(c, core.System, words("s"))
		say(c, core.ToolRole, core.Part{Kind: core.PartResult, ID: text("i")})
		say(c, core.User, words("c"))
	}, `{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"i","name":"w","input":{}}}]},
		{"role":"user","content":[{"toolResult":{"toolUseId":"i","content":[]}},{"text":"b"},{"text":"c"}]}],"system":[{"text":"s"}],
		"toolConfig":{"tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object"}}}}]}}`)
	f(func(c *core.Chat) { // calls and results, but no tools
		say(c, core.User, words("weather?"))
		say(c, core.Assistant, core.Part{Kind: core.PartCall, ID: text("call 1"), Name: text("w"), Args: []byte(`{\"a\":1}`), Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("c2"), Name: text("w"), Args: []byte(``), Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("c3"), Name: text("v"), Args: []byte(`{\"a\":`), Wraps: true},
			core.Part{Kind: core.PartCall, ID: text("c4"), Name: text("v"), Args: []byte(`[1]`)})
		i := c.Begin(core.ToolRole)
		at := c.Add(core.Part{Kind: core.PartResult, ID: text("call 1"), Fails: true})
		c.Add(words("sunny"))
		c.Add(core.Part{Kind: core.PartImage, Media: text(`image\/png`), Data: text("AAAA")})
		c.Close(at)
		c.End(i)
	}, `{"messages":[{"role":"user","content":[{"text":"weather?"}]},{"role":"assistant","content":[
		{"toolUse":{"toolUseId":"call1-9593b4995d8524ce","name":"w","input":{"a":1}}},{"toolUse":{"toolUseId":"c2","name":"w","input":{}}},
		{"toolUse":{"toolUseId":"c3","name":"v","input":{"arguments":"{\"a\":"}}},{"toolUse":{"toolUseId":"c4","name":"v","input":{"arguments":"[1]"}}}]},
		{"role":"user","content":[{"toolResult":{"toolUseId":"call1-9593b4995d8524ce","content":[{"text":"sunny"},
		{"image":{"format":"png","source":{"bytes":"AAAA"}}}],"status":"error"}}]}],
		"toolConfig":{"tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object"}}}},{"toolSpec":{"name":"v","inputSchema":{"json":{"type":"object"}}}}]}}`)
	f(func(c *core.Chat) { // media
		say(c, core.User, core.Part{Kind: core.PartFile, Name: text("my__report  v2.pdf"), Data: text("BBBB")},
			core.Part{Kind: core.PartFile, Media: text("text/plain; charset=utf-8"), Text: text("plain")},
			core.Part{Kind: core.PartFile, Media: text("application/pdf"), Data: text("CCCC")},
			core.Part{Kind: core.PartVideo, Media: text("video/mp4"), URL: text("s3://b/v.mp4")})
	}, `{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"my-report v2-pdf","source":{"bytes":"BBBB"}}},
		{"document":{"format":"txt","name":"document","source":{"text":"plain"}}},{"document":{"format":"pdf","name":"document 2","source":{"bytes":"CCCC"}}},
		{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}},{"text":"."}]}]}`)
	f(func(c *core.Chat) { // thoughts and marks
		say(c, core.User, core.Part{Text: text("q"), Cache: text("1h")})
		say(c, core.Assistant, core.Part{Kind: core.PartThought, Text: text("hm"), Sign: text("S"), Vendor: core.Anthropic},
			core.Part{Kind: core.PartThought, Text: text("hm"), Sign: text("S"), Vendor: core.Google}, core.Part{Kind: core.PartThought, Text: text("unsigned")},
			core.Part{Kind: core.PartVeiled, Sign: text("EtkE"), Vendor: core.Anthropic}, core.Part{Kind: core.PartRefusal, Text: text("no"), Cache: text("")},
			core.Part{Kind: core.PartOther, Type: text("server_tool_use"), Raw: []byte(`{}`)})
	}, `{"messages":[{"role":"user","content":[{"text":"q"},{"cachePoint":{"type":"default","ttl":"1h"}}]},{"role":"assistant","content":[
		{"reasoningContent":{"reasoningText":{"text":"hm","signature":"S"}}},{"reasoningContent":{"redactedContent":"RXRrRQ=="}},{"text":"no"},{"cachePoint":{"type":"default"}}]}]}`)
}

func TestConfig(t *testing.T) {
	f := func(name string, fill func(*core.Chat), want string, dropped ...string) {
		t.Helper()
		c := chatOf(fill)
		say(c, core.User, words("q"))
		got, fault := asks(c, name)
		if fault != nil {
			t.Errorf("%s", fault.Message)
			return
		}
		wantJSON(t, "request", got, `{"messages":[{"role":"user","content":[{"text":"q"}]}]`+want+`}`)
		if !slices.Equal(c.Dropped, dropped) {
			t.Errorf("dropped %q, want %q", c.Dropped, dropped)
		}
	}
	tool := core.Tool{Name: text("f"), Note: text("does"), Schema: []byte(`{"type":"object"}`), Strict: core.Yes, Cache: text("")}
	const spec = `{"toolSpec":{"name":"f","description":"does","inputSchema":{"json":{"type":"object","additionalProperties":false}},"strict":true}},{"cachePoint":{"type":"default"}}`
	f(claude45, func(c *core.Chat) {
		c.MaxTokens, c.Temperature, c.TopP, c.TopK = []byte("100"), []byte("1.5"), []byte("0.9"), []byte("40")
		c.Stop = append(c.Stop, text(`\n`), text("END"))
		c.Seed, c.User, c.Tier, c.Metadata = []byte("1"), text("u"), text("flex"), []byte(`{"team":"a b"}`)
	}, `,"inferenceConfig":{"maxTokens":100,"temperature":1,"stopSequences":["END"]},"additionalModelRequestFields":{"top_k":40},
		"serviceTier":{"type":"flex"},"requestMetadata":{"team":"a b"}`, "seed", "user", "temperature", "top_p", "stop")
	f("anthropic.claude-sonnet-4-20250514-v1:0", func(c *core.Chat) { c.Temperature, c.TopP = []byte("0.5"), []byte("0.9") }, `,"inferenceConfig":{"temperature":0.5,"topP":0.9}`)
	f(claude45, func(c *core.Chat) { c.TopP = []byte("0.9") }, `,"inferenceConfig":{"topP":0.9}`)
	f("global.anthropic.claude-opus-4-7", func(c *core.Chat) { c.Temperature, c.TopP, c.TopK = []byte("0.5"), []byte("1"), []byte("4") }, ``, "top_k", "temperature")
	f("amazon.nova-2-lite-v1:0", func(c *core.Chat) {
		c.TopK, c.Effort, c.Tier, c.Metadata, c.Temperature = []byte("40"), text("xhigh"), text("scale"), []byte(`{"a":{}}`), []byte("1.0")
	}, `,"inferenceConfig":{"temperature":1.0},"additionalModelRequestFields":{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"},"inferenceConfig":{"topK":40}}`,
		"service_tier", "metadata")
	f("openai.gpt-oss-120b-1:0", func(c *core.Chat) { c.Effort = text("minimal") }, `,"additionalModelRequestFields":{"reasoning_effort":"low"}`)
	f("meta.llama3-8b-instruct-v1:0", func(c *core.Chat) { c.Effort, c.TopK = text("low"), []byte("3") }, ``, "reasoning_effort", "top_k")
	f(claude45, func(c *core.Chat) {
		c.Effort, c.MaxTokens, c.Temperature, c.TopP = text("medium"), []byte("4000"), []byte("0.5"), []byte("1")
	}, `,"inferenceConfig":{"maxTokens":12192},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":8192}}`, "temperature")
	f(claude45, func(c *core.Chat) { c.Budget = 500 }, `,"inferenceConfig":{"maxTokens":9216},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}`)
	f(claude45, func(c *core.Chat) { c.Effort = text("none") }, ``)
	f("global.anthropic.claude-opus-4-7", func(c *core.Chat) { c.Budget = 20000 }, `,"additionalModelRequestFields":{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}`)
	f("global.anthropic.claude-opus-4-6-v1", func(c *core.Chat) { c.Budget = core.BudgetAuto }, `,"additionalModelRequestFields":{"thinking":{"type":"adaptive"}}`)
	f(claude45, func(c *core.Chat) {
		c.Tools, c.Choice, c.Parallel = append(c.Tools, tool), core.ChooseAny, core.No
	}, `,"toolConfig":{"tools":[`+spec+`]},"additionalModelRequestFields":{"tool_choice":{"type":"any","disable_parallel_tool_use":true}}`)
	f(claude45, func(c *core.Chat) {
		c.Tools, c.Choice, c.ChoiceName = append(c.Tools, tool), core.ChooseNamed, text("f")
	}, `,"toolConfig":{"tools":[`+spec+`],"toolChoice":{"tool":{"name":"f"}}}`)
	f(claude45, func(c *core.Chat) {
		c.Tools, c.Choice, c.Effort = append(c.Tools, tool), core.ChooseAny, text("low")
	}, `,"toolConfig":{"tools":[`+spec+`],"toolChoice":{"auto":{}}},"inferenceConfig":{"maxTokens":10240},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}`, "tool_choice")
	f(claude45, func(c *core.Chat) { c.Tools, c.Choice = append(c.Tools, tool), core.ChooseNone }, ``)
	f("mistral.x", func(c *core.Chat) {
		c.Tools, c.Parallel, c.Allowed = append(c.Tools, tool, core.Tool{Name: text("g")}), core.No, []core.Text{text("g")}
	}, `,"toolConfig":{"tools":[{"toolSpec":{"name":"g","inputSchema":{"json":{"type":"object","properties":{}}}}}]}`, "cache_control", "parallel_tool_calls")
	f(claude45, func(c *core.Chat) {
		c.Format, c.FormatName, c.Schema = core.FormatSchema, text("n"), []byte(`{"type":"object"}`)
	}, `,"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"additionalProperties\":false}","name":"n"}}}}`)
	f(claude45, func(c *core.Chat) { // Bedrock answers 400 to bounds, and to objects that are open
		c.Format, c.Schema = core.FormatSchema, []byte(`{"properties":{"minLength":{"type":"string","minLength":1}}}`)
	}, `,"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"properties\":{\"minLength\":{\"type\":\"string\"}},\"additionalProperties\":false}"}}}}`, "response_format.json_schema.minLength")
	f(claude45, func(c *core.Chat) { c.Format, c.Betas = core.FormatJSON, []byte(`["x"]`) },
		`,"system":[{"text":"Answer with one JSON object and nothing else."}],"additionalModelRequestFields":{"anthropic_beta":["x"]}`)
}

// If calls are forbidden but the conversation has some, the tools remain, with a sentence to the model.
func TestChoiceNone(t *testing.T) {
	got, f := asks(chatOf(func(c *core.Chat) {
		c.Choice = core.ChooseNone
		c.Tools = append(c.Tools, core.Tool{Name: text("f"), Schema: []byte(`{}`)})
		say(c, core.User, words("q"))
		say(c, core.Assistant, core.Part{Kind: core.PartCall, ID: text("i"), Name: text("f"), Args: []byte(`{}`)})
		say(c, core.ToolRole, core.Part{Kind: core.PartResult, ID: text("i")})
	}), claude45)
	if f != nil {
		t.Fatal(f.Message)
	}
	wantJSON(t, "none", got, `{"messages":[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"i","name":"f","input":{}}}]},
		{"role":"user","content":[{"toolResult":{"toolUseId":"i","content":[]}}]}],"system":[{"text":"Do not use any tools now: answer in text."}],
		"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{}}}}]}}`)
}

func TestRefused(t *testing.T) {
	f := func(param string, fill func(*core.Chat)) {
		t.Helper()
		c := chatOf(fill)
		_, fault := asks(c, claude45)
		if fault == nil || fault.Code != core.Invalid || fault.Param != param || fault.Message == "" {
			t.Errorf("%s: %+v", param, fault)
		}
	}
	f("n", func(c *core.Chat) { c.N = []byte("2") })
	f("logprobs", func(c *core.Chat) { c.Logprobs = core.Yes })
	f("logprobs", func(c *core.Chat) { c.TopLogprobs = []byte("2") })
	f("previous_response_id", func(c *core.Chat) { c.Previous = text("r") })
	f("modalities", func(c *core.Chat) { c.Modes = []core.Text{text("text"), text("audio")} })
	f("tools", func(c *core.Chat) { c.Tools = []core.Tool{{Type: text("web_search_20250305"), Raw: []byte(`{}`)}} })
	f("image_url", func(c *core.Chat) { say(c, core.User, core.Part{Kind: core.PartImage, URL: text("https://x/y.png")}) })
	f("image_url", func(c *core.Chat) {
		say(c, core.User, core.Part{Kind: core.PartImage, Media: text("image/tiff"), Data: text("AA")})
	})
	f("file", func(c *core.Chat) { say(c, core.User, core.Part{Kind: core.PartFile, File: text("file-1")}) })
	f("input_audio", func(c *core.Chat) { say(c, core.User, core.Part{Kind: core.PartAudio}) })
}

func TestParseRequestFaults(t *testing.T) {
	f := func(body string) {
		t.Helper()
		if fault := parseRequest(core.NewChat(), []byte(body)); fault == nil || fault.Code != core.Invalid || fault.Message == "" {
			t.Errorf("%s: %+v", body, fault)
		}
	}
	f(`[]`)
	f(`{"messages":{}}`)
	f(`{"messages":[1]}`)
	f(`{"messages":[{"role":"system","content":[]}]}`)
	f(`{"messages":[{"role":"user","content":"text"}]}`)
	f(`{"messages":[{"role":"user","content":["text"]}]}`)
	f(`{"toolConfig":{"tools":[{}]}}`)
}

// Settings in Bedrock's format are read into the neutral form.
func TestNeutralForm(t *testing.T) {
	c := core.NewChat()
	f := parseRequest(c, []byte(`{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000},"top_k":5,"anthropic_beta":["b"]},
		"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"a\":\"\\n\"}","name":"n"}}}},"serviceTier":{"type":"flex"},
		"requestMetadata":{"k":"v"},"toolConfig":{"toolChoice":{"tool":{"name":"f"}},"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"a":1}},"strict":true}},
		{"cachePoint":{"type":"default","ttl":"1h"}},{"systemTool":{"name":"nova_grounding"}}]},
		"messages":[{"content":[{"text":"t"},{"cachePoint":{"type":"default"}},{"reasoningContent":{"reasoningText":{"text":"h","signature":"asbru.google.G"}}},
		{"reasoningContent":{"redactedContent":"RXRrRQ=="}},{"reasoningContent":{"redactedContent":"/w=="}},{"toolUse":{"toolUseId":"i","name":"f","input":{"x":1}}},
		{"toolUse":{"type":"server_tool_use"}},{"toolResult":{"toolUseId":"j"}}],"role":"assistant"},
		{"role":"user","content":[{"toolResult":{"toolUseId":"i","status":"error","content":[{"json":{"a":"b"}}]}},{"guardContent":{"text":{"text":"g","qualifiers":["q"]}}},
		{"document":{"format":"pdf","name":"n","source":{"content":[{"text":"a"},{"text":"b"}]}}},{"cachePoint":{"type":"new"}}]}]}`))
	if f != nil {
		t.Fatal(f.Message)
	}
	if c.Budget != 2000 || c.Shows != core.Yes || string(c.TopK) != "5" || string(c.Betas) != `["b"]` || string(c.Schema) != `{"a":"\n"}` || string(c.FormatName) != "n" ||
		string(c.Tier) != "flex" || string(c.Metadata) != `{"k":"v"}` || c.Choice != core.ChooseNamed || string(c.ChoiceName) != "f" {
		t.Errorf("got %+v", c)
	}
	if len(c.Tools) != 2 || string(c.Tools[0].Cache) != "1h" || c.Tools[0].Strict != core.Yes || string(c.Tools[1].Type) != "nova_grounding" || c.More != 0 {
		t.Errorf("tools %+v, extras from %d", c.Tools, c.More)
	}
	want := []string{"0 t", "7 h google G", "8  anthropic EtkE", "8  amazon /w==", "5 f {\"x\":1}", "10 toolUse", "10 toolResult", `6 !`, `0 {\"a\":\"b\"}`, "0 g", `2 a\n\nb`, "10 cachePoint"}
	for i, p := range c.Parts {
		got := strings.TrimRight(string(rune('0'+p.Kind%10))+" "+string(p.Text)+string(p.Name)+" "+string(p.Args)+p.Vendor.String()+" "+string(p.Sign), " ")
		if p.Kind == core.PartOther {
			got = "10 " + string(p.Type)
		}
		if p.Fails {
			got = "6 !"
		}
		if p.Kind == core.PartFile {
			got = "2 " + string(p.Text)
		}
		if i >= len(want) || got != want[i] {
			t.Errorf("part %d is %q, want %q", i, got, want[min(i, len(want)-1)])
		}
	}
	if c.Parts[0].Cache == nil || len(c.Parts[0].Cache) != 0 || c.Turns[0].Role != core.Assistant {
		t.Errorf("mark %q, first turn %+v", c.Parts[0].Cache, c.Turns[0])
	}
}

func TestModels(t *testing.T) {
	f := func(name string, version int, vendor core.Vendor) {
		t.Helper()
		if m := modelOf(&core.Send{Model: []byte(name)}); m.version != version || m.vendor != vendor {
			t.Errorf("%s: %+v", name, m)
		}
	}
	f(claude45, 405, core.Anthropic)
	f("anthropic.claude-3-7-sonnet-20250219-v1:0", 307, core.Anthropic)
	f("anthropic.claude-sonnet-4-20250514-v1:0", 400, core.Anthropic)
	f("arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-6-v1", 406, core.Anthropic)
	f("anthropic.claude-v2:1", 0, core.Anthropic)
	f("anthropic.claude-instant-v1", 0, core.Anthropic)
	f("us.amazon.nova-2-lite-v1:0", 0, core.Amazon)
	if m := modelOf(&core.Send{Model: []byte("arn:aws:x/abc"), Face: &core.Face{Vendor: core.Anthropic}}); m.vendor != core.Anthropic {
		t.Errorf("a Face's vendor does not count: %+v", m)
	}
}

func TestAbove(t *testing.T) {
	for raw, want := range map[string]bool{"0": false, "0.99": false, "1": false, "1.0": false, "1.01": true, "2": true, "10": true, "-1": false, "1e0": false} {
		if above([]byte(raw)) != want {
			t.Errorf("%s: %v", raw, !want)
		}
	}
}

// Claude's own setting for a schema is understood for other models, but Converse's takes precedence.
func TestClaudeFormat(t *testing.T) {
	f := func(more, want string) {
		t.Helper()
		c := core.NewChat()
		if fault := parseRequest(c, []byte(`{"messages":[{"role":"user","content":[{"text":"q"}]}],`+more+`}`)); fault != nil {
			t.Fatal(fault)
		}
		if string(c.Schema) != want || (c.Format == core.FormatSchema) != (want != "") {
			t.Errorf("%s: schema %s, format %d", more, c.Schema, c.Format)
		}
	}
	const own = `"additionalModelRequestFields":{"output_config":{"format":{"type":"json_schema","schema":{"a":1}},"effort":"low"}}`
	f(own, `{"a":1}`)
	f(`"additionalModelRequestFields":{"output_config":{"effort":"low"}}`, ``)
	const converse = `"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"b\":2}"}}}}`
	f(converse+`,`+own, `{"b":2}`)
	f(own+`,`+converse, `{"b":2}`)
}

// Claude gets no budget for thinking within a loop of tools whose thoughts it cannot read.
func TestThinkingAmidTools(t *testing.T) {
	f := func(want bool, model string, before ...core.Part) {
		t.Helper()
		c := chatOf(func(c *core.Chat) {
			c.Effort = text("low")
			say(c, core.User, words("hi"))
			say(c, core.Assistant, append(before, core.Part{Kind: core.PartCall, ID: text("c1"), Name: text("f"), Args: []byte("{}")})...)
			say(c, core.ToolRole, core.Part{Kind: core.PartResult, ID: text("c1"), Text: text("r")})
		})
		b, fault := asks(c, model)
		if fault != nil {
			t.Fatal(fault)
		}
		if got := strings.Contains(string(b), `"thinking"`); got != want || want == slices.Contains(c.Dropped, "reasoning_effort") {
			t.Errorf("%s after %d parts: thinking is %v, want %v; dropped %q: %s", model, len(before), got, want, c.Dropped, b)
		}
	}
	f(false, claude45)
	f(false, claude45, core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("s"), Vendor: core.Google})
	f(true, claude45, core.Part{Kind: core.PartThought, Text: text("t"), Sign: text("s"), Vendor: core.Anthropic})
	f(true, "global.anthropic.claude-opus-4-7")
}
