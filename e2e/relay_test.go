package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"asbru/bench/mock"
)

// lanes runs f against a gateway of each lane: event loops, and a goroutine for each connection.
func lanes(t *testing.T, config string, f func(t *testing.T, g *gateway)) {
	for name, loops := range map[string]string{"loops": "2", "goroutines": "-1"} {
		t.Run(name, func(t *testing.T) { f(t, serve(t, config, "--loops", loops)) })
	}
}

// local is the configuration of one stand-in provider.
func local(base string) string {
	return "providers:\n  - {name: local, base_url: " + base + ", network: {allow_private_network: true}}\n" +
		"models:\n  - {alias: fast, provider: local, model: mock-id-7}\n"
}

// A client gets the same answer through the gateway as from the provider.
func TestBytesAreEqual(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		f := func(path, body string) {
			t.Helper()
			want := ask(t, "POST", base+path, body)
			for _, prefix := range []string{"/v1", "/openai/v1", "/openai"} {
				got := ask(t, "POST", g.url(prefix+path), body)
				if got.status != want.status || got.body != want.body || got.head.Get("Content-Type") != want.head.Get("Content-Type") {
					t.Errorf("%s%s %s:\n%d %s\nwant\n%d %s", prefix, path, body, got.status, got.body, want.status, want.body)
				}
			}
		}
		f("/chat/completions", chatBody("mock-id-7", ""))
		f("/chat/completions", chatBody("mock-id-7+tokens-2000", ""))
		f("/chat/completions", chatBody("mock-id-7", `,"stream":true,"stream_options":{"include_usage":true}`))
		f("/chat/completions", chatBody("mock-id-7+tokens-3000", `,"stream":true,"stream_options":{"include_usage":true}`))
		f("/chat/completions", chatBody("mock-id-7+tool", `,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]`))
		f("/chat/completions", `{ "messages" : [{"role":"user","content":[{"type":"text","text":"\u00e9\n"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}] , "model":"mock-id-7" }`)
		f("/completions", `{"model":"mock-id-7","prompt":"Hello"}`)
		f("/completions", `{"model":"mock-id-7","prompt":"Hello","stream":true,"stream_options":{"include_usage":true}}`)
		f("/embeddings", `{"model":"mock-id-7","input":"Hello"}`)
		f("/responses", `{"model":"mock-id-7","input":"Hello"}`)
		f("/responses", `{"model":"mock-id-7","input":"Hello","stream":true}`)
		f("/chat/completions", chatBody("mock-id-7+status-418", ""))
	})
}

// The gateway asks for usage to count it. A client that did not ask for it does not see it.
func TestUsageIsNotForEverybody(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		got := chat(t, g, "mock-id-7", `,"stream":true`).body
		if strings.Contains(got, "prompt_tokens") || !strings.HasSuffix(got, "data: [DONE]\n\n") {
			t.Errorf("not asked for: %s", got)
		}
		got = chat(t, g, "mock-id-7", `,"stream":true,"stream_options":{"include_usage":true}`).body
		if strings.Count(got, "prompt_tokens\"") != 1 {
			t.Errorf("asked for: %s", got)
		}
		a := ask(t, "GET", g.url("/metrics"), "")
		if !strings.Contains(a.body, `asbru_tokens_total{`) {
			t.Errorf("no tokens were counted:\n%s", a.body)
		}
	})
}

func TestFormIsRelayed(t *testing.T) {
	base := standIn(t, mock.Options{})
	form := func(model string) string {
		return "--XYZ\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model + "\r\n" +
			"--XYZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n" +
			strings.Repeat("\x00\xff\r\n--", 20000) + "\r\n--XYZ--\r\n"
	}
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		a := ask(t, "POST", g.url("/v1/audio/transcriptions?x=1"), form("fast"), "Content-Type: multipart/form-data; boundary=XYZ")
		var echo struct {
			Path, Query string
			Sum         string `json:"body_sha256"`
		}
		sum := sha256.Sum256([]byte(form("mock-id-7")))
		if err := json.Unmarshal([]byte(a.body), &echo); err != nil || echo.Sum != hex.EncodeToString(sum[:]) ||
			echo.Path != "/v1/audio/transcriptions" || echo.Query != "x=1" {
			t.Errorf("%v: %d %s, want the sum %x", err, a.status, a.body, sum)
		}
	})
}

