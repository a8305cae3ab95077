package e2e

import (
	"strings"
	"testing"
)

// A model that no provider serves is refused in each vendor's own format.
func TestUnknownModel(t *testing.T) {
	up, config := vendors(t)
	want := map[string]string{
		"openai":    `"type":"invalid_request_error","param":"model","code":"model_not_found"`,
		"responses": `"type":"invalid_request_error","param":"model","code":"model_not_found"`,
		"anthropic": `"error":{"type":"not_found_error"`,
		"gemini":    `"status":"NOT_FOUND"`,
		"cohere":    `"message":"`,
		"bedrock":   `"message":"`,
	}
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		for _, form := range forms {
			for _, stream := range []bool{false, true} {
				path, body := form.request("nobody-knows", stream)
				a := ask(t, "POST", g.url(path), body)
				if a.status != 404 || !strings.Contains(a.body, want[form.name]) || !strings.Contains(a.body, "nobody-knows") {
					t.Errorf("%s: %d %s, want %s", form.name, a.status, a.body, want[form.name])
				}
				if kind := a.head.Get("X-Amzn-Errortype"); (kind == "ResourceNotFoundException") != (form.name == "bedrock") {
					t.Errorf("%s: its kind is %q", form.name, kind)
				}
			}
		}
		if a := ask(t, "GET", g.url("/v1/models/nobody-knows"), ""); a.status != 404 || !strings.Contains(a.body, `"code":"model_not_found"`) {
			t.Errorf("showing a model: %d %s", a.status, a.body)
		}
		a := chat(t, g, "anthropic/error-404", "")
		if a.status != 404 || !strings.Contains(a.body, `"code":"model_not_found"`) {
			t.Errorf("a model that the provider does not know: %d %s", a.status, a.body)
		}
		up.Take()
	})
}

// A WebSocket on a path without WebSockets is refused before anything is sent to a provider, because the request without its
// upgrade would be a different one.
func TestNoWebSocket(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		const upgrade = " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
		for path, want := range map[string]string{
			"/v1/chat/completions": `"code":"invalid_request"`,
			"/openai/v1/responses": `"code":"invalid_request"`,
			"/genai/v1beta/live":   `"status":"INVALID_ARGUMENT"`,
		} {
			up.Take()
			got := raw(t, g.addr, "GET "+path+upgrade)
			if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, want) || !strings.Contains(got, "cannot become a WebSocket") {
				t.Errorf("%s: %s", path, got)
			}
			if n := len(up.Take()); n != 0 {
				t.Errorf("%s: the provider was asked %d times", path, n)
			}
		}
	})
}

// An operation that the model's provider does not have is refused before anything is sent, and named.
func TestMissingOperation(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		f := func(method, path, body string, words string, fields ...string) {
			t.Helper()
			up.Take()
			a := ask(t, method, g.url(path), body, fields...)
			if a.status != 400 || !strings.Contains(a.body, words) {
				t.Errorf("%s %s: %d %s, want 400 and %s", method, path, a.status, a.body, words)
			}
			if n := len(up.Take()); n != 0 {
				t.Errorf("%s %s: the provider was asked %d times", method, path, n)
			}
		}
		const hi = `[{"role":"user","content":"Hi"}]`
		const counts = "the request cannot be carried out by cohere: it has no counting of tokens"
		f("POST", "/v1/responses/input_tokens", `{"model":"cohere/command-a-03-2025","input":"Hi"}`, counts)
		f("POST", "/anthropic/v1/messages/count_tokens", `{"model":"cohere/command-a-03-2025","messages":`+hi+`}`, `"type":"invalid_request_error","message":"`+counts)
		f("POST", "/genai/v1beta/models/cohere/command-a-03-2025:countTokens", `{"contents":[{"parts":[{"text":"Hi"}]}]}`, `"message":"`+counts)
		f("POST", "/bedrock/model/cohere%2Fcommand-a-03-2025/count-tokens", `{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}`, counts)
		f("POST", "/v1/embeddings", `{"model":"anthropic/claude-text","input":"Hi"}`, "by anthropic: it has no embeddings")
		f("POST", "/v1/rerank", `{"model":"anthropic/claude-text","query":"Hi","documents":["a"]}`, "by anthropic: it has no reranking")
		f("POST", "/v1/audio/speech", `{"model":"anthropic/claude-text","input":"Hi","voice":"alloy"}`, `by anthropic: it has nothing like \"/audio/speech\"`)
		f("POST", "/genai/v1beta/models/openai/gpt-text:predict", `{"instances":[]}`, `by openai: it has nothing like \":predict\"`)
		f("GET", "/v1/files", "", `by anthropic: it has nothing like \"/files\"`, "X-Model-Provider: anthropic")
		f("POST", "/anthropic/v1/messages/batches", `{"requests":[]}`, `by openai: it has nothing like \"/messages/batches\"`, "X-Model-Provider: openai")
	})
}

// Only Cohere has an operation for tokens, so it cannot be translated. It is served at Cohere's own paths and below the plain
// version.
func TestTokenize(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		for _, path := range []string{"/v1/tokenize", "/litellm/v1/tokenize", "/cohere/v1/tokenize"} {
			up.Take()
			a := ask(t, "POST", g.url(path), `{"model":"cohere/command-a-text","text":"two words"}`)
			if a.status != 200 || !strings.Contains(a.body, `"tokens":[1,2]`) {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
			if sent := up.Take(); len(sent) != 1 || sent[0].Path != "/v1/tokenize" || !strings.Contains(string(sent[0].Body), `"model":"command-a-text"`) {
				t.Errorf("%s: the provider was sent %+v", path, sent)
			}
			a = ask(t, "POST", g.url(path), `{"model":"anthropic/claude-text","text":"two words"}`)
			if a.status != 400 || !strings.Contains(a.body, "cannot be carried out by anthropic") || len(up.Take()) != 0 {
				t.Errorf("%s at another vendor: %d %s", path, a.status, a.body)
			}
		}
	})
}

// A browser that opens the path of a conversation gets an explanation.
func TestConversationIsRead(t *testing.T) {
	g := serve(t, "providers: [{name: one, base_url: 'http://127.0.0.1:1'}, {name: two, base_url: 'http://127.0.0.1:1'}]\n")
	if a := ask(t, "GET", g.url("/v1/chat/completions"), ""); a.status != 400 || !strings.Contains(a.body, "send POST to ask a model") {
		t.Errorf("a conversation: %d %s", a.status, a.body)
	}
	if a := ask(t, "GET", g.url("/v1/files"), ""); a.status != 400 || strings.Contains(a.body, "send POST") {
		t.Errorf("files: %d %s", a.status, a.body)
	}
}
