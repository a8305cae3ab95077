package gemini

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func parsed(t *testing.T, doc string) *core.Chat {
	t.Helper()
	c := core.NewChat()
	if f := parseRequest(c, []byte(doc)); f != nil {
		t.Fatalf("%s: %v", doc, f)
	}
	return c
}

// A request is written again unchanged, in either spelling, with its unknown members.
func TestSameRequest(t *testing.T) {
	f := func(doc string) {
		t.Helper()
		out, fault := appendRequest(nil, parsed(t, doc), &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%s: %v", doc, fault)
		} else if d := corpus.Diff(out, []byte(doc)); d != "" {
			t.Errorf("%s: %s", d, out)
		}
	}
	f(`{"contents":[{"parts":[{"text":"a"}]}]}`)
	f(`{"contents":{"parts":{"text":"a"},"role":"user"}}`)
	f(`{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"tool","parts":[],"x":null}]}`)
	f(`{"contents":[{"role":"user"}],"system_instruction":{"parts":{"text":""}},"generation_config":{"top_k":"3","topP":null,"max_output_tokens":5,"speech_config":{"a":[1]}},"cached_content":"c/1","labels":{"a":"b"}}`)
	f(`{"contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"AA"}},{"file_data":{"file_uri":"gs://a"},"videoMetadata":{"fps":1}},{"executableCode":{"code":"x"}},{},{"thought":false,"text":"x","thought_signature":"s"}]}]}`)
	f(`{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f"}},{"text":"x","thoughtSignature":"s"}]},{"role":"function","parts":[{"text":"so"},{"functionResponse":{"name":"f","response":{"a":1},"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}},{"text":"then"}]}]}`)
	f(`{"contents":[{"parts":[{"text":"a"}]}],"tools":[]}`)
	f(`{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"googleSearch":{},"codeExecution":null},{"function_declarations":[{"name":"f","parameters":{"type":"OBJECT"},"response":{}}],"url_context":{}}],"tool_config":{"function_calling_config":{"mode":1},"retrievalConfig":{}}}`)
	f(`{"contents":[{"parts":[{"text":"a"}]}],"systemInstruction":"be terse","model":"models/m"}`)
}

// Base64 is written to other formats in the standard alphabet.
func TestBase64ForURLs(t *testing.T) {
	f := func(sent, want string) {
		t.Helper()
		c := parsed(t, `{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"`+sent+`"}}]}]}`)
		if got := string(c.Parts[0].Data); got != want {
			t.Errorf("%s: got %s, want %s", sent, got, want)
		}
	}
	f("QUJD", "QUJD")
	f("-_8=", "+/8=")
	f("-_8", "+/8=")
	f("_-", "/+==")
	f(`_\/-_`, "//+/")
	f("+/8", "+/8")
}

// Changes of the form by policy or a guard are written.
func TestEditedRequest(t *testing.T) {
	const doc = `{"contents":[{"role":"user","parts":[{"text":"secret"},{"inlineData":{"mimeType":"image/png","data":"AA"}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","id":"1","response":{"result":"secret"}}}]}],"generationConfig":{"maxOutputTokens":100,"mediaResolution":"X"},"tools":[{"functionDeclarations":[{"name":"f","x":1}]}]}`
	c := parsed(t, doc)
	for i := range c.Parts {
		if string(c.Parts[i].Text) == "secret" {
			c.Parts[i].Text = text("***")
		}
	}
	c.MaxTokens, c.Temperature = []byte("7"), []byte("0")
	c.Tools = append(c.Tools, core.Tool{Name: text("g")})
	c.Choice = core.ChooseAny
	turn(c, core.System, said("be good"))
	turn(c, core.Assistant, called("2", "g", `{\"a\":1}`))
	out, f := appendRequest(nil, c, &core.Send{})
	if f != nil {
		t.Fatal(f)
	}
	const want = `{"contents":[{"role":"user","parts":[{"text":"***"},{"inlineData":{"mimeType":"image/png","data":"AA"}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","id":"1","response":{"output":"***"}}}]},
		{"role":"model","parts":[{"functionCall":{"id":"2","name":"g","args":{"a":1}}}]}],"systemInstruction":{"parts":[{"text":"be good"}]},
		"generationConfig":{"maxOutputTokens":7,"mediaResolution":"X","temperature":0},"tools":[{"functionDeclarations":[{"name":"f","x":1}]},{"functionDeclarations":[{"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}`
	if d := corpus.Diff(out, []byte(want)); d != "" {
		t.Errorf("%s: %s", d, out)
	}
}

// Members are recognized if their keys have escapes.
func TestEscapedNames(t *testing.T) {
	c := parsed(t, `{"cont\u0065nts":[{"p\u0061rts":[{"t\u0065xt":"a"}]}],"generation\u0043onfig":{"max\u004futputTokens":9}}`)
	if string(c.MaxTokens) != "9" || len(c.Parts) != 1 || string(c.Parts[0].Text) != "a" {
		t.Errorf("got %+v", c)
	}
	var p core.Peek
	if f := peek([]byte(`{"generation\u0043onfig":{"max\u004futputTokens":9}}`), core.OpChat, &p); f != nil || p.MaxTokens != 9 {
		t.Errorf("got %v, %d tokens", f, p.MaxTokens)
	}
}