func TestNamesLead(t *testing.T) {
	s, base := scripted(t, status(200))
	g := serve(t, local(base)+"  - {alias: slow, provider: local}\n")
	f := func(model, want string) {
		t.Helper()
		if a := chat(t, g, model, ""); a.status != 200 {
			t.Errorf("%s: %d %s", model, a.status, a.body)
			return
		}
		all := s.requests()
		if got := all[len(all)-1]; got.body != chatBody(want, "") || got.uri != "/v1/chat/completions" || "http://"+got.host+"/v1" != base {
			t.Errorf("%s: sent %+v", model, got)
		}
	}
	f("fast", "mock-id-7")
	f("slow", "slow")
	f("local/any/thing", "any/thing")
	f("bare", "bare")
	a := ask(t, "GET", g.url("/v1/models"), "")
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || len(list.Data) != 2 || list.Data[0].ID != "fast" || list.Data[1].ID != "slow" {
		t.Errorf("models: %s", a.body)
	}
	sent := len(s.requests())
	if a := ask(t, "HEAD", g.url("/v1/models"), ""); a.status != 200 || a.body != "" || len(s.requests()) != sent {
		t.Errorf("HEAD of the models: %d %q, %d sent", a.status, a.body, len(s.requests())-sent)
	}
	for path, want := range map[string]string{"/v1/models/slow": "slow", "/v1/models/local/m": "local/m", "/v1/models/local%2Fm": "local/m", // as SDKs for Node write them
		"/anthropic/v1/models/local%2Fm": "local/m", "/genai/v1beta/models/local%2Fm": "local/m", "/vertex/v1/publishers/google/models/local%2Fm": "local/m"} {
		if a := ask(t, "GET", g.url(path), ""); a.status != 200 || !strings.Contains(a.body, want+`"`) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, path := range []string{"/v1/models/..%2Fslow", "/v1/models/a%2F%2Fb", "/v1/models/%2Fslow", "/v1/models//slow"} {
		if a := ask(t, "GET", g.url(path), ""); a.status != 400 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestKeysAreJudged(t *testing.T) {
	base := standIn(t, mock.Options{})
	config := local(base) + "virtual_keys:\n" +
		"  - {name: tenant-12, key: vk-0123456789abcdef, allowed_models: [fast]}\n" +
		"  - {name: away, key: vk-fedcba9876543210, disabled: true}\n"
	lanes(t, config, func(t *testing.T, g *gateway) {
		f := func(want int, model, says string, fields ...string) {
			t.Helper()
			a := chat(t, g, model, "", fields...)
			if a.status != want || !strings.Contains(a.body, says) || strings.Contains(a.body, "vk-") {
				t.Errorf("%s with %q: %d %s, want %d with %q", model, fields, a.status, a.body, want, says)
			}
		}
		const good = "vk-0123456789abcdef"
		f(200, "fast", "chat.completion", "Authorization: Bearer "+good)
		f(200, "fast", "chat.completion", "x-api-key: "+good)
		f(200, "fast", "chat.completion", "api-key: "+good)
		f(401, "fast", "authentication_error")
		f(401, "fast", "authentication_error", "Authorization: Bearer vk-wrong")
		f(403, "fast", "disabled", "Authorization: Bearer vk-fedcba9876543210")
		f(400, "fast", "more than one kind of credential", "Authorization: Bearer vk-wrong", "x-api-key: "+good)
		f(403, "local/mock-id-7", "tenant-12", "Authorization: Bearer "+good)
		f(403, "local/mock-id-7", "fast", "Authorization: Bearer "+good)
	})
}

func TestFallbacks(t *testing.T) {
	good := standIn(t, mock.Options{})
	config := "providers:\n  - {name: good, base_url: " + good + ", network: {allow_private_network: true}}\n" +
		"  - {name: dead, base_url: http://" + deadPort(t) + "/v1, network: {allow_private_network: true}}\n"
	models := "models:\n  - {alias: good-one, provider: good, model: mock-id-7}\n" +
		"  - {alias: refused, provider: dead, fallback: [good-one]}\n  - {alias: alone, provider: dead}\n"
	for _, code := range []int{429, 500, 503, 400} {
		_, base := scripted(t, status(code))
		config += fmt.Sprintf("  - {name: p%d, base_url: %s, network: {allow_private_network: true}}\n", code, base)
		models += fmt.Sprintf("  - {alias: m%d, provider: p%d, fallback: [good-one]}\n  - {alias: only%d, provider: p%d}\n", code, code, code, code)
	}
	lanes(t, config+models, func(t *testing.T, g *gateway) {
		want := chat(t, g, "good-one", "")
		f := func(status int, model, more, says string) {
			t.Helper()
			a := chat(t, g, model, more)
			if a.status != status || !strings.Contains(a.body, says) || status == 200 && a.body != want.body {
				t.Errorf("%s%s: %d %s, want %d with %q", model, more, a.status, a.body, status, says)
			}
		}
		for _, m := range []string{"m429", "m500", "m503", "refused"} {
			f(200, m, "", "")
			f(200, m, `,"stream":false`, "")
		}
		f(400, "m400", "", "as scripted") // a mistake of the client is not sent to further targets
		f(429, "only429", "", "as scripted")
		f(502, "alone", "", "dead/alone could not be reached")
		g.stderr.has(t, "cannot connect to a provider") // the client does not get details that are for the operator
		f(200, "only500", `,"fallbacks":["good-one"]`, "")
		f(200, "alone", `,"fallbacks":["only500","good-one"]`, "")
		f(404, "alone", `,"fallbacks":["nobody-knows/this","good-one"]`, "nobody-knows/this")
	})
}

// A rule reads the head and the query of a request, in both lanes, and routes it to another target. Requests at a provider's own
// door stay with that provider.
func TestRules(t *testing.T) {
	s, base := scripted(t, status(200))
	config := local(base) + "routing:\n  rules:\n" +
		"    - {name: free, when: 'headers[\"X-Tier\"] == \"free\" && stream == false', targets: [{provider: local, model: small}]}\n" +
		"    - {name: region, when: 'params[\"region\"] == \"e u\" && provider == \"local\"', targets: [{provider: local, model: near}], chain: true}\n" +
		"    - {name: large, when: 'prompt_bytes > 2000 || model == \"near\" && \"x-far\" in headers', targets: [{model: fast}]}\n"
	lanes(t, config, func(t *testing.T, g *gateway) {
		f := func(path, body, want string, fields ...string) {
			t.Helper()
			a := ask(t, "POST", g.url(path), body, fields...)
			all := s.requests()
			if got := all[len(all)-1]; a.status != 200 || !strings.Contains(got.body, `"model":"`+want+`"`) {
				t.Errorf("%s with %q: %d %s, sent %.200s, want %s", path, fields, a.status, a.body, got.body, want)
			}
		}
		const path = "/v1/chat/completions"
		f(path, chatBody("local/big", ""), "big")
		f(path, chatBody("local/big", ""), "small", "x-tIER: free")
		f(path, chatBody("local/big", `,"stream":true`), "big", "x-tier: free")
		f(path, chatBody("local/big", ""), "big", "x-tier: fre")
		f(path+"?a=1&region=e%20u", chatBody("local/big", ""), "near")
		f(path+"?region=e+u", chatBody("local/big", ""), "mock-id-7", "x-far: 1")
		f(path, chatBody("local/big", `,"x":"`+strings.Repeat("x", 2000)+`"`), "mock-id-7")
	})
}

func TestRefusals(t *testing.T) {
	s, base := scripted(t, status(200))
	lanes(t, local(base)+"limits: {body_bytes: 10KB}\n", func(t *testing.T, g *gateway) {
		f := func(want int, method, path, body, says string, fields ...string) {
			t.Helper()
			a := ask(t, method, g.url(path), body, fields...)
			id := a.head.Get("X-Request-Id")
			if a.status != want || !strings.Contains(a.body, says) || len(id) != 32 || !strings.Contains(a.body, id) || !json.Valid([]byte(a.body)) {
				t.Errorf("%s %s: %d %s %v, want %d with %q", method, path, a.status, a.body, a.head, want, says)
			}
		}
		const path = "/v1/chat/completions"
		f(413, "POST", path, chatBody("fast", `,"x":"`+strings.Repeat("x", 10<<10)+`"`), "limits.body_bytes")
		f(400, "POST", path, `{"model":"fast","model":"slow"}`, "model")
		f(400, "POST", path, `{"model":"fast","Model":"slow"}`, "odel")
		f(400, "POST", path, `{"model":"fast"`, "invalid_request_error")
		f(400, "POST", path, ``, "invalid_request_error")
		f(400, "POST", path, chatBody("fast", ""), "Content-Encoding", "Content-Encoding: gzip")
		f(404, "GET", "/nope", "", "not_found")
		f(400, "GET", "/v1/a/../b", "", "invalid_request_error")
		f(405, "OPTIONS", path, "", "method_not_allowed")
		if n := len(s.requests()); n > 0 {
			t.Errorf("%d refused requests went upstream", n)
		}
	})
}

func TestRequestID(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		const id = "0123456789abcdef0123456789abcdef"
		if a := chat(t, g, "fast", "", "X-Request-Id: "+id); a.head.Get("X-Request-Id") != id {
			t.Errorf("a client's own id: %v", a.head)
		}
		a, b := chat(t, g, "fast", "", "X-Request-Id: <script>"), chat(t, g, "fast", "")
		if x, y := a.head.Get("X-Request-Id"), b.head.Get("X-Request-Id"); len(x) != 32 || len(y) != 32 || x == y {
			t.Errorf("ids %q and %q", x, y)
		}
	})
}

// Nothing that identifies the provider's account reaches a client, and a provider gets only those fields of a client that it
// needs.
func TestFieldsBothWays(t *testing.T) {
	s, base := scripted(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Openai-Organization", "Set-Cookie", "X-Ratelimit-Limit-Requests", "X-Ratelimit-Remaining-Tokens",
			"Server", "Cf-Ray", "Via", "Www-Authenticate", "X-Amzn-Requestid", "Location", "Link", "Alt-Svc", "Access-Control-Allow-Origin"} {
			w.Header().Set(name, "canary")
		}
		w.Header().Set("X-Request-Id", "canary")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Openai-Processing-Ms", "12")
		w.Header().Set("Retry-After", "3")
		w.Write([]byte(`{}`))
	})
	config := strings.Replace(local(base), "name: local,", "name: local, api_key: sk-canary-of-ours, headers: {X-Team: blue},", 1)
	lanes(t, config, func(t *testing.T, g *gateway) {
		a := chat(t, g, "fast", "", "Authorization: Bearer canary", "Cookie: canary", "Openai-Organization: canary",
			"X-Forwarded-For: canary", "Referer: canary", "X-Anything: canary", "Proxy-Authorization: canary", "Accept-Encoding: gzip",
			"User-Agent: e2e/1", "Openai-Beta: assistants=v2", "Idempotency-Key: k1", "Accept: application/json")
		for name, values := range a.head {
			if strings.Contains(strings.Join(values, " "), "canary") {
				t.Errorf("the client got %s: %v", name, values)
			}
		}
		if a.head.Get("Openai-Processing-Ms") != "12" || a.head.Get("Retry-After") != "3" {
			t.Errorf("the client did not get the fields that are meant for it: %v", a.head)
		}
		all := s.requests()
		got := all[len(all)-1].head
		var names []string
		for name := range got {
			names = append(names, name)
		}
		slices.Sort(names)
		want := []string{"Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Idempotency-Key", "Openai-Beta", "User-Agent", "X-Team"}
		if !slices.Equal(names, want) {
			t.Errorf("the provider got %v, want %v", names, want)
		}
		if got.Get("Authorization") != "Bearer sk-canary-of-ours" || got.Get("User-Agent") != "e2e/1" || got.Get("Accept-Encoding") != "identity" {
			t.Errorf("the provider got %v", got)
		}
	})
}
