package mock

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// object parses JSON; dig walks into it.
func object(t testing.TB, s string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatalf("not JSON: %v: %q", err, s)
	}
	return m
}

func dig(t testing.TB, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no object at %q of %v", p, path)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no element %d of %v", p, path)
			}
			v = l[p]
		}
	}
	return v
}

// events cuts an SSE body into (name, data).
func events(t testing.TB, body string) (out [][2]string) {
	t.Helper()
	for block := range strings.SplitSeq(body, "\n\n") {
		var e [2]string
		for line := range strings.SplitSeq(block, "\n") {
			if v, ok := strings.CutPrefix(line, "event: "); ok {
				e[0] = v
			} else if v, ok := strings.CutPrefix(line, "data: "); ok {
				e[1] = v
			}
		}
		if e[1] != "" {
			out = append(out, e)
		}
	}
	return out
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestChatUnary(t *testing.T) {
	_, body := bodyOf(t, Options{Tokens: 5}, request("/openai/v1/chat/completions",
		`{"messages":[{"role":"user","content":"hello there"}],"model":"gpt \"x\""}`))
	m := object(t, body)
	equal(t, "model", dig(t, m, "model"), `gpt "x"`)
	equal(t, "content", dig(t, m, "choices", 0, "message", "content"), "A ropebridge — an asbru")
	equal(t, "finish", dig(t, m, "choices", 0, "finish_reason"), "stop")
	equal(t, "completion tokens", dig(t, m, "usage", "completion_tokens"), 5)
	equal(t, "total", dig(t, m, "usage", "total_tokens"),
		dig(t, m, "usage", "prompt_tokens").(float64)+dig(t, m, "usage", "completion_tokens").(float64))
}

func TestChatStream(t *testing.T) {
	for _, tokens := range []int{1, 7, 300} {
		_, unary := bodyOf(t, Options{Tokens: tokens}, chat("m", false))
		_, body := bodyOf(t, Options{Tokens: tokens}, chat("m", true))
		evs := events(t, body)
		equal(t, "last", evs[len(evs)-1][1], "[DONE]")
		equal(t, "events", len(evs), 1+tokens+3)
		text := ""
		for i, e := range evs[:len(evs)-2] {
			m := object(t, e[1])
			equal(t, "usage before the end", m["usage"], nil)
			if c, ok := dig(t, m, "choices", 0, "delta").(map[string]any)["content"].(string); ok {
				text += c
			}
			if i == 0 {
				equal(t, "role", dig(t, m, "choices", 0, "delta", "role"), "assistant")
			}
		}
		whole := object(t, unary)
		equal(t, "text", text, dig(t, whole, "choices", 0, "message", "content"))
		last := object(t, evs[len(evs)-2][1])
		equal(t, "choices of the usage chunk", len(dig(t, last, "choices").([]any)), 0)
		equal(t, "usage", last["usage"], whole["usage"])
		equal(t, "finish", dig(t, object(t, evs[len(evs)-3][1]), "choices", 0, "finish_reason"), "stop")
	}
}

func TestChatStreamWithoutUsage(t *testing.T) {
	_, body := bodyOf(t, Options{Tokens: 3}, request("/v1/chat/completions", `{"model":"m","stream":true,"messages":[]}`))
	if strings.Contains(body, "usage") {
		t.Errorf("usage, though not asked for: %s", body)
	}
}

func TestTools(t *testing.T) {
	chatTools := `{"model":"mock-tool","stream":%v,"tools":[{"type":"function","function":{"name":"walk","parameters":{"type":"object","properties":{"name":{"type":"string"}}}}}]}`
	_, body := bodyOf(t, Options{}, request("/v1/chat/completions", fmt.Sprintf(chatTools, false)))
	call := dig(t, object(t, body), "choices", 0, "message", "tool_calls", 0, "function")
	equal(t, "name", dig(t, call, "name"), "walk")
	equal(t, "arguments", dig(t, call, "arguments"), toolArguments)
	equal(t, "finish", dig(t, object(t, body), "choices", 0, "finish_reason"), "tool_calls")

	_, body = bodyOf(t, Options{}, request("/v1/chat/completions", fmt.Sprintf(chatTools, true)))
	args := ""
	for _, e := range events(t, body) {
		if e[1] == "[DONE]" {
			continue
		}
		if calls, ok := dig(t, object(t, e[1]), "choices", 0, "delta").(map[string]any)["tool_calls"]; ok {
			args += dig(t, calls, 0, "function", "arguments").(string)
		}
	}
	equal(t, "streamed arguments", args, toolArguments)

	_, body = bodyOf(t, Options{}, request("/v1/messages", `{"model":"mock-tool","tools":[{"description":"d","name":"run","input_schema":{}}]}`))
	equal(t, "tool_use", dig(t, object(t, body), "content", 0, "name"), "run")
	equal(t, "stop", dig(t, object(t, body), "stop_reason"), "tool_use")
	equal(t, "input", dig(t, object(t, body), "content", 0, "input", "span_m"), 120)
}

func TestCompletions(t *testing.T) {
	_, unary := bodyOf(t, Options{Tokens: 9}, request("/v1/completions", `{"model":"m","prompt":"x"}`))
	_, body := bodyOf(t, Options{Tokens: 9}, request("/v1/completions", `{"model":"m","prompt":"x","stream":true}`))
	text := ""
	for _, e := range events(t, body) {
		if e[1] != "[DONE]" {
			text += dig(t, object(t, e[1]), "choices", 0, "text").(string)
		}
	}
	equal(t, "text", text, dig(t, object(t, unary), "choices", 0, "text"))
}

func TestResponsesStream(t *testing.T) {
	for _, model := range []string{"mock-tokens-4", "mock-tool"} {
		_, unary := bodyOf(t, Options{}, request("/v1/responses", `{"model":"`+model+`","input":"x"}`))
		_, body := bodyOf(t, Options{}, request("/v1/responses", `{"model":"`+model+`","input":"x","stream":true}`))
		evs := events(t, body)
		joined := ""
		for i, e := range evs {
			m := object(t, e[1])
			equal(t, "type", m["type"], e[0])
			equal(t, "sequence", m["sequence_number"], i)
			if strings.HasSuffix(e[0], ".delta") {
				joined += m["delta"].(string)
			}
		}
		last := object(t, evs[len(evs)-1][1])
		equal(t, "last", last["type"], "response.completed")
		equal(t, "response", last["response"], object(t, unary))
		item := dig(t, last, "response", "output", 0).(map[string]any)
		if item["type"] == "message" {
			equal(t, "text", joined, dig(t, item, "content", 0, "text"))
		} else {
			equal(t, "arguments", joined, item["arguments"])
		}
	}
}

func TestMessages(t *testing.T) {
	_, unary := bodyOf(t, Options{Tokens: 6}, request("/v1/messages?beta=true", `{"model":"claude","max_tokens":4,"messages":[]}`))
	m := object(t, unary)
	equal(t, "stop", m["stop_reason"], "max_tokens")
	equal(t, "output tokens", dig(t, m, "usage", "output_tokens"), 4)
	_, body := bodyOf(t, Options{Tokens: 3}, request("/v1/messages", `{"model":"claude","stream":true,"messages":[]}`))
	var names []string
	text := ""
	for _, e := range events(t, body) {
		names = append(names, e[0])
		o := object(t, e[1])
		equal(t, "type", o["type"], e[0])
		if e[0] == "content_block_delta" {
			text += dig(t, o, "delta", "text").(string)
		}
	}
	equal(t, "events", strings.Join(names, " "), "message_start content_block_start ping content_block_delta content_block_delta "+
		"content_block_delta content_block_stop message_delta message_stop")
	equal(t, "text", text, "A ropebridge —")
	_, body = bodyOf(t, Options{}, request("/v1/messages/count_tokens", `{"model":"claude","messages":[]}`))
	equal(t, "count", object(t, body)["input_tokens"], 1)
}

func TestEmbeddings(t *testing.T) {
	_, body := bodyOf(t, Options{}, request("/v1/embeddings", `{"model":"e","input":["a","b, c"],"dimensions":700}`))
	floats := object(t, body)
	_, body = bodyOf(t, Options{}, request("/v1/embeddings", `{"model":"e","input":["a","b, c"],"dimensions":700,"encoding_format":"base64"}`))
	packed := object(t, body)
	equal(t, "vectors", len(floats["data"].([]any)), 2)
	for i := range 2 {
		raw, err := base64.StdEncoding.DecodeString(dig(t, packed, "data", i, "embedding").(string))
		if err != nil || len(raw) != 4*700 {
			t.Fatalf("base64: %d bytes, %v", len(raw), err)
		}
		sum := 0.0
		for j, v := range dig(t, floats, "data", i, "embedding").([]any) {
			f := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*j:]))
			if float32(v.(float64)) != f {
				t.Fatalf("component %d: %v as decimal, %v as base64", j, v, f)
			}
			sum += v.(float64) * v.(float64)
		}
		if sum < 0.8 || sum > 1.2 {
			t.Errorf("length squared %v, want about 1", sum)
		}
	}
	_, other := bodyOf(t, Options{}, request("/v1/embeddings", `{"model":"e","input":"z"}`))
	equal(t, "default dimensions", len(dig(t, object(t, other), "data", 0, "embedding").([]any)), defaultDims)
	_, tokens := bodyOf(t, Options{}, request("/v1/embeddings", `{"model":"e","input":[1,2,3],"dimensions":2}`))
	equal(t, "token input", len(object(t, tokens)["data"].([]any)), 1)
	if fmt.Sprint(dig(t, floats, "data", 0, "embedding")) == fmt.Sprint(dig(t, floats, "data", 1, "embedding")) {
		t.Error("two inputs have the same embedding")
	}
}

