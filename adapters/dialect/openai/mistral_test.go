package openai

import (
	"strings"
	"testing"

	"asbru/core"
)

// A stream for Mistral's clients has every call in one chunk, with its name, and the usage with the last
// finish.
func TestMistralStream(t *testing.T) {
	f := func(chunks []string, want ...string) {
		t.Helper()
		x := core.NewCrossing()
		x.From, x.To, x.Model = &dialect, Mistral, []byte("m")
		var out []byte
		for _, c := range append(chunks, "[DONE]") {
			ev, err := parseChunk(nil, x, nil, []byte(c))
			if err != nil {
				t.Fatal(err)
			}
			for i := range ev {
				out = Mistral.Chats[core.OpChat].AppendEvent(out, x, &ev[i])
			}
		}
		for _, chunk := range strings.Split(strings.TrimSuffix(string(out), "\n\n"), "\n\n") {
			if strings.Contains(chunk, `"tool_calls":[`) && (!strings.Contains(chunk, `"name":"`) || !strings.Contains(chunk, `"arguments":"`)) {
				t.Errorf("a part of a call: %s", chunk)
			}
			if strings.Contains(chunk, `"choices":[]`) {
				t.Errorf("a chunk without a choice: %s", chunk)
			}
		}
		for _, w := range want {
			if !strings.Contains(string(out), w) {
				t.Errorf("the stream lacks %s:\n%s", w, out)
			}
		}
		if !strings.HasSuffix(string(out), "data: [DONE]\n\n") || strings.Count(string(out), `"usage"`) != 1 {
			t.Errorf("the end is %s", out)
		}
	}
	const usage = `{"id":"i","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
	f([]string{
		`{"id":"i","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}]}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`, usage,
	}, `"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]`,
		`"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]`,
		`"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,`)
	f([]string{`{"id":"i","choices":[{"index":0,"delta":{"refusal":"No."}}]}`, `{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, usage}, `"delta":{"content":"No."}`)
	f([]string{
		`{"id":"i","choices":[{"index":0,"delta":{"content":"Hi"}},{"index":1,"delta":{"content":"Ho"}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
		`{"id":"i","choices":[{"index":1,"delta":{},"finish_reason":"length"}]}`, usage,
	}, `{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}`, `{"index":1,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":`, `"content":"Hi"`, `"content":"Ho"`)
}

// Mistral's own values become OpenAI's for other targets, and its vectors have an id.
func TestMistralWords(t *testing.T) {
	c := core.NewChat()
	if f := parseMistral(c, []byte(`{"model":"m","random_seed":7,"tool_choice":"any","tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"messages":[{"role":"user","content":[{"type":"image_url","image_url":"https://e.com/a"}]}]}`)); f != nil {
		t.Fatal(f)
	}
	out, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: &core.Face{Dialect: &dialect}})
	if f != nil || !strings.Contains(string(out), `"seed":7`) || !strings.Contains(string(out), `"tool_choice":"required"`) || !strings.Contains(string(out), `"image_url":{"url":"https://e.com/a"}`) || strings.Contains(string(out), "random") {
		t.Errorf("%v %s", f, out)
	}
	for _, told := range []string{`{"object":"list","data":[{"embedding":[1]}],"model":"m"}`, `{"id":"e1","data":[{"embedding":[1]}],"model":"m"}`} {
		v := new(core.Vectors)
		if err := parseVectors(v, []byte(told)); err != nil {
			t.Fatal(err)
		}
		if out := string(appendMistralVectors(nil, v, nil, core.NewCrossing())); strings.Count(out, `"id":"`) != 1 || !strings.Contains(out, `"embedding":[1]`) {
			t.Errorf("%s", out)
		}
	}
}

