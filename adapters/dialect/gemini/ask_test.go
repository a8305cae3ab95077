package gemini

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func text(s string) core.Text { return core.Text(s) }

// turn adds a turn of these parts to c.
func turn(c *core.Chat, r core.Role, parts ...core.Part) {
	i := c.Begin(r)
	for _, p := range parts {
		at := c.Add(p)
		if p.Kind == core.PartResult && p.Text != nil { // its text is a part inside
			c.Parts[at].Text = nil
			c.Add(core.Part{Text: p.Text})
			c.Close(at)
		}
	}
	c.End(i)
}

func said(s string) core.Part { return core.Part{Text: text(s)} }

func called(id, name, args string) core.Part {
	return core.Part{Kind: core.PartCall, ID: text(id), Name: text(name), Args: []byte(args), Wraps: true}
}

func gave(id, out string) core.Part {
	return core.Part{Kind: core.PartResult, ID: text(id), Text: text(out)}
}

// asks checks what is sent to model for a form that make fills.
func asks(t *testing.T, model, want string, fill func(c *core.Chat)) {
	t.Helper()
	c := core.NewChat()
	c.From = &other
	fill(c)
	out, f := appendRequest(nil, c, &core.Send{Model: []byte(model)})
	if f != nil {
		t.Errorf("%v", f)
		return
	}
	if d := corpus.Diff(out, []byte(want)); d != "" {
		t.Errorf("%s\n got %s\nwant %s", d, out, want)
	}
}

const hi = `{"role":"user","parts":[{"text":"hi"}]}`

func TestTurns(t *testing.T) {
	f := func(want string, fill func(c *core.Chat)) {
		t.Helper()
		asks(t, "gemini-2.5-flash", want, fill)
	}
	f(`{"contents":[`+hi+`]}`, func(c *core.Chat) { turn(c, core.User, said("hi")) })
	// Instructions from anywhere, neighbours merged, empty turns left out.
	f(`{"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]}],"systemInstruction":{"parts":[{"text":"s"},{"text":"t"}]}}`, func(c *core.Chat) {
		turn(c, core.System, said("s"))
		turn(c, core.User, said("a"))
		turn(c, core.Developer, said("t"))
		turn(c, core.User, said("b"))
		turn(c, core.Assistant, said(""))
		turn(c, core.Assistant, said("c"))
	})
	f(`{"contents":[{"role":"user","parts":[{"text":"only"}]}]}`, func(c *core.Chat) { turn(c, core.System, said("only")) })
	f(`{"contents":[{"role":"user","parts":[{"text":""}]}]}`, func(c *core.Chat) { turn(c, core.User, said("")) })
	// Media.
	f(`{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA"}},{"fileData":{"fileUri":"https://x/y.jpg"}},
		{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0x"}},{"inlineData":{"mimeType":"audio/wav","data":"UklG"}},{"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/v"}}]}]}`, func(c *core.Chat) {
		turn(c, core.User, core.Part{Kind: core.PartImage, Data: text("iVBORw0KGgoAAA"), Hint: text("low")}, core.Part{Kind: core.PartImage, URL: text("https://x/y.jpg")},
			core.Part{Kind: core.PartFile, Data: text("JVBERi0x")}, core.Part{Kind: core.PartAudio, Media: text("audio/wav"), Data: text("UklG")},
			core.Part{Kind: core.PartVideo, Media: text("video/mp4"), URL: text("gs://b/v")})
	})
}

