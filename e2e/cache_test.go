package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	cachedReply = `{"id":"chatcmpl-upstream","object":"chat.completion","created":1763720000,"model":"m-2025","choices":[{"index":0,"message":{"role":"assistant","content":"Hello to you"},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":3,"total_tokens":11}}`
	cachedDelta = `data: {"id":"chatcmpl-upstream","object":"chat.completion.chunk","created":1763720000,"model":"m-2025","choices":[{"index":0,"delta":{"content":"Hello to "},"finish_reason":null}]}` + "\n\n"
	cachedRest  = `data: {"id":"chatcmpl-upstream","object":"chat.completion.chunk","created":1763720000,"model":"m-2025","choices":[{"index":0,"delta":{"content":"you"},"finish_reason":null}]}` + "\n\n" +
		`data: {"id":"chatcmpl-upstream","object":"chat.completion.chunk","created":1763720000,"model":"m-2025","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"id":"chatcmpl-upstream","object":"chat.completion.chunk","created":1763720000,"model":"m-2025","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":3,"total_tokens":11}}` + "\n\ndata: [DONE]\n\n"
)

// A greeter is a provider that counts its calls and can be paused.
type greeter struct {
	calls atomic.Int64
	left  atomic.Int64  // calls whose client left before the end of the answer
	gate  chan struct{} // a stream waits for it after its first words, a reply before them; nil: they do not wait
}

func (p *greeter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls.Add(1)
	wait := func() bool {
		if p.gate == nil {
			return true
		}
		select {
		case <-p.gate:
			return true
		case <-r.Context().Done():
			p.left.Add(1)
			return false
		}
	}
	body, _ := io.ReadAll(r.Body)
	if !strings.Contains(string(body), `"stream":true`) {
		if wait() {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, cachedReply)
		}
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	io.WriteString(w, cachedDelta)
	w.(http.Flusher).Flush()
	if wait() {
		io.WriteString(w, cachedRest)
	}
}

func greets(t *testing.T, p *greeter) (base string) {
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

func cached(base, more string) string { return local(base) + "cache: {" + more + "}\n" }

// An answer that was given in one format is given again in every other, as a reply and as a stream, with one request to the
// provider.
func TestCached(t *testing.T) {
	p := &greeter{}
	base := greets(t, p)
	lanes(t, cached(base, "exact: {ttl: 1h}"), func(t *testing.T, g *gateway) {
		p.calls.Store(0)
		first := chat(t, g, "fast", `,"max_tokens":50`)
		if first.status != 200 || first.head.Get("X-Cache") != "miss" || first.body != cachedReply {
			t.Fatalf("%d %v %s", first.status, first.head, first.body)
		}
		await(t, "the answer to be kept", func() bool { return chat(t, g, "fast", `,"max_tokens":50`).head.Get("X-Cache") == "exact" }, g.stderr.String)
		f := func(path, body, kind string, want ...string) {
			t.Helper()
			a := ask(t, "POST", g.url(path), body)
			if a.status != 200 || a.head.Get("X-Cache") != "exact" || a.head.Get("Age") == "" || !strings.HasPrefix(a.head.Get("Content-Type"), kind) || strings.Contains(a.body, "chatcmpl-upstream") {
				t.Errorf("%s: %d %v %s", path, a.status, a.head, a.body)
			}
			for _, w := range want {
				if !strings.Contains(a.body, w) {
					t.Errorf("%s: no %s in %s", path, w, a.body)
				}
			}
		}
		f("/v1/chat/completions", chatBody("fast", `,"max_completion_tokens":50`), "application/json", "Hello to you", `"cache_debug":{"cache_hit":true`, `"prompt_tokens":8`)
		f("/v1/chat/completions", chatBody("fast", `,"max_tokens":50,"stream":true`), "text/event-stream", "Hello to you", "data: [DONE]\n\n")
		f("/v1/responses", `{"model":"fast","input":"Hello","max_output_tokens":50}`, "application/json", "Hello to you", `"object":"response"`)
		f("/v1/responses", `{"model":"fast","input":"Hello","max_output_tokens":50,"stream":true}`, "text/event-stream", "Hello to you", "response.completed")
		f("/anthropic/v1/messages", `{"model":"fast","max_tokens":50,"messages":[{"role":"user","content":"Hello"}]}`, "application/json", "Hello to you", `"stop_reason":"end_turn"`)
		f("/anthropic/v1/messages", `{"model":"fast","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Hello"}]}`, "text/event-stream", "Hello to you", "event: message_stop")
		f("/genai/v1beta/models/fast:streamGenerateContent", `{"contents":[{"role":"user","parts":[{"text":"Hello"}]}],"generationConfig":{"maxOutputTokens":50}}`, "application/json", "Hello to you")
		if n := p.calls.Load(); n != 1 {
			t.Errorf("the provider was asked %d times", n)
		}
		for _, more := range []string{"", `,"stream":true`} { // the cache finds out only after the request was sent
			if a := chat(t, g, "fast", `,"tools":[{"type":"web_search"}]`+more); a.status != 200 || a.head["X-Cache"] != nil {
				t.Errorf("what the provider looks up: %d %v", a.status, a.head)
			}
		}
		bad := chat(t, g, "fast", "", "X-Bf-Cache-Ttl: soon")
		if bad.status != 400 || !strings.Contains(bad.body, "x-bf-cache-ttl") {
			t.Errorf("%d %s", bad.status, bad.body)
		}
		metrics := ask(t, "GET", g.url("/metrics"), "").body
		for _, want := range []string{`asbru_cache_hits_total{tier="exact"} `, `asbru_cache_stored_total 1`, "asbru_cache_entries 1\n"} {
			if !strings.Contains(metrics, want) {
				t.Errorf("no %s in the metrics", want)
			}
		}
		g.signal(syscall.SIGHUP) // the cache survives a reload
		g.stderr.has(t, "configuration applied")
		f("/v1/chat/completions", chatBody("fast", `,"max_tokens":50`), "application/json", "Hello to you")
	})
}

// A header field may have several lines, all of which are sent on: each is part of the question. Of a field for the
// cache a second line is refused.
func TestCacheReadsEveryLine(t *testing.T) {
	p := &greeter{}
	lanes(t, cached(greets(t, p), "exact: {ttl: 1h}"), func(t *testing.T, g *gateway) {
		says := func(lines ...string) string {
			t.Helper()
			req, err := http.NewRequest("POST", g.url("/v1/chat/completions"), strings.NewReader(chatBody("fast", "")))
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range lines {
				name, value, _ := strings.Cut(line, ": ")
				req.Header.Add(name, value)
			}
			a, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, a.Body)
			a.Body.Close()
			return fmt.Sprint(a.StatusCode, " ", a.Header.Get("X-Cache"))
		}
		await(t, "the answer to be kept", func() bool { return says("OpenAI-Beta: a") == "200 exact" }, g.stderr.String)
		if got := says("OpenAI-Beta: a", "OpenAI-Beta: b"); got != "200 miss" {
			t.Error(got)
		}
		if got := says("X-Bf-Cache-No-Store: false", "X-Bf-Cache-No-Store: true"); got != "400 " {
			t.Error(got)
		}
	})
}

