package openai

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// foreign reads a request and returns it as if it came from another format.
func foreign(t *testing.T, body string) *core.Chat {
	t.Helper()
	c := core.NewChat()
	if f := parseChat(c, []byte(body)); f != nil {
		t.Fatalf("%s: %v", body, f)
	}
	c.From = nil
	return c
}

// sentAs compares the request written for c, without the model.
func sentAs(t *testing.T, c *core.Chat, s core.Send, want string) {
	t.Helper()
	s.Model = []byte("m")
	got, f := appendChat(nil, c, &s)
	if f != nil {
		t.Errorf("%s: %v", want, f)
		return
	}
	if d := corpus.Diff(got, []byte(want), "model"); d != "" {
		t.Errorf("%s\n got %s", d, got)
	}
}

func TestRequestsRoundTrip(t *testing.T) {
	f := func(body string) {
		t.Helper()
		c := core.NewChat()
		if f := parseChat(c, []byte(body)); f != nil {
			t.Errorf("%s: %v", body, f)
			return
		}
		got, fault := appendChat(nil, c, &core.Send{Model: []byte("m"), Stream: c.Stream})
		if fault != nil {
			t.Errorf("%s: %v", body, fault)
		} else if d := corpus.Diff(got, []byte(body)); d != "" {
			t.Errorf("%s\n%s\n got %s", body, d, got)
		}
	}
	with := func(members string) {
		t.Helper()
		f(`{"model":"m","messages":[{"role":"user","content":"a"}],` + members + `}`)
	}
	says := func(message string) { t.Helper(); f(`{"model":"m","messages":[` + message + `]}`) }
	with(`"temperature":null,"top_p":0.5,"top_k":3,"n":2,"seed":7,"stop":"x","user":"u","safety_identifier":"s"`)
	with(`"stop":["a","b"],"random_seed":4,"max_tokens":9,"logit_bias":{"5":-1},"logprobs":true,"top_logprobs":2`)
	with(`"stop":[],"stop2":1,"max_tokens":9,"max_completion_tokens":8`)
	with(`"max_completion_tokens":8,"max_tokens":9,"modalities":["text","audio"],"audio":{"voice":"v","format":"wav"}`)
	with(`"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}`)
	with(`"stream":false,"stream_options":null,"store":false,"metadata":{"a":"b"},"service_tier":"flex"`)
	with(`"reasoning_effort":"high","reasoning":{"effort":"low","exclude":true},"thinking":{"type":"enabled"}`)
	with(`"stream":true,"stream_options":{"include_usage":false},"thinking":{"type":"disabled"}`)
	with(`"reasoning":{"effort":"low"},"reasoning_effort":"high","stream_options":{"include_usage":true}`)
	with(`"reasoning_effort":"high","reasoning":{"effort":"low"},"thinking":{"type":"odd"},"tool_choice":{"type":"function","function":{"name":"f","x":1}}`)
	with(`"reasoning":{"effort":"low"},"verbosity":"low","prompt_cache_key":"k","unknown":{"a":[1]},"temperature":"hot"`)
	with(`"response_format":{"type":"text"}`)
	with(`"response_format":{"type":"json_object"}`)
	with(`"response_format":{"type":"json_object","schema":{"type":"object"}}`)
	with(`"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":false,"description":"d"}}`)
	with(`"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"x":1}}`)
	with(`"response_format":{"type":"grammar","value":"x"}`)
	with(`"tools":[],"tool_choice":"none"`)
	with(`"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false`)
	with(`"tools":[{"function":{"name":"f","description":null,"strict":true},"cache_control":{"type":"ephemeral"}}],"tool_choice":"any"`)
	with(`"tools":[{"type":"function","cache_control":{"type":"ephemeral","ttl":"1h"},"function":{"name":"f","parameters":{},"strict":false}},{"type":"web_search","filters":{}}],"tool_choice":"required"`)
	with(`"tools":[{"type":"custom","custom":{"name":"c"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}`)
	with(`"functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"}`)
	with(`"functions":[{"name":"f","x":1}],"function_call":"auto","functions2":[]`)
	says(`{"role":"system","content":"s","name":"n"},{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}`)
	says(`{"role":"user","content":[]},{"role":"user","content":""},{"role":"assistant","content":null},{"role":"assistant"}`)
	says(`{"role":"user","content":["bare",{"text":"no type"},{"type":"text","text":"a","x":{"y":1}}]}`)
	says(`{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image\/png;base64,AA\/A","detail":"low"}},{"type":"image_url","image_url":"https://e.x/a.png"},{"type":"image_url","image_url":{"url":"data:,x"}}]}`)
	says(`{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"QQ==","format":"mp3"}},{"type":"input_audio","input_audio":{"data":"QQ==","format":"flac"}}]}`)
	says(`{"role":"user","content":[{"type":"file","file":{"file_id":"f"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="}},{"type":"file","file":{"file_data":"QQ=="}},{"type":"file","file":{"file_data":"https://e.x/a.pdf"}}]}`)
	says(`{"role":"user","content":[{"type":"document_url","document_url":"https://e.x/a.pdf","document_name":"a"},{"type":"video_url","video_url":{"url":"https://e.x/a.mp4"}},{"type":"odd","odd":1}]}`)
	says(`{"role":"assistant","content":"a","refusal":"no","annotations":[],"audio":{"id":"audio_1"},"tool_calls":[]}`)
	says(`{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"no"}],"tool_calls":null,"refusal":null}`)
	says(`{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1"}},{"id":"d","type":"function","index":1,"function":{"name":"g","arguments":{"a":1}}},{"id":"","type":"function","function":{"name":"h"}},{"function":{"name":"i","arguments":"","x":1}}]}`)
	says(`{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"f","input":"x"}},{"id":"e","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"sig","x":1}}}]},{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r"}],"name":"f"}`)
	says(`{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"r"}`)
	says(`{"role":"assistant","content":"a","reasoning_content":"t"},{"role":"assistant","content":"a","reasoning":"t","reasoning_content":null},{"role":"assistant","content":"a","reasoning":""}`)
	says(`{"role":"assistant","content":"a","reasoning":"t","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s","format":"anthropic-claude-v1","index":0,"id":null},{"type":"reasoning.encrypted","data":"d","index":1},{"type":"reasoning.summary","summary":"u"},{"type":"reasoning.new","x":1}]}`)
	says(`{"role":"assistant","content":"a","reasoning_content":"t","reasoning_details":[{"type":"reasoning.text","signature":"s"}]},{"role":"assistant","content":"b","reasoning_details":[]}`)
	says(`{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}],"closed":true},{"type":"thinking","thinking":[{"type":"text","text":"t"},{"type":"text","text":"u"}]},{"type":"text","text":"4"}]}`)
	says(`{"role":"assistant","content":"a","extra_content":{"google":{"thought_signature":"s"}}}`)
	says(`{"role":"user","content":"a","cache_control":{"type":"ephemeral"}}`)
	f(`{"m\u006fdel2":1,"model":"m","messages":[{"role":"user","content":"\u00e9\n"}]}`)
}

