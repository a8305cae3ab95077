package hotpath

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// brokenIn is an answer in d's format with text in it as it is, whole or as a stream.
func brokenIn(t *testing.T, d *core.Dialect, text string, stream bool) []byte {
	t.Helper()
	r := core.NewCompletion()
	if err := openai.API.Chats[core.OpChat].ParseReply(r, []byte(`{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"t"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`)); err != nil {
		t.Fatal(err)
	}
	r.Parts[0].Text, r.Parts[0].More = core.Text(text), 0
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp = openai.API, core.OpChat, d, core.OpChat
	codec := d.Chats[core.OpChat]
	if !stream {
		return codec.AppendReply(nil, r, x)
	}
	var b []byte
	events := x.Replay(nil, r)
	for i := range events {
		b = codec.AppendEvent(b, x, &events[i])
	}
	return b
}

// TestBrokenText: what a provider sends that is no UTF-8 reaches clients of its own format as it is, and is a sign of
// that for all others: JSON is UTF-8.
func TestBrokenText(t *testing.T) {
	formats := []struct {
		d            *core.Dialect
		path, stream string
		body         string
	}{
		{openai.API, "/openai/", "/openai/", `{"model":"m",%s"messages":[{"role":"user","content":"hi"}]}`},
		{anthropic.API, "/anthropic/", "/anthropic/", `{"model":"m",%s"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`},
		{cohere.API, "/cohere/", "/cohere/", `{"model":"m",%s"messages":[{"role":"user","content":"hi"}]}`},
		{ollama.API, "/ollama/", "/ollama/", `{"model":"m",%s"messages":[{"role":"user","content":"hi"}]}`},
		{gemini.API, "/gemini/m:generateContent", "/gemini/m:streamGenerateContent?alt=sse", sayGoogle},
		{adapters.Bedrock, "/bedrock/m/converse", "/bedrock/m/converse-stream", sayAWS},
	}
	const bad, good = "a\xffb\xe2\x82c\xed\xa0\x80d", "a\uFFFDb\uFFFDc\uFFFDd"
	lanes(t, func(t *testing.T, loops int) {
		for _, p := range formats {
			for _, stream := range []bool{false, true} {
				kind := "application/json"
				if stream {
					kind = p.d.Chats[core.OpChat].Framing.ContentType(false)
				}
				m := meet(t, loops, faceOf(p.d), answers(kind, string(brokenIn(t, p.d, bad, stream))))
				for _, c := range formats {
					path, more := c.path, ""
					if stream {
						path, more = c.stream, `"stream":true,`
					} else if c.d == ollama.API {
						more = `"stream":false,`
					}
					ask := c.body
					if strings.Contains(ask, "%s") {
						ask = fmt.Sprintf(ask, more)
					}
					want := good
					if c.d == p.d {
						want = bad
					}
					if a, got := m.say(path, ask); a.StatusCode != http.StatusOK || !strings.Contains(got, want) {
						t.Errorf("%s to %s, stream %v: %d %q", p.d.Name, c.d.Name, stream, a.StatusCode, got)
					}
				}
			}
		}
	})
}