// Calls without ids get ids, and results get those of their calls.
func TestMadeUpIDs(t *testing.T) {
	c := parsed(t, `{"contents":[{"parts":[{"text":"hi"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f"}}]},
		{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"error":"2"}}},{"functionResponse":{"name":"g","response":{"a":1}}},{"functionResponse":{"name":"h"}},{"text":"go on"}]}]}`)
	var calls, results []string
	for _, p := range c.Parts {
		switch p.Kind {
		case core.PartCall:
			calls = append(calls, string(p.ID))
		case core.PartResult:
			results = append(results, string(p.ID))
		}
	}
	if len(calls) != 3 || calls[0] == calls[1] || calls[1] == calls[2] || !madeUp(text(calls[0])) {
		t.Fatalf("calls %q", calls)
	}
	if len(results) != 4 || results[0] != calls[0] || results[1] != calls[2] || results[2] != calls[1] || results[3] == "" {
		t.Errorf("results %q of calls %q", results, calls)
	}
	if len(c.Turns) != 4 || c.Turns[2].Role != core.ToolRole || c.Turns[3].Role != core.User {
		t.Errorf("turns %+v", c.Turns)
	}
	var out []string
	for i := range c.Parts {
		if c.Parts[i].Kind == core.PartResult {
			for _, p := range c.Inside(i) {
				out = append(out, string(p.Text))
			}
		}
	}
	if got := strings.Join(out, "|"); got != `1|2|{\"a\":1}` {
		t.Errorf("results say %s", got)
	}
}

func TestSchema(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var tree core.Tree
		if d := corpus.Diff(jsonSchema(&tree, []byte(in)), []byte(want)); d != "" {
			t.Errorf("%s: %s", in, d)
		}
	}
	f(`{"type":"object"}`, `{"type":"object"}`)
	f(`{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true},"nullable":{"type":"ARRAY","minItems":"1","items":{"type":"INTEGER"}}},"required":["type"]}`,
		`{"type":"object","properties":{"type":{"type":["string","null"]},"nullable":{"type":"array","minItems":1,"items":{"type":"integer"}}},"required":["type"]}`)
	f(`{"anyOf":[{"type":"NUMBER"},{"type":"TYPE_UNSPECIFIED","nullable":false}],"enum":["STRING"]}`, `{"anyOf":[{"type":"number"},{"nullable":false}],"enum":["STRING"]}`)
}

func TestSettingsRead(t *testing.T) {
	c := parsed(t, `{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"maxOutputTokens":"12","stopSequences":["x","y"],"responseMimeType":"application/json","responseSchema":{"type":"STRING"},
		"responseModalities":["TEXT","AUDIO"],"responseLogprobs":true,"logprobs":2,"thinkingConfig":{"thinkingLevel":"HIGH","thinkingBudget":-1,"includeThoughts":true},"speechConfig":{}},
		"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"safetySettings":[]}`)
	if string(c.MaxTokens) != "12" || len(c.Stop) != 2 || c.Format != core.FormatSchema || string(c.Schema) != `{"type":"string"}` ||
		len(c.Modes) != 2 || string(c.Modes[1]) != "audio" || c.Logprobs != core.Yes || string(c.TopLogprobs) != "2" ||
		string(c.Effort) != "high" || c.Budget != core.BudgetAuto || c.Shows != core.Yes || c.Choice != core.ChooseNamed || string(c.ChoiceName) != "f" {
		t.Errorf("got %+v", c)
	}
	var extras []string
	for n := c.More; n != 0; {
		var e core.Extra
		e, n = c.Extra(n)
		extras = append(extras, string(e.Key))
	}
	if got := strings.Join(extras, " "); got != "speechConfig safetySettings" {
		t.Errorf("extras %s", got)
	}
}

func TestBadRequests(t *testing.T) {
	f := func(doc, param string) {
		t.Helper()
		if f := parseRequest(core.NewChat(), []byte(doc)); f == nil || f.Param != param || f.Code != core.Invalid {
			t.Errorf("%s: got %+v", doc, f)
		}
	}
	f(`{}`, "contents")
	f(`{"contents":5}`, "contents")
	f(`{"contents":[]}`, "contents")
	f(`[]`, "")
	f(`{"contents":[`, "")
	f(`{"contents":[{"parts":[`+strings.Repeat("{},", 20_000)+`{}]}]}`, "contents")
	f(`{"contents":[`+strings.Repeat("{},", 20_000)+`{}]}`, "contents")
	g := func(doc, param string) {
		t.Helper()
		if f := peek([]byte(doc), core.OpChat, new(core.Peek)); f == nil || f.Param != param {
			t.Errorf("%s: got %+v", doc, f)
		}
	}
	g(`{"a":1,"a":2}`, "a")
	g(`{"generationConfig":{"candidateCount":129}}`, "generationConfig.candidateCount")
	g(`{"generation_config":{"max_output_tokens":-1}}`, "generationConfig.maxOutputTokens")
	g(`{"generateContentRequest":{"generationConfig":{"maxOutputTokens":10000001}}}`, "generationConfig.maxOutputTokens")
}