func TestRequestOfAnother(t *testing.T) {
	f := func(body, want string, s core.Send) {
		t.Helper()
		sentAs(t, foreign(t, body), s, want)
	}
	const hi = `"messages":[{"role":"user","content":"a"}]`
	none := core.Send{}
	with := func(q core.Quirk) core.Send { return core.Send{Face: &core.Face{Quirks: q}} }
	f(`{`+hi+`,"max_tokens":5,"temperature":1,"top_k":4,"x":1,"metadata":{}}`, `{`+hi+`,"max_completion_tokens":5,"temperature":1}`, none)
	f(`{`+hi+`,"max_completion_tokens":5}`, `{`+hi+`,"max_tokens":5}`, with(core.QuirkMaxTokens))
	f(`{`+hi+`,"stop":["x"]}`, `{`+hi+`,"stop":"x"}`, none)
	f(`{`+hi+`,"tool_choice":"required","parallel_tool_calls":true}`, `{`+hi+`}`, none)
	const tool = `"tools":[{"type":"function","function":{"name":"f","strict":true}}]`
	f(`{`+hi+`,`+tool+`,"tool_choice":"required"}`, `{`+hi+`,`+tool+`,"tool_choice":"any"}`, with(core.QuirkAnyChoice))
	f(`{`+hi+`,`+tool+`}`, `{`+hi+`,"tools":[{"type":"function","function":{"name":"f"}}]}`, with(core.QuirkNoToolStrict))
	f(`{`+hi+`,"functions":[{"name":"f"}],"function_call":{"name":"f"}}`,
		`{`+hi+`,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}}`, none)
	f(`{`+hi+`,"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}}}`,
		`{`+hi+`,"tools":[{"type":"function","function":{"name":"g"}}],"tool_choice":"required"}`, none)
	const schema = `"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}`
	f(`{`+hi+`,`+schema+`}`, `{`+hi+`,`+schema+`}`, none)
	f(`{`+hi+`,`+schema+`}`, `{`+hi+`,"response_format":{"type":"json_object"}}`, with(core.QuirkNoSchema))
	f(`{`+hi+`,"reasoning_effort":"low"}`, `{`+hi+`,"reasoning_effort":"low"}`, none)
	f(`{`+hi+`,"reasoning_effort":"low"}`, `{`+hi+`}`, with(core.QuirkNoEffort))
	f(`{`+hi+`,"reasoning_effort":"low"}`, `{`+hi+`,"thinking":{"type":"enabled"}}`, with(core.QuirkNoEffort|core.QuirkThinkingSwitch))
	f(`{`+hi+`,"reasoning_effort":"none"}`, `{`+hi+`,"thinking":{"type":"disabled"}}`, with(core.QuirkThinkingSwitch))
	f(`{`+hi+`,"reasoning":{"max_tokens":9000}}`, `{`+hi+`,"reasoning_effort":"medium"}`, none)
	f(`{`+hi+`,"stream":true}`, `{`+hi+`,"stream":true,"stream_options":{"include_usage":true}}`, core.Send{Stream: true, Face: &core.Face{AskUsage: true}})
	f(`{`+hi+`,"stream":true}`, `{`+hi+`,"stream":true}`, core.Send{Stream: true, Face: &core.Face{}})
	f(`{"messages":[{"role":"developer","content":"s"},{"role":"assistant","content":"h"}]}`,
		`{"messages":[{"role":"user","content":"Continue."},{"role":"system","content":"s"},{"role":"assistant","content":"h"}]}`, with(core.QuirkNoDeveloper|core.QuirkUserFirst))
	f(`{"messages":[{"role":"assistant","content":"","reasoning_content":"t","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"toolu_1","content":"r"}]}`,
		`{"messages":[{"role":"assistant","content":null,"reasoning":"t","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_1","content":"r"}]}`, with(core.QuirkReasoningField))
	f(`{"messages":[{"role":"assistant","content":"a","reasoning_content":"t"}]}`,
		`{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"a"}]}]}`, with(core.QuirkAnyChoice))
	f(`{"messages":[{"role":"assistant","content":"a","reasoning_content":"t"}]}`, `{"messages":[{"role":"assistant","content":"a"}]}`, core.Send{Face: &core.Face{Vendor: core.OpenAI}})
}

