package openai

import (
	"strings"
	"testing"

	"asbru/core"
)

// A stream for Mistral's clients has every call in one chunk, with its name, and the usage with
// the last finish.
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
	f([]string{
		`{"id":"i","choices":[{"index":0,"delta":{"content":"Hi"}},{"index":1,"delta":{"content":"Ho"}}]}`,
		`{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
		`{"id":"i","choices":[{"index":1,"delta":{},"finish_reason":"length"}]}`, usage,
	}, `{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}`, `{"index":1,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":`, `"content":"Hi"`, `"content":"Ho"`)
}

// Mistral's own words are OpenAI's to whoever else gets the request, and its vectors have an id.
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