func TestModelsHealthEchoNotFound(t *testing.T) {
	get := func(path string) (int, map[string]any) {
		status, body := bodyOf(t, Options{}, "GET "+path+" HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer sk-secret\r\n\r\n")
		if strings.Contains(body, "sk-secret") {
			t.Errorf("%s shows a credential: %s", path, body)
		}
		return status, object(t, body)
	}
	_, m := get("/v1/models")
	equal(t, "models", dig(t, m, "data", 0, "id"), "mock")
	_, m = get("/v1/models/gpt-4o?x=1")
	equal(t, "model", m["id"], "gpt-4o")
	_, m = get("/health")
	equal(t, "health", m["status"], "ok")
	_, m = get("/v1/files?limit=2")
	equal(t, "path", m["path"], "/v1/files")
	equal(t, "query", m["query"], "limit=2")
	status, m := get("/other")
	equal(t, "status", status, 404)
	equal(t, "type", dig(t, m, "error", "type"), "invalid_request_error")

	form := "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nmock-status-418\r\n--b--\r\n"
	raw := fmt.Sprintf("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: m\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s", len(form), form)
	status, _ = bodyOf(t, Options{}, raw)
	equal(t, "magic in a form", status, 418)
	_, body := bodyOf(t, Options{}, strings.Replace(raw, "mock-status-418", "whisper-1-large", 1))
	equal(t, "size", object(t, body)["body_bytes"], len(form))
	status, _ = bodyOf(t, Options{}, request("/v1/images/generations", `{"model":"mock-status-402"}`))
	equal(t, "magic in JSON elsewhere", status, 402)
}

func TestReplyBytes(t *testing.T) {
	for _, path := range []string{"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"} {
		for size := 1200; size < 1400; size++ {
			_, body := bodyOf(t, Options{ReplyBytes: size}, request(path, `{"model":"m"}`))
			if len(body) != size {
				t.Fatalf("%s: %d bytes, want %d", path, len(body), size)
			}
			object(t, body)
		}
	}
}

func TestText(t *testing.T) {
	for n := range 3 * len(tokenEnds) {
		text := string(appendText(nil, 0, textLen(n)))
		if got := len(strings.Fields(text)); got != n || len(text) != textLen(n) {
			t.Fatalf("%d tokens: got %d words in %d bytes (%d)", n, got, len(text), textLen(n))
		}
		if got := textTokens(textLen(n)); got != n {
			t.Fatalf("textTokens(%d) = %d, want %d", textLen(n), got, n)
		}
	}
}
