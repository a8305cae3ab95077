package anthropic

import (
	"strings"
	"testing"

	"asbru/adapters/body"
	"asbru/core"
)

func TestThinking(t *testing.T) {
	f := func(model, want, dropped string, build func(c *core.Chat), absent ...string) {
		t.Helper()
		got, c, fault := asked(t, &core.Send{Model: []byte(model)}, func(c *core.Chat) {
			turn(c, core.User, say1("a"))
			build(c)
		})
		if fault != nil {
			t.Errorf("%s %s: %s", model, want, fault.Message)
			return
		}
		members(t, model, got, want, absent...)
		if d := strings.Join(c.Dropped, " "); d != dropped {
			t.Errorf("%s: dropped %q, want %q", model, d, dropped)
		}
	}
	effort := func(s string) func(c *core.Chat) { return func(c *core.Chat) { c.Effort = core.Text(s) } }
	f("claude-sonnet-4-5", `{"max_tokens":64000,"thinking":{"type":"enabled","budget_tokens":8192}}`, "", effort("medium"))
	f("claude-sonnet-4-5", `{"max_tokens":17384,"thinking":{"type":"enabled","budget_tokens":16384}}`, "", func(c *core.Chat) {
		c.Effort, c.MaxTokens = core.Text("high"), []byte("1000")
	})
	f("us.anthropic.claude-opus-4-1-20250805-v1:0", `{"max_tokens":32000,"thinking":{"type":"enabled","budget_tokens":25600}}`, "", effort("max"))
	f("claude-sonnet-4-5", `{"thinking":{"type":"enabled","budget_tokens":1024}}`, "", func(c *core.Chat) { c.Budget = 10 })
	f("claude-sonnet-4-5", `{"thinking":{"type":"disabled"}}`, "", effort("none"), "output_config")
	f("anthropic/claude-opus-4.6", `{"max_tokens":64000,"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}`, "", effort("xhigh"))
	f("claude-opus-4-6", `{"thinking":{"type":"enabled","budget_tokens":2000}}`, "", func(c *core.Chat) { c.Budget = 2000 }, "output_config")
	f("claude-opus-4-7", `{"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"medium"}}`, "", func(c *core.Chat) {
		c.Budget, c.Shows = 8000, core.Yes
	})
	f("claude-opus-5", `{"thinking":{"type":"adaptive","display":"omitted"}}`, "", func(c *core.Chat) { c.Budget, c.Summary = core.BudgetAuto, core.Text("none") }, "output_config")
	f("claude-3-5-haiku-latest", `{"max_tokens":8192}`, "reasoning_effort", effort("low"), "thinking")
	f("claude-sonnet-4-5", `{"tool_choice":{"type":"any"}}`, "reasoning_effort", func(c *core.Chat) {
		c.Effort, c.Choice = core.Text("low"), core.ChooseAny
		c.Tools = append(c.Tools, core.Tool{Name: core.Text("f")})
	}, "thinking")
	f("claude-sonnet-4-5", `{}`, "thinking", func(c *core.Chat) {
		c.Budget = 2000
		turn(c, core.Assistant, core.Part{Kind: core.PartCall, ID: core.Text("a"), Name: core.Text("f")})
		turn(c, core.ToolRole, core.Part{Kind: core.PartResult, ID: core.Text("a")})
	}, "thinking")
	f("deepseek-chat", `{"max_tokens":8192,"thinking":{"type":"enabled","budget_tokens":2048}}`, "", effort("low"))
	_, _, fault := asked(t, nil, func(c *core.Chat) { c.Effort = core.Text("huge") })
	if fault == nil || fault.Param != "reasoning_effort" || fault.Hint == "" {
		t.Errorf("an unknown effort: %v", fault)
	}
}