// Questions with the same meaning have one answer; one with another number is a different question.
func TestCachedInOtherWords(t *testing.T) {
	p := &greeter{}
	state := t.TempDir()
	trail := filepath.Join(state, "asbru-audit")
	g := serve(t, cached(greets(t, p), "semantic: {mode: strict}")+"governance: {ledger: "+filepath.Join(state, "ledger")+"}\naudit: {no_sinks: true}\n")
	says := func(text string, fields ...string) answer {
		t.Helper()
		return ask(t, "POST", g.url("/v1/chat/completions"), `{"model":"fast","messages":[{"role":"user","content":"`+text+`"}]}`, fields...)
	}
	says("How do I convert 5 miles to kilometers?")
	await(t, "the answer to be kept", func() bool { return says("How do I convert 5 miles to kilometers?").head.Get("X-Cache") == "exact" }, g.stderr.String)
	if a := says("Please, how can I convert 5 miles to kilometers?"); a.head.Get("X-Cache-Guard") != "pass" || !strings.Contains(a.body, `"hit_type":"semantic"`) {
		t.Errorf("%v %s", a.head, a.body)
	}
	if a := says("How do I convert 6 miles to kilometers?"); a.head.Get("X-Cache") != "miss" {
		t.Errorf("%v", a.head)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	calls, _ := exported(t, trail, trail)
	said := map[string]string{} // the cache's result for each call and the guard's objection, the last of each kind
	for _, c := range calls {
		said[c.Cache] = c.Guard
	}
	if len(calls) < 4 || said["exact"] != "" || said["miss"] != "number" || said["semantic"] != "pass" && said["canonical"] != "pass" {
		t.Errorf("the trail has %d calls, and says %v", len(calls), said)
	}
}

// Many equal requests at once, for replies and streams in two formats, make one call.
func TestStampedeIsOneCall(t *testing.T) {
	p := &greeter{gate: make(chan struct{})}
	base := greets(t, p)
	lanes(t, cached(base, ""), func(t *testing.T, g *gateway) {
		p.calls.Store(0)
		const n = 200
		var wg sync.WaitGroup
		var good atomic.Int64
		c := client()
		for i := range n {
			wg.Go(func() {
				more := `,"max_tokens":50`
				if i%2 == 0 {
					more += `,"stream":true`
				}
				path := "/v1/chat/completions"
				if i%3 == 0 {
					path = "/anthropic/v1/messages"
				}
				body := chatBody("fast", more)
				a, err := try(c, "POST", g.url(path), body)
				if err == nil && a.status == 200 && strings.Contains(a.body, "you") && strings.Contains(a.body, "Hello to ") {
					good.Add(1)
				} else {
					t.Errorf("%v %d %s", err, a.status, a.body)
				}
			})
		}
		await(t, "the provider to be asked", func() bool { return p.calls.Load() > 0 }, g.stderr.String)
		time.Sleep(200 * time.Millisecond)
		p.gate <- struct{}{}
		wg.Wait()
		if p.calls.Load() != 1 || good.Load() != n {
			t.Errorf("%d calls, %d of %d answered", p.calls.Load(), good.Load(), n)
		}
	})
}

// opened requests a stream and returns when its first words have arrived.
func opened(t *testing.T, g *gateway) (cancel func(), rest func() string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, "POST", g.url("/v1/chat/completions"), strings.NewReader(chatBody("fast", `,"stream":true`)))
	a, err := client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); a.Body.Close() })
	got := make([]byte, 0, 4096)
	for !strings.Contains(string(got), "Hello to ") {
		b := make([]byte, 1024)
		n, err := a.Body.Read(b)
		if got = append(got, b[:n]...); err != nil {
			t.Fatalf("%v after %s", err, got)
		}
	}
	return stop, func() string {
		b, _ := io.ReadAll(a.Body)
		return string(got) + string(b)
	}
}