// Signatures are sent only to the vendors that made them.
func TestRequestSignatures(t *testing.T) {
	const body = `{"messages":[{"role":"assistant","content":"a","reasoning_details":[` +
		`{"type":"reasoning.text","text":"t","signature":"asbru.anthropic.A","index":0},{"type":"reasoning.encrypted","data":"E","index":1}],` +
		`"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"G"}}}]}]}`
	for vendor, want := range map[core.Vendor][]string{
		core.NoVendor:  {`"data":"E"`},
		core.Elsewhere: {`"data":"E"`},
		core.Google:    {`"thought_signature":"G"`},
		core.OpenAI:    {},
	} {
		c := core.NewChat()
		if f := parseChat(c, []byte(body)); f != nil {
			t.Fatal(f)
		}
		got, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: &core.Face{Vendor: vendor}})
		if f != nil {
			t.Fatal(f)
		}
		for _, sign := range []string{`"data":"E"`, `"thought_signature":"G"`, `anthropic.A`} {
			wanted := len(want) > 0 && want[0] == sign
			if strings.Contains(string(got), sign) != wanted {
				t.Errorf("vendor %v: %s in %s, want %v", vendor, sign, got, wanted)
			}
		}
	}
	c := core.NewChat()
	parseChat(c, []byte(body))
	if p := c.Parts[0]; p.Vendor != core.Anthropic || string(p.Sign) != "A" {
		t.Errorf("thought is signed %q by %v", p.Sign, p.Vendor)
	}
	if p := c.Parts[3]; p.Kind != core.PartCall || p.Vendor != core.Google || string(p.Sign) != "G" {
		t.Errorf("call is signed %q by %v", p.Sign, p.Vendor)
	}
}