func TestCallsAndResults(t *testing.T) {
	f := func(want string, fill func(c *core.Chat)) {
		t.Helper()
		asks(t, "gemini-2.5-flash", want, fill)
	}
	const calls = `{"role":"model","parts":[{"functionCall":{"name":"a","args":{"x":"\""}}},{"functionCall":{"name":"b","args":{}}}]}`
	result := func(name, response string) string {
		return `{"functionResponse":{"name":"` + name + `","response":` + response + `}}`
	}
	// In the order of the calls, for any order of the results; names by id; text after them.
	f(`{"contents":[`+hi+`,`+calls+`,{"role":"user","parts":[`+result("a", `{"output":"1"}`)+`,`+result("b", `{"k":[1]}`)+`,{"text":"go on"}]}]}`, func(c *core.Chat) {
		turn(c, core.User, said("hi"))
		turn(c, core.Assistant, called("1", "a", `{\"x\":\"\\\"\"}`), called("2", "b", ""))
		turn(c, core.ToolRole, gave("2", `{\"k\":[1]}`))
		turn(c, core.ToolRole, gave("1", `1`))
		turn(c, core.User, said("go on"))
	})
	one := func(out string, fails bool, want string) {
		t.Helper()
		f(`{"contents":[`+hi+`,{"role":"model","parts":[{"functionCall":{"name":"a","args":{}}}]},{"role":"user","parts":[`+result("a", want)+`]}]}`, func(c *core.Chat) {
			turn(c, core.User, said("hi"))
			turn(c, core.Assistant, called("1", "a", `null`))
			p := gave("1", out)
			p.Fails = fails
			turn(c, core.ToolRole, p)
		})
	}
	one(`text`, false, `{"output":"text"}`)
	one(`text`, true, `{"error":"text"}`)
	one(`[1,2]`, false, `{"output":[1,2]}`)
	one(`{\"a\":1}`, true, `{"error":{"a":1}}`)
	one(`{\"a\":1,\"a\":2}`, false, `{"output":{"a":1,"a":2}}`)
	one(`{\"a\":`, false, `{"output":"{\"a\":"}`)
	one(`42`, false, `{"output":"42"}`)
	// Arguments that are no object are kept as text, never repaired.
	args := func(in, want string) {
		t.Helper()
		f(`{"contents":[{"role":"model","parts":[{"functionCall":{"name":"a","args":`+want+`}}]}]}`, func(c *core.Chat) {
			turn(c, core.Assistant, called("1", "a", in))
		})
	}
	args(`{\"a\": \"b`, `{"arguments":"{\"a\": \"b"}`)
	args(`[1]`, `{"arguments":"[1]"}`)
	args(` {} `, `{}`)
}

func TestResultOfNothing(t *testing.T) {
	c := core.NewChat()
	c.From = &other
	turn(c, core.ToolRole, gave("x", "y"))
	if _, f := appendRequest(nil, c, &core.Send{}); f == nil || !strings.Contains(f.Message, "id x") {
		t.Errorf("got %v", f)
	}
}

func TestSignatures(t *testing.T) {
	think := func(v core.Vendor, words, sign string) core.Part {
		return core.Part{Kind: core.PartThought, Text: text(words), Sign: text(sign), Vendor: v}
	}
	f := func(model, want string, parts ...core.Part) {
		t.Helper()
		asks(t, model, `{"contents":[`+hi+`,{"role":"model","parts":[`+want+`]}]}`, func(c *core.Chat) {
			turn(c, core.User, said("hi"))
			turn(c, core.Assistant, parts...)
		})
	}
	call := called("c", "a", "{}")
	signed := call
	signed.Sign, signed.Vendor = text("S"), core.Google
	foreign := signed
	foreign.Vendor = core.OpenAI
	f("gemini-2.5-pro", `{"functionCall":{"name":"a","args":{}},"thoughtSignature":"S"}`, signed)
	f("gemini-2.5-pro", `{"functionCall":{"name":"a","args":{}}}`, foreign)
	f("gemini-2.5-pro", `{"functionCall":{"name":"a","args":{}},"thoughtSignature":"T"}`, think(core.Google, "", "T"), call)
	f("gemini-2.5-pro", `{"text":"","thoughtSignature":"T"},{"functionCall":{"name":"a","args":{}},"thoughtSignature":"S"}`, think(core.Google, "", "T"), signed)
	f("gemini-2.5-pro", `{"text":"x"},{"text":"","thoughtSignature":"T"}`, said("x"), think(core.Google, "", "T"))
	f("gemini-2.5-pro", `{"text":"x"}`, think(core.Anthropic, "hm", "T"), think(core.NoVendor, "hm", ""), said("x"))
	f("gemini-2.5-pro", `{"text":"hm","thought":true,"thoughtSignature":"T"},{"text":"x"}`, think(core.Google, "hm", "T"), said("x"))
	// Gemini 3 has ids, and wants the first call of a turn signed.
	f("gemini-3-pro", `{"functionCall":{"id":"c","name":"a","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"id":"c","name":"a","args":{}}}`, call, call)
	f("gemini-3-pro", `{"functionCall":{"id":"c","name":"a","args":{}},"thoughtSignature":"S"}`, signed)
	made := signed
	made.ID = text("call_0123456789abcdef_0")
	f("gemini-3-pro", `{"functionCall":{"name":"a","args":{}},"thoughtSignature":"S"}`, made)
}