// A client that comes late gets the answer so far at once. The call continues when the first client leaves, and ends when the
// last one does.
func TestReadersOfOneStream(t *testing.T) {
	p := &greeter{gate: make(chan struct{})}
	base := greets(t, p)
	lanes(t, cached(base, ""), func(t *testing.T, g *gateway) {
		p.calls.Store(0)
		p.left.Store(0)
		leave, _ := opened(t, g)
		_, rest := opened(t, g)
		leave()
		time.Sleep(100 * time.Millisecond)
		p.gate <- struct{}{}
		if got := rest(); !strings.Contains(got, `"content":"you"`) || !strings.HasSuffix(got, "data: [DONE]\n\n") {
			t.Errorf("%s", got)
		}
		if p.calls.Load() != 1 || p.left.Load() != 0 {
			t.Errorf("%d calls, %d left", p.calls.Load(), p.left.Load())
		}
		await(t, "the answer to be kept", func() bool { return chat(t, g, "fast", "").head.Get("X-Cache") == "exact" }, g.stderr.String)

		body := chatBody("fast", `,"stream":true,"seed":2`)
		var stops []func()
		for range 3 {
			ctx, stop := context.WithCancel(t.Context())
			r, _ := http.NewRequestWithContext(ctx, "POST", g.url("/v1/chat/completions"), strings.NewReader(body))
			a, err := client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			a.Body.Read(make([]byte, 10))
			stops = append(stops, func() { stop(); a.Body.Close() })
		}
		for i, stop := range stops {
			if p.left.Load() != 0 {
				t.Errorf("the provider was left after %d of 3 readers", i)
			}
			stop()
			time.Sleep(50 * time.Millisecond)
		}
		await(t, "the provider to be left", func() bool { return p.left.Load() == 1 }, g.stderr.String)
	})
}

// Answers survive the process, whether it was stopped or killed.
func TestCacheOutlivesTheProcess(t *testing.T) {
	p := &greeter{}
	base := greets(t, p)
	dir := filepath.Join(t.TempDir(), "cache")
	config := cached(base, fmt.Sprintf("dir: %s, secret: a-secret-of-the-cache, exact: {ttl: 1h}", dir))
	exact := func(g *gateway) func() bool {
		return func() bool { return chat(t, g, "fast", "").head.Get("X-Cache") == "exact" }
	}
	filled := func(g *gateway) { // from disk, in the background
		t.Helper()
		await(t, "the cache to be filled", func() bool {
			return strings.Contains(ask(t, "GET", g.url("/metrics"), "").body, "asbru_cache_entries ") && !strings.Contains(ask(t, "GET", g.url("/metrics"), "").body, "asbru_cache_entries 0\n")
		}, g.stderr.String)
		if !exact(g)() {
			t.Error("a stored answer is not given again")
		}
	}
	g := serve(t, config)
	await(t, "the answer to be kept", exact(g), g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	before := p.calls.Load()
	g = serve(t, config)
	filled(g)
	if p.calls.Load() != before {
		t.Error("a stored answer is lost")
	}
	chat(t, g, "fast", `,"seed":2`)
	time.Sleep(1500 * time.Millisecond) // it is written once a second
	g.cmd.Process.Kill()
	<-g.exit
	g = serve(t, config)
	filled(g)
	if chat(t, g, "fast", `,"seed":2`).head.Get("X-Cache") != "exact" || p.calls.Load() != before+1 {
		t.Errorf("a stored answer is lost: %d calls", p.calls.Load()-before)
	}
}