func TestRequestHandMade(t *testing.T) {
	c := core.NewChat()
	i := c.Begin(core.System)
	c.Add(core.Part{Text: core.Text("a")})
	c.Add(core.Part{Text: core.Text("b")})
	c.End(i)
	i = c.Begin(core.Assistant)
	c.Add(core.Part{Kind: core.PartThought, Text: core.Text("t"), Sign: core.Text("S"), Vendor: core.Anthropic})
	c.Add(core.Part{Kind: core.PartVeiled, Sign: core.Text("V"), Vendor: core.Anthropic})
	c.Add(core.Part{Kind: core.PartCall, ID: core.Text("1"), Name: core.Text("f"), Args: []byte(`{"q":"\n"}`)})
	c.Add(core.Part{Kind: core.PartCall, ID: core.Text(strings.Repeat("x", 50)), Name: core.Text("g")})
	c.End(i)
	i = c.Begin(core.ToolRole)
	r := c.Add(core.Part{Kind: core.PartResult, ID: core.Text("1")})
	c.Add(core.Part{Text: core.Text("see")})
	c.Add(core.Part{Kind: core.PartImage, Media: core.Text("image/png"), Data: core.Text("QQ==")})
	c.Close(r)
	c.Close(c.Add(core.Part{Kind: core.PartResult, ID: core.Text(strings.Repeat("x", 50)), Fails: true}))
	c.End(i)
	i = c.Begin(core.User)
	c.Add(core.Part{Kind: core.PartFile, Text: core.Text("plain")})
	c.Add(core.Part{Kind: core.PartAudio, Media: core.Text("audio/mpeg"), Data: core.Text("QQ==")})
	c.Add(core.Part{Kind: core.PartFile, Media: core.Text("application/pdf"), Data: core.Text("QQ==")})
	c.End(i)
	long := "call_" + string(appendShortID(nil, []byte(strings.Repeat("x", 50))))
	sentAs(t, c, core.Send{}, `{"messages":[{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},`+
		`{"role":"assistant","content":null,"reasoning_content":"t","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"q\":\"\\n\"}"}},{"id":"`+long+`","type":"function","function":{"name":"g","arguments":"{}"}}]},`+
		`{"role":"tool","tool_call_id":"1","content":"see"},{"role":"tool","tool_call_id":"`+long+`","content":"The tool failed."},`+
		`{"role":"user","content":[{"type":"text","text":"Result of the call 1:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}}]},`+
		`{"role":"user","content":[{"type":"text","text":"plain"},{"type":"input_audio","input_audio":{"data":"QQ==","format":"mp3"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,QQ==","filename":"document.pdf"}}]}]}`)

	short, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: &core.Face{Quirks: core.QuirkShortIDs}})
	if f != nil {
		t.Fatal(f)
	}
	id := string(appendShortID(nil, []byte("1")))
	if len(id) != 9 || strings.Count(string(short), `"`+id+`"`) != 2 {
		t.Errorf("id %q in %s", id, short)
	}
}