func TestSettings(t *testing.T) {
	f := func(want, dropped string, build func(c *core.Chat), absent ...string) {
		t.Helper()
		got, c, fault := asked(t, nil, func(c *core.Chat) {
			turn(c, core.User, say1("a"))
			build(c)
		})
		if fault != nil {
			t.Errorf("%s: %s", want, fault.Message)
			return
		}
		members(t, want, got, want, absent...)
		if d := strings.Join(c.Dropped, " "); d != dropped {
			t.Errorf("%s: dropped %q, want %q", want, d, dropped)
		}
	}
	num := func(s string) []byte { return []byte(s) }
	f(`{"temperature":1}`, "temperature", func(c *core.Chat) { c.Temperature = num("1.5") })
	f(`{"temperature":0.5,"top_k":3}`, "top_p", func(c *core.Chat) { c.Temperature, c.TopP, c.TopK = num("0.5"), num("0.9"), num("3") }, "top_p")
	f(`{"top_p":0.9}`, "", func(c *core.Chat) { c.TopP = num("0.9") })
	f(`{}`, "temperature", func(c *core.Chat) { c.Temperature, c.TopP, c.Budget = num("0.5"), num("1"), 2000 }, "temperature", "top_p")
	f(`{"stop_sequences":["a","b"]}`, "stop", func(c *core.Chat) { c.Stop = []core.Text{core.Text("a"), core.Text(`\n`), core.Text("b")} })
	f(`{"metadata":{"user_id":"u"},"service_tier":"auto"}`, "", func(c *core.Chat) { c.User, c.Tier = core.Text("u"), core.Text("auto") })
	f(`{}`, "service_tier", func(c *core.Chat) { c.Tier = core.Text("flex") }, "service_tier")
	f(`{}`, "seed frequency_penalty logit_bias prompt_cache_key metadata store verbosity odd", func(c *core.Chat) {
		c.Seed, c.FrequencyPenalty, c.PresencePenalty, c.LogitBias = num("1"), num("0.5"), num("0"), num("{}")
		c.CacheKey, c.Metadata, c.Store, c.Verbose = core.Text("k"), num("{}"), core.Yes, core.Text("low")
		c.Keep(&c.More, core.Text("odd"), num("1"))
		c.Keep(&c.More, core.Text("none"), num("null"))
	}, "odd", "metadata")
	f(`{"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"minimum":{"type":"integer","minimum":1}}}},
		{"name":"g","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"tool","name":"g","disable_parallel_tool_use":true}}`, "", func(c *core.Chat) {
		c.Tools = []core.Tool{{Name: core.Text("f"), Note: core.Text("d"), Schema: num(` {"properties":{"minimum":{"type":"integer","minimum":1}}} `)},
			{Name: core.Text("g"), Schema: num("{}"), Strict: core.No}}
		c.Choice, c.ChoiceName, c.Parallel = core.ChooseNamed, core.Text("g"), core.No
	})
	f(`{"tools":[{"name":"f","strict":true,"input_schema":{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false}}],
		"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}`, "tools.parameters.minimum", func(c *core.Chat) {
		c.Tools = []core.Tool{{Name: core.Text("e")}, {Name: core.Text("f"), Strict: core.Yes, Schema: num(`{"type":"object","properties":{"n":{"type":"integer","minimum":1}}}`)}}
		c.Allowed, c.Parallel = []core.Text{core.Text("f")}, core.No
	})
	f(`{}`, "", func(c *core.Chat) { c.Choice, c.Parallel = core.ChooseAuto, core.No }, "tool_choice")
	f(`{"system":[{"type":"text","text":"Answer with one JSON object only."}]}`, "", func(c *core.Chat) { c.Format = core.FormatJSON })
	f(`{"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{},"additionalProperties":false}}}}`, "", func(c *core.Chat) {
		c.Format, c.Schema, c.Strict = core.FormatSchema, num(`{"type":"object","properties":{}}`), core.Yes
	})
}