// In a stream thoughts are in the content, followed by their signature. If a client sends them back they are
// one thought, whether or not it has joined the pieces.
func TestMistralThinking(t *testing.T) {
	x := core.NewCrossing()
	x.From, x.To, x.Model = &dialect, Mistral, []byte("m")
	var out []byte
	for _, c := range []string{
		`{"id":"i","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"I \"see\""}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"reasoning_content":", yes"}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","index":0,"signature":"sig","format":"unknown"}]}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{"content":"Hi"}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, "[DONE]",
	} {
		ev, err := parseChunk(nil, x, nil, []byte(c))
		if err != nil {
			t.Fatal(err)
		}
		for i := range ev {
			out = appendMistral(out, x, &ev[i])
		}
	}
	for _, w := range []string{`"content":[{"type":"thinking","thinking":[{"type":"text","text":"I \"see\""}]}]`, `"content":[{"type":"thinking","thinking":[{"type":"text","text":", yes"}]}]`,
		`"content":[{"type":"thinking","thinking":[],"signature":"`, `"content":"Hi"`} {
		if !strings.Contains(string(out), w) {
			t.Errorf("the stream lacks %s:\n%s", w, out)
		}
	}
	if strings.Contains(string(out), "reasoning") {
		t.Errorf("a member that Mistral's clients do not have: %s", out)
	}
	f := func(content string, want ...string) {
		t.Helper()
		c := core.NewChat()
		if f := parseMistral(c, []byte(`{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":`+content+`},{"role":"user","content":"So?"}]}`)); f != nil {
			t.Fatal(f)
		}
		out, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: &core.Face{Dialect: &dialect}})
		if f != nil {
			t.Fatal(f)
		}
		for _, w := range want {
			if !strings.Contains(string(out), w) {
				t.Errorf("%s becomes %s, which lacks %s", content, out, w)
			}
		}
		if strings.Contains(string(out), `"thinking":`) {
			t.Errorf("%s becomes %s", content, out)
		}
	}
	f(`[{"type":"thinking","thinking":[{"type":"text","text":"ab"}],"closed":true},{"type":"text","text":"Ho"}]`, `"content":"Ho"`, `"reasoning_content":"ab"`)
	f(`[{"type":"thinking","thinking":[{"type":"text","text":"a"}]},{"type":"thinking","thinking":[{"type":"text","text":"b"}]},{"type":"thinking","thinking":[],"signature":"s"},{"type":"text","text":"Ho"}]`,
		`"content":"Ho"`, `"reasoning_content":"ab"`, `{"type":"reasoning.text","text":"ab","signature":"s"`)
	f(`[{"type":"thinking","thinking":[{"type":"text","text":"a"}]},{"type":"thinking","thinking":[{"type":"text","text":"b"}],"signature":"s"}]`, `"reasoning_content":"ab"`, `"text":"b","signature":"s"`)
}

// A complete reply has thoughts in the content too. Without any the content is a string.
func TestMistralReply(t *testing.T) {
	f := func(reply string, want string) {
		t.Helper()
		r := core.NewCompletion()
		if err := parseReply(r, []byte(reply)); err != nil {
			t.Fatal(err)
		}
		if out := string(appendMistralReply(nil, r, core.NewCrossing())); !strings.Contains(out, want) || strings.Contains(out, "reasoning_content") {
			t.Errorf("%s becomes %s, want %s", reply, out, want)
		}
	}
	f(`{"id":"i","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"ab"},"finish_reason":"stop"}]}`,
		`"content":[{"type":"thinking","thinking":[{"type":"text","text":"ab"}],"closed":true},{"type":"text","text":"Hi"}]`)
	f(`{"id":"i","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}`, `"content":"Hi"`)
	f(`{"id":"i","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"No."},"finish_reason":"stop"}]}`, `"content":"No."`)
}

// A file is sent to Mistral as a document, and to OpenAI with a name.
func TestMistralFiles(t *testing.T) {
	f := func(face *core.Face, from *core.Dialect, parse func(*core.Chat, []byte) *core.Fault, part, want string) {
		t.Helper()
		c := core.NewChat()
		if f := parse(c, []byte(`{"model":"m","messages":[{"role":"user","content":[`+part+`]}]}`)); f != nil {
			t.Fatal(f)
		}
		if from != nil {
			c.From = from
		}
		out, f := appendChat(nil, c, &core.Send{Model: []byte("m"), Face: face})
		if f != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v %s, want %s", f, out, want)
		}
	}
	other := &core.Dialect{Name: "other"}
	mistral := &core.Face{Dialect: &dialect, Quirks: core.QuirkAnyChoice}
	f(mistral, other, parseChat, `{"type":"file","file":{"file_data":"data:application/pdf;base64,QQ==","filename":"a.pdf"}}`,
		`{"type":"document_url","document_url":"data:application/pdf;base64,QQ==","document_name":"a.pdf"}`)
	f(&core.Face{Dialect: &dialect}, nil, parseMistral, `{"type":"document_url","document_url":"data:application/pdf;base64,QQ=="}`,
		`{"type":"file","file":{"file_data":"data:application/pdf;base64,QQ==","filename":"document.pdf"}}`)
}