func TestRequestRefuses(t *testing.T) {
	f := func(c *core.Chat, face *core.Face, param string) {
		t.Helper()
		if _, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: face}); f == nil || f.Param != param || f.Code != core.Invalid {
			t.Errorf("got %+v, want param %s", f, param)
		}
	}
	const hi = `{"messages":[{"role":"user","content":"a"}]`
	f(foreign(t, hi+`,"tools":[{"type":"web_search"}]}`), nil, "tools")
	f(foreign(t, hi+`,"tools":[{"type":"function","function":{"name":"f"}}]}`), &core.Face{Quirks: core.QuirkNoTools}, "tools")
	f(foreign(t, hi+`,"modalities":["audio"]}`), nil, "modalities")
	f(foreign(t, `{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}`), nil, "file_id")
	c := foreign(t, hi+`}`)
	c.Previous = core.Text("resp_1")
	f(c, nil, "previous_response_id")
	c = foreign(t, hi+`}`)
	c.Parts = append(c.Parts[:0], core.Part{Kind: core.PartImage, URL: core.Text("s3://b/k")})
	f(c, nil, "image_url")
	c.Parts[0] = core.Part{Kind: core.PartFile, URL: core.Text("https://e.x/a.pdf")}
	f(c, nil, "file_url")
	c.Parts[0] = core.Part{Kind: core.PartImage, Data: core.Text("QQ==")}
	c.Turns[0].Role = core.Assistant
	f(c, nil, "messages")

	g := func(body, param string) {
		t.Helper()
		if f := parseChat(core.NewChat(), []byte(body)); f == nil || f.Param != param {
			t.Errorf("%s: got %+v, want param %s", body, f, param)
		}
	}
	g(`{}`, "messages")
	g(`{"messages":"a"}`, "messages")
	g(`{"messages":[]}`, "messages")
	g(`{"messages":["a"]}`, "messages[0]")
	g(`{"messages":[{"role":"user","content":"a"},{"content":"a"}]}`, "messages[1].role")
	g(`{"messages":[{"role":"robot","content":"a"}]}`, "messages[0].role")
	g(`{"messages":[{"role":"user"}]}`, "messages[0].content")
	g(`{"messages":[{"role":"user","content":7}]}`, "messages[0].content")
	g(`{"messages":[{"role":"tool","content":"a"}]}`, "messages[0].tool_call_id")
	g(`{"messages":[{"role":"function","content":"a"}]}`, "messages[0].name")
	g(hi+`,"tools":[{"type":"function"}]}`, "tools[0]")
	g(hi, "")
}

func TestDrops(t *testing.T) {
	c := foreign(t, `{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"odd"}]}],"metadata":{"a":1},"service_tier":"x","store":true,"top_k":1,"wild":1,"quiet":null}`)
	if _, f := appendChat(nil, c, &core.Send{Model: []byte("m")}); f != nil {
		t.Fatal(f)
	}
	if got := strings.Join(c.Dropped, " "); got != "messages.content.odd top_k service_tier metadata store wild" {
		t.Errorf("dropped %s", got)
	}
}

func TestCacheMarks(t *testing.T) {
	c := foreign(t, `{"tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}]},{"role":"user","content":"c","cache_control":{"type":"ephemeral"}}]}`)
	if c.Tools[0].Cache == nil || len(c.Tools[0].Cache) != 0 || string(c.Parts[0].Cache) != "1h" || c.Parts[1].Cache != nil || c.Parts[2].Cache == nil {
		t.Errorf("tool %q, parts %q %q %q", c.Tools[0].Cache, c.Parts[0].Cache, c.Parts[1].Cache, c.Parts[2].Cache)
	}
}
