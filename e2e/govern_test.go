package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Keys by digest, old ones, expired and disabled ones, limits in the client's own words, and
// what a key sees of the models: all of it in the binary, and over a reload.
func TestGoverned(t *testing.T) {
	_, base := scripted(t, status(200))
	pepper := strings.Repeat("p", 32)
	out, _ := asbru(t, 0, []string{"PEPPER=" + pepper, "KEY=secret-of-digested"}, "keys", "digest", "--pepper", "env.PEPPER", "env.KEY")
	later, earlier := time.Now().Add(time.Hour).Format(time.RFC3339), time.Now().Add(-time.Hour).Format(time.RFC3339)
	config := func(limit int) string {
		return "providers: [{name: mine, base_url: '" + base + "', models: [m, m-large]}]\n" +
			"governance: {pepper: " + pepper + "}\nvirtual_keys:\n" +
			"- {name: limited, key: secret-of-limited, rate_limits: [{requests: " + fmt.Sprint(limit) + ", per: 1h}, {tokens: 100000}]}\n" +
			"- {name: narrow, key: secret-of-narrow, blocked_models: ['*-large'], required_headers: [x-tenant]}\n" +
			"- {name: digested, digest: " + strings.TrimSpace(out) + ", previous: [{key: old-of-digested-1, until: " + later + "}, {key: old-of-digested-2, until: " + earlier + "}]}\n" +
			"- {name: expired, key: secret-of-expired, expires: " + earlier + "}\n" +
			"- {name: off, key: secret-of-disabled, disabled: true}\n"
	}
	g := serve(t, config(2))
	f := func(key string, code int, model string, parts ...string) answer {
		t.Helper()
		a := chat(t, g, model, "", "Authorization: Bearer "+key)
		if a.status != code {
			t.Errorf("%s asks for %s: %d %s", key, model, a.status, a.body)
		}
		for _, p := range parts {
			if !strings.Contains(a.body, p) {
				t.Errorf("%s asks for %s: %q is not in %s", key, model, p, a.body)
			}
		}
		return a
	}
	f("secret-of-digested", 200, "m")
	f("old-of-digested-1", 200, "m")
	f("old-of-digested-2", 403, "m", `key \"digested\" was replaced`, "access_blocked")
	f("secret-of-expired", 403, "m", `key \"expired\" has expired`)
	f("secret-of-disabled", 403, "m", `key \"off\" is disabled`)
	f("secret-of-nobody-1", 401, "m")
	f("secret-of-narrow", 400, "m", "x-tenant")
	if a := chat(t, g, "m-large", "", "x-api-key: secret-of-narrow", "X-Tenant: a"); a.status != 403 || !strings.Contains(a.body, "model_blocked") {
		t.Errorf("a blocked model: %d %s", a.status, a.body)
	}
	if a := ask(t, "GET", g.url("/v1/models"), "", "x-goog-api-key: secret-of-narrow", "X-Tenant: a"); !strings.Contains(a.body, `"m"`) || strings.Contains(a.body, "m-large") {
		t.Errorf("the list of a narrow key: %s", a.body)
	}

	a := f("secret-of-limited", 200, "m")
	if got := a.head.Get("X-Ratelimit-Remaining-Requests") + " of " + a.head.Get("X-Ratelimit-Limit-Requests"); got != "1 of 2" || a.head.Get("X-Ratelimit-Reset-Requests") != "30m0s" {
		t.Errorf("%s are left, and %+v", got, a.head)
	}
	f("secret-of-limited", 200, "m")
	a = f("secret-of-limited", 429, "m", `key \"limited\" has used its 2 requests an hour`, "request_limited")
	if a.head.Get("Retry-After") != "1800" || a.head.Get("X-Ratelimit-Remaining-Requests") != "0" {
		t.Errorf("it is refused with %+v", a.head)
	}
	a = ask(t, "POST", g.url("/anthropic/v1/messages"), `{"model":"mine/m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}`, "x-api-key: secret-of-limited")
	if a.status != 429 || a.head.Get("Anthropic-Ratelimit-Requests-Remaining") != "0" || a.head.Get("Anthropic-Ratelimit-Tokens-Limit") != "100000" {
		t.Errorf("Anthropic's client is told %d %+v", a.status, a.head)
	}

	write(t, g.file, config(3))
	g.signal(syscall.SIGHUP)
	g.awaits("the reload", func(s state) bool { return s.Snapshot >= 2 })
	f("secret-of-limited", 200, "m") // a limit that is raised lets one more in
	f("secret-of-limited", 429, "m") // and no more than that
}

// Providers count tokens for nothing. So it needs no budget, is not charged, and takes none of the tokens of a limit; it
// counts as a request.
func TestCountingTokensIsFree(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/input_tokens") {
			io.WriteString(w, `{"object":"response.input_tokens","input_tokens":42}`)
			return
		}
		io.WriteString(w, `{"input_tokens":42}`)
	}))
	t.Cleanup(s.Close)
	g := serve(t, "providers: [{name: mine, type: openai, base_url: '"+s.URL+"/v1', api_key: k, models: [m], network: {allow_private_network: true}}, "+
		"{name: other, type: anthropic, base_url: '"+s.URL+"/v1', api_key: k, models: [c], network: {allow_private_network: true}}]\n"+
		"prices: {unknown: ceiling}\ngovernance: {ledger: '"+t.TempDir()+"'}\nvirtual_keys:\n"+
		"- {name: poor, key: secret-of-the-poor, budgets: [{usd: 0.000001, window: 1d}], rate_limits: [{tokens: 50, per: 1h}, {requests: 6, per: 1h}]}\n")
	const hi = `"messages":[{"role":"user","content":"Hi"}]}`
	for range 2 {
		for path, body := range map[string]string{
			"/anthropic/v1/messages/count_tokens": `{"model":"c",` + hi,
			"/v1/responses/input_tokens":          `{"model":"m","input":"Hi"}`,
			"/v1/messages/count_tokens":           `{"model":"m",` + hi, // by a provider of another format
		} {
			if a := ask(t, "POST", g.url(path), body, "x-api-key: secret-of-the-poor"); a.status != 200 || !strings.Contains(a.body, "42") {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	}
	a := ask(t, "GET", g.url("/v1/quota"), "", "x-api-key: secret-of-the-poor")
	if !strings.Contains(a.body, `"current_usage":0,`) || !strings.Contains(a.body, `"held":0,`) {
		t.Errorf("it is charged: %s", a.body)
	}
	a = ask(t, "POST", g.url("/v1/responses/input_tokens"), `{"model":"m","input":"Hi"}`, "x-api-key: secret-of-the-poor")
	if a.status != 429 || a.head.Get("X-Ratelimit-Remaining-Tokens") != "50" || a.head.Get("X-Should-Retry") != "false" {
		t.Errorf("the seventh: %d %s %+v", a.status, a.body, a.head)
	}
}