func TestRefusals(t *testing.T) {
	f := func(param, say string, build func(c *core.Chat)) {
		t.Helper()
		_, _, fault := asked(t, nil, build)
		if fault == nil || fault.Param != param || fault.Code != core.Invalid || fault.Hint == "" || !strings.Contains(fault.Message, say) {
			t.Errorf("%s: got %+v", param, fault)
		}
	}
	f("n", "one answer", func(c *core.Chat) { c.N = []byte("2") })
	f("logprobs", "log prob", func(c *core.Chat) { c.Logprobs = core.Yes })
	f("logprobs", "log prob", func(c *core.Chat) { c.TopLogprobs = []byte("3") })
	f("previous_response_id", "conversations", func(c *core.Chat) { c.Previous = core.Text("resp_1") })
	f("modalities", "audio", func(c *core.Chat) { c.Modes = []core.Text{core.Text("text"), core.Text("audio")} })
	f("tools", "googleSearch", func(c *core.Chat) { c.Tools = []core.Tool{{Type: core.Text("googleSearch")}} })
	f("messages", "text alone", func(c *core.Chat) { turn(c, core.System, core.Part{Kind: core.PartImage, URL: core.Text("https://x")}) })
	_, _, fault := asked(t, &core.Send{Model: []byte("m"), Face: &core.Face{Quirks: core.QuirkNoTools}}, func(c *core.Chat) { c.Tools = []core.Tool{{Name: core.Text("f")}} })
	if fault == nil || fault.Param != "tools" {
		t.Errorf("tools where there are none: %v", fault)
	}
}

func TestFaces(t *testing.T) {
	face := &core.Face{Insert: []byte(`"anthropic_version":"v",`), Cut: []string{"model"}, Vendor: core.Elsewhere, Quirks: core.QuirkNoSchema}
	got, _, fault := asked(t, &core.Send{Model: []byte("m\"x"), Face: face, Stream: true}, func(c *core.Chat) {
		turn(c, core.User, say1("a"))
		turn(c, core.Assistant, core.Part{Kind: core.PartThought, Text: core.Text("hm")}, core.Part{Kind: core.PartThought, Text: core.Text("x"), Sign: core.Text("s"), Vendor: core.Anthropic}, say1("b"))
		c.Format, c.Schema = core.FormatSchema, []byte(`{"a":"b"}`)
	})
	if fault != nil || !strings.HasPrefix(got, `{"anthropic_version":"v","max_tokens":8192,`) {
		t.Fatalf("got %v %s", fault, got)
	}
	members(t, "face", got, `{"stream":true,"system":[{"type":"text","text":"Answer with one JSON object only, which this JSON Schema describes:\n{\"a\":\"b\"}"}],
		"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"thinking","thinking":"x","signature":""},{"type":"text","text":"b"}]}]}`, "model", "output_config")
}

func TestFit(t *testing.T) {
	f := func(schema, want string) {
		t.Helper()
		if got := string(body.AppendFit(nil, []byte(schema), nil, "")); got != want {
			t.Errorf("%s:\n got %s\nwant %s", schema, got, want)
		}
	}
	f(`true`, `true`)
	f(`{"type":"string","minLength":2,"enum":["a"]}`, `{"type":"string","enum":["a"]}`)
	f(`{"maximum":2}`, `{}`)
	f(`{"type":["object","null"],"properties":{"maximum":{"maximum":1,"type":"number"}},"required":["maximum"]}`,
		`{"type":["object","null"],"properties":{"maximum":{"type":"number"}},"required":["maximum"],"additionalProperties":false}`)
	f(`{"$defs":{"a":{"oneOf":[{"minimum":1},{"type":"array","minItems":3,"items":{"multipleOf":2}}]}},"const":{"minimum":1}}`,
		`{"$defs":{"a":{"anyOf":[{},{"type":"array","items":{}}]}},"const":{"minimum":1}}`)
	f(`{"type":"array","minItems":1,"additionalProperties":true,"properties":3,"anyOf":1}`, `{"type":"array","minItems":1,"additionalProperties":false,"properties":3,"anyOf":1}`)
}

func TestCounting(t *testing.T) {
	c := core.NewChat()
	turn(c, core.User, say1("a"))
	c.Temperature, c.MaxTokens = []byte("1"), []byte("5")
	got, fault := API.Counts.AppendRequest(nil, c, &core.Send{Model: []byte("claude-x"), Stream: true})
	if fault != nil || string(got) != `{"model":"claude-x","messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}` {
		t.Errorf("got %v %s", fault, got)
	}
	c.Tools = []core.Tool{{Type: core.Text("custom")}}
	if _, fault = API.Counts.AppendRequest(nil, c, &core.Send{}); fault == nil || fault.Param != "tools" {
		t.Errorf("a foreign tool: %v", fault)
	}
	if n, err := parseCount([]byte(`{"input_tokens":-1}`)); err == nil {
		t.Errorf("got %d", n)
	}
}