func TestSettings(t *testing.T) {
	f := func(model, want string, fill func(c *core.Chat)) {
		t.Helper()
		asks(t, model, `{"contents":[`+hi+`]`+want+`}`, func(c *core.Chat) {
			turn(c, core.User, said("hi"))
			fill(c)
		})
	}
	f("gemini-2.5-flash", `,"generationConfig":{"maxOutputTokens":5,"temperature":0.5,"topP":1,"topK":3,"candidateCount":2,"seed":7,"frequencyPenalty":1,"presencePenalty":-1,
		"stopSequences":["a","b"],"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"responseModalities":["TEXT","IMAGE"],"responseLogprobs":true,"logprobs":3}`, func(c *core.Chat) {
		c.MaxTokens, c.Temperature, c.TopP, c.TopK, c.N = []byte("5"), []byte("0.5"), []byte("1"), []byte("3"), []byte("2")
		c.Seed, c.FrequencyPenalty, c.PresencePenalty = []byte("7"), []byte("1"), []byte("-1")
		c.Stop = []core.Text{text("a"), text("b")}
		c.Format, c.Schema = core.FormatSchema, []byte(`{"type":"object"}`)
		c.Modes = []core.Text{text("text"), text("image")}
		c.Logprobs, c.TopLogprobs = core.Yes, []byte("3")
	})
	f("m", `,"generationConfig":{"responseMimeType":"application/json"}`, func(c *core.Chat) { c.Format = core.FormatJSON })
	think := func(model, effort string, budget int64, want string) {
		t.Helper()
		f(model, `,"generationConfig":{"thinkingConfig":{`+want+`}}`, func(c *core.Chat) {
			c.Budget = budget
			if effort != "" {
				c.Effort = text(effort)
			}
		})
	}
	const unset = core.BudgetUnset
	think("gemini-2.5-flash", "low", unset, `"thinkingBudget":2048,"includeThoughts":true`)
	think("gemini-2.5-flash", "none", unset, `"thinkingBudget":0`)
	think("gemini-2.5-pro", "none", unset, `"thinkingBudget":128`)
	think("gemini-2.5-pro", "max", unset, `"thinkingBudget":32768,"includeThoughts":true`)
	think("gemini-2.5-flash", "max", unset, `"thinkingBudget":24576,"includeThoughts":true`)
	think("gemini-2.5-flash-lite", "", 100, `"thinkingBudget":512,"includeThoughts":true`)
	think("gemini-2.5-flash", "high", 4000, `"thinkingBudget":4000,"includeThoughts":true`)
	think("gemini-2.5-flash", "", core.BudgetAuto, `"thinkingBudget":-1,"includeThoughts":true`)
	think("gemini-3-flash-preview", "minimal", unset, `"thinkingLevel":"MINIMAL"`)
	think("gemini-3-pro-preview", "none", unset, `"thinkingLevel":"LOW"`)
	think("gemini-3-pro-preview", "medium", unset, `"thinkingLevel":"HIGH","includeThoughts":true`)
	think("models/gemini-3.1-pro", "medium", unset, `"thinkingLevel":"MEDIUM","includeThoughts":true`)
	think("gemini-3-flash", "", 2000, `"thinkingLevel":"LOW","includeThoughts":true`)
	think("gemini-3-flash", "", 30000, `"thinkingLevel":"HIGH","includeThoughts":true`)
	f("gemini-2.0-flash", ``, func(c *core.Chat) { c.Effort = text("low") })
	f("gemini-2.5-pro", `,"generationConfig":{"thinkingConfig":{"thinkingBudget":2048}}`, func(c *core.Chat) { c.Effort, c.Op = text("low"), core.OpResponses })
	f("gemini-2.5-pro", `,"generationConfig":{"thinkingConfig":{"includeThoughts":true}}`, func(c *core.Chat) { c.Shows = core.Yes })
	f("gemini-2.5-pro", `,"generationConfig":{"thinkingConfig":{"includeThoughts":true}}`, func(c *core.Chat) { c.Summary = text("auto") })
}

func TestTools(t *testing.T) {
	const tool = `,"tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","additionalProperties":false}},{"name":"g"}]}]`
	f := func(want string, fill func(c *core.Chat)) {
		t.Helper()
		asks(t, "m", `{"contents":[`+hi+`]`+tool+want+`}`, func(c *core.Chat) {
			turn(c, core.User, said("hi"))
			c.Tools = append(c.Tools, core.Tool{Name: text("f"), Note: text("d"), Schema: []byte(`{"type":"object","additionalProperties":false}`)}, core.Tool{Name: text("g")})
			fill(c)
		})
	}
	mode := func(s string) string { return `,"toolConfig":{"functionCallingConfig":{` + s + `}}` }
	f("", func(c *core.Chat) {})
	f(mode(`"mode":"AUTO"`), func(c *core.Chat) { c.Choice = core.ChooseAuto })
	f(mode(`"mode":"NONE"`), func(c *core.Chat) { c.Choice = core.ChooseNone })
	f(mode(`"mode":"ANY"`), func(c *core.Chat) { c.Choice = core.ChooseAny })
	f(mode(`"mode":"ANY","allowedFunctionNames":["g"]`), func(c *core.Chat) { c.Choice, c.ChoiceName = core.ChooseNamed, text("g") })
	f(mode(`"mode":"VALIDATED","allowedFunctionNames":["f","g"]`), func(c *core.Chat) {
		c.Choice, c.Allowed = core.ChooseAuto, []core.Text{text("f"), text("g")}
	})
}

func TestRefusedAndDropped(t *testing.T) {
	f := func(param string, fill func(c *core.Chat)) {
		t.Helper()
		c := core.NewChat()
		c.From = &other
		turn(c, core.User, said("hi"))
		fill(c)
		if _, f := appendRequest(nil, c, &core.Send{}); f == nil || f.Param != param || f.Code != core.Invalid {
			t.Errorf("%s: got %+v", param, f)
		}
	}
	f("previous_response_id", func(c *core.Chat) { c.Previous = text("resp_1") })
	f("tools", func(c *core.Chat) { c.Tools = append(c.Tools, core.Tool{Type: text("web_search_20250305")}) })
	f("stop", func(c *core.Chat) { c.Stop = make([]core.Text, 6) })
	f("file_id", func(c *core.Chat) { turn(c, core.User, core.Part{Kind: core.PartFile, File: text("file-abc")}) })
	f("messages", func(c *core.Chat) {
		turn(c, core.User, core.Part{Kind: core.PartImage, URL: text("s3://b/k")})
	})
	f("messages", func(c *core.Chat) { turn(c, core.System, core.Part{Kind: core.PartImage, URL: text("https://x")}) })

	c := core.NewChat()
	c.From = &other
	turn(c, core.User, said("hi"))
	c.LogitBias, c.User, c.Tier, c.CacheKey, c.Metadata = []byte(`{}`), text("u"), text("auto"), text("k"), []byte(`{}`)
	c.Store, c.Verbose, c.Parallel = core.No, text("low"), core.No
	c.Keep(&c.More, text("prediction"), []byte("{}"))
	if _, f := appendRequest(nil, c, &core.Send{}); f != nil {
		t.Fatal(f)
	}
	const want = "logit_bias user service_tier prompt_cache_key metadata store verbosity parallel_tool_calls prediction"
	if got := strings.Join(c.Dropped, " "); got != want {
		t.Errorf("dropped %s, want %s", got, want)
	}
}

// Recorded requests written as another format's: valid, and read again the same
// conversation.
func TestRecordedRequestsOfAnother(t *testing.T) {
	for _, rec := range recorded(t, "generateContent") {
		if rec.Request == nil || len(rec.Request.Body) == 0 {
			continue
		}
		c, again := core.NewChat(), core.NewChat()
		if f := parseRequest(c, rec.Request.Body); f != nil {
			t.Fatal(f)
		}
		foreign(c)
		c.Previous = nil
		out, f := appendRequest(nil, c, &core.Send{Model: modelOf(rec)})
		if f != nil {
			if f.Param != "tools" { // Google's own tools, which no other format has
				t.Errorf("%s: %v", rec.ID, f)
			}
			continue
		}
		if !json.Valid(out) {
			t.Fatalf("%s: %s", rec.ID, out)
		}
		if f := parseRequest(again, out); f != nil {
			t.Fatal(f)
		}
		if got, want := gist(again), gist(c); got != want {
			t.Errorf("%s:\n got %s\nwant %s", rec.ID, got, want)
		}
	}
}

// gist describes the content of a conversation without its formatting.
func gist(c *core.Chat) string {
	var b strings.Builder
	for _, system := range []bool{true, false} {
		for _, t := range c.Turns {
			if instructs(t.Role) != system {
				continue
			}
			for i := t.From; i < t.To; i++ {
				switch p := &c.Parts[i]; p.Kind {
				case core.PartText:
					if len(p.Text) > 0 {
						b.WriteString("|" + string(p.Text))
					}
				case core.PartCall, core.PartResult:
					b.WriteString("|" + string(p.Name) + string(p.Args))
				case core.PartThought:
				default:
					b.WriteString("|" + string(p.Media) + string(p.Data) + string(p.URL) + string(p.File))
				}
			}
		}
	}
	for _, t := range c.Tools {
		b.WriteString("|" + string(t.Name) + string(t.Note) + string(t.Schema))
	}
	return b.String() + string(c.MaxTokens) + string(c.Temperature) + string(c.ChoiceName) + string(c.Schema)
}

// Clients that sort their members write contents first; the instructions still lead.
func TestInstructionsLead(t *testing.T) {
	c := core.NewChat()
	if f := API.Chats[core.OpChat].ParseRequest(c, []byte(`{"contents":[{"role":"user","parts":[{"text":"a"}]}],"systemInstruction":{"parts":[{"text":"b"}]}}`)); f != nil {
		t.Fatal(f)
	}
	if len(c.Turns) != 2 || c.Turns[0].Role != core.System || string(c.Parts[c.Turns[0].From].Text) != "b" {
		t.Errorf("%+v", c.Turns)
	}
}
