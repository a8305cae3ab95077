package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A reckoner is a provider that multiplies the number in the last question by 1.6, and numbers its answers.
type reckoner struct{ calls atomic.Int64 }

func (p *reckoner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := p.calls.Add(1)
	body, _ := io.ReadAll(r.Body)
	miles := 0
	fmt.Sscan(regexp.MustCompile(`[0-9]+ miles`).FindString(string(body)), &miles)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"That is %d kilometers."},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}, "call":"%d"}`, miles*16, n)
}

// controlled is a gateway with an admin listener, an access log and a cache.
func controlled(t *testing.T, cache string) (g *gateway, p *reckoner, admin, log string) {
	t.Helper()
	p = new(reckoner)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	log = filepath.Join(t.TempDir(), "access.log")
	g = serve(t, "providers: [{name: mine, base_url: '"+s.URL+"/v1', models: [m]}]\nprices: {overrides: [{name: all, input: 1, output: 2}]}\n"+
		"admin: {listen: '127.0.0.1:0'}\nobservability: {access_log: "+log+"}\n"+
		"virtual_keys: [{name: ci, key: secret-of-ci-0001, rate_limits: [{requests: 1000, per: 1h}, {tokens: 100000, per: 1h}]}, {name: two, key: secret-of-two-001}]\ncache: {"+cache+"}\n")
	return g, p, "http://" + g.admin, log
}

const asCI, asTwo = "Authorization: Bearer secret-of-ci-0001", "Authorization: Bearer secret-of-two-001"

func (g *gateway) says(t *testing.T, text string, fields ...string) answer {
	t.Helper()
	return ask(t, "POST", g.url("/v1/chat/completions"), `{"model":"m","max_tokens":50,"messages":[{"role":"user","content":"`+text+`"}]}`, fields...)
}

// kept repeats a request until the answer comes from memory.
func (g *gateway) kept(t *testing.T, text string, fields ...string) answer {
	t.Helper()
	var a answer
	await(t, "the answer to be kept", func() bool {
		a = g.says(t, text, fields...)
		return a.head.Get("X-Cache") == "exact"
	}, func() string { return fmt.Sprint(a.status, a.head, a.body, g.stderr.String()) })
	return a
}

// An expired answer is given at once, and refreshed without a client.
func TestCacheRefreshes(t *testing.T) {
	g, p, _, log := controlled(t, "exact: {ttl: 1s, stale: 1m}")
	g.kept(t, "How far are 5 miles?", asCI)
	before := p.calls.Load()
	time.Sleep(1200 * time.Millisecond)
	a := g.says(t, "How far are 5 miles?", asCI)
	if a.head.Get("X-Cache") != "stale" || !strings.Contains(a.body, "80 kilometers") {
		t.Errorf("%v %s", a.head, a.body)
	}
	await(t, "the answer to be fresh", func() bool { return g.says(t, "How far are 5 miles?", asCI).head.Get("X-Cache") == "exact" }, g.stderr.String)
	if n := p.calls.Load() - before; n != 1 {
		t.Errorf("the provider got %d more requests", n)
	}
	metrics := ask(t, "GET", g.url("/metrics"), "").body
	if !strings.Contains(metrics, `asbru_cache_behind_total{why="refresh"} 1`) || !strings.Contains(metrics, `asbru_cache_hits_total{tier="stale"} `) {
		t.Error("no refresh in the metrics")
	}
	want := map[string]bool{"miss": true, "stale": true, "exact": true}
	await(t, "the access log to say what answered", func() bool {
		text, _ := os.ReadFile(log)
		for line := range strings.Lines(string(text)) {
			var r struct {
				Cache string `json:"cache"`
			}
			if json.Unmarshal([]byte(line), &r) == nil {
				delete(want, r.Cache)
			}
		}
		return len(want) == 0
	}, g.stderr.String)
}

// Similarity alone serves wrong answers. The shadow control detects them and disables the tier for the owner of the
// questions.
func TestCacheIsWatched(t *testing.T) {
	g, p, admin, _ := controlled(t, "semantic: {mode: relaxed, threshold: 0.7, shadow: {share: 100%, precision: 0.5, samples: 5}}")
	g.kept(t, "How many kilometers are 5 miles?", asCI)
	g.kept(t, "How many kilometers are 5 miles?", asTwo)
	wrong := 0
	await(t, "the semantic tier to fall", func() bool {
		a := g.says(t, fmt.Sprintf("How many kilometers are %d miles?", 100+wrong), asCI)
		wrong++
		return a.head.Get("X-Cache") == "miss"
	}, g.stderr.String)
	if wrong > 40 {
		t.Errorf("it took %d wrong answers", wrong)
	}
	if a := g.says(t, "How many kilometers are 9000 miles?", asTwo); a.head.Get("X-Cache") != "semantic" {
		t.Errorf("another owner: %v", a.head)
	}
	if a := g.says(t, "How many kilometers are 5 miles?", asCI); a.head.Get("X-Cache") != "exact" {
		t.Errorf("the exact tier: %v", a.head)
	}
	if p.calls.Load() < 7 {
		t.Errorf("the provider was asked %d times", p.calls.Load())
	}
	metrics := ask(t, "GET", g.url("/metrics"), "").body
	for _, want := range []string{`asbru_cache_semantic_fallen{owner="key:ci"} 1`, `asbru_cache_precision_lower_bound{owner="key:ci"} `, `asbru_cache_check_differed_total{owner="key:ci"} `, `asbru_cache_misses_total{reason="untrusted"} `} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	g.stderr.has(t, "the semantic cache answers no more for an owner: too many of its answers were not what the provider said")
	out, _ := asbru(t, 0, nil, "cache", "stats", "--admin", admin)
	if !strings.Contains(out, "semantic_fallen owner=key:ci ") {
		t.Errorf("stats:\n%s", out)
	}
}

// Operators can remove answers by their properties; others cannot.
func TestCacheIsCleared(t *testing.T) {
	g, _, admin, _ := controlled(t, "exact: {ttl: 1h}")
	fill := func() {
		g.kept(t, "one", asCI)
		g.kept(t, "two", asCI, "X-Bf-Cache-Key: part")
		g.kept(t, "one", asTwo)
	}
	there := func() (s string) {
		for _, q := range [][]string{{"one", asCI}, {"two", asCI, "X-Bf-Cache-Key: part"}, {"one", asTwo}} {
			s += g.says(t, q[0], append(q[1:], "X-Bf-Cache-No-Store: true")...).head.Get("X-Cache")[:1]
		}
		return s
	}
	fill()
	id := g.says(t, "one", asTwo).head.Get("X-Cache-Id")
	f := func(want, method, path string) {
		t.Helper()
		fill()
		a := ask(t, method, admin+path, "")
		if got := there(); got != want || a.status != 200 || !strings.Contains(a.body, `"cleared":`) {
			t.Errorf("%s %s: %d %s leaves %s, want %s", method, path, a.status, a.body, got, want)
		}
	}
	f("eem", "DELETE", "/api/cache/clear/"+id)
	f("eme", "DELETE", "/api/cache/clear-by-key/part")
	f("mme", "DELETE", "/api/cache/clear?namespace=key:ci")
	f("mmm", "DELETE", "/api/cache/clear?model=m")
	f("eee", "DELETE", "/api/cache/clear?model=other")
	f("eee", "DELETE", "/api/cache/clear?older_than=1h")
	f("mmm", "DELETE", "/api/cache/clear?older_than=1ns")
	fill()
	if out, _ := asbru(t, 0, nil, "cache", "clear", "--all", "--admin", admin); out != "cleared 3 answers\n" || there() != "mmm" {
		t.Errorf("%s, then %s", out, there())
	}
	for path, status := range map[string]int{"/api/cache/clear": 400, "/api/cache/clear?all=yes": 400, "/api/cache/clear?mode=m": 400, "/api/cache/clear/": 400, "/api/cache/x": 400} {
		if a := ask(t, "DELETE", admin+path, ""); a.status != status {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := ask(t, "DELETE", g.url("/api/cache/clear?all=true"), ""); a.status == 200 {
		t.Errorf("the data listener clears the cache: %s", a.body)
	}
	if a := ask(t, "GET", admin+"/api/cache", ""); a.status != 200 || !strings.Contains(a.body, `{"name":"asbru_cache_evictions_total","label":"reason","value":"cleared","number":`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	fill()
	if a := g.says(t, "one", asCI, "X-Cache-Feedback: wrong"); a.head.Get("X-Cache") != "miss" {
		t.Errorf("a wrong answer is given again: %v", a.head)
	}
}

// How answers from memory are counted is configurable.
func TestCacheCharges(t *testing.T) {
	f := func(charge, requests, tokens, usd string) {
		t.Helper()
		g, _, _, log := controlled(t, charge)
		g.kept(t, "How far are 5 miles?", asCI)
		before := g.says(t, "other", asCI)
		a := g.says(t, "How far are 5 miles?", asCI)
		if a.head.Get("X-Cache") != "exact" {
			t.Fatalf("%v", a.head)
		}
		b := g.says(t, "another", asCI)
		used := func(name string) string {
			var x, y int
			fmt.Sscan(before.head.Get(name), &x)
			fmt.Sscan(b.head.Get(name), &y)
			return fmt.Sprint(x - y)
		}
		if r, n := used("X-Ratelimit-Remaining-Requests"), used("X-Ratelimit-Remaining-Tokens"); r != requests || n != tokens && tokens != "" {
			t.Errorf("%s: %s requests, %s tokens; want %s and %s", charge, r, n, requests, tokens)
		}
		await(t, "the access log to say the price", func() bool {
			text, _ := os.ReadFile(log)
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, `"cache":"exact"`) && strings.Contains(line, `"usd":`+usd+`,`) {
					return true
				}
			}
			return false
		}, g.stderr.String)
	}
	f("charge: {}", "2", "", "0")
	f("charge: {hits: limits}", "2", "", "0")
	f("charge: {hits: free}", "1", "", "0")
	f("charge: {hits: full}", "2", "", "0.00012")
}

// If hits are charged in full, a budget has to cover them, and the ledger includes them.
func TestBudgetOfHits(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "0.0014")
	g := serve(t, config+"cache: {charge: {hits: full}}\n")
	const key = "Authorization: Bearer secret-of-ci-0001"
	g.kept(t, "hello", key)
	for range 15 { // the budget is enough for eleven answers
		if a := g.says(t, "hello", key); a.status != 200 || a.head.Get("X-Cache") != "exact" {
			t.Fatalf("%d %v", a.status, a.head)
		}
	}
	if a := g.says(t, "hello again", key); a.status != 402 {
		t.Errorf("a question to the provider: %d %s", a.status, a.body)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != 11*eachCall || open != 0 || calls.Load() != 1 {
		t.Errorf("spent %d nanodollars, want %d; %d open; %d calls", spent, 11*eachCall, open, calls.Load())
	}
}

// The metrics show what memory holds, what it has evicted, and which requests do not use it.
func TestCacheIsMeasured(t *testing.T) {
	text := strings.Repeat("words ", 4000)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, text)
	}))
	t.Cleanup(s.Close)
	g := serve(t, "providers: [{name: mine, base_url: '"+s.URL+"/v1', models: [m]}]\ncache: {exact: {size: 1MiB}}\n")
	const many = 150 // answers of 24 kB
	for i := range many {
		g.says(t, fmt.Sprint("question ", i))
	}
	g.kept(t, "the last one")
	g.says(t, "the last one", "X-Bf-Eh-Trace: 1")
	figure := func(name string) (n float64) {
		for line := range strings.Lines(ask(t, "GET", g.url("/metrics"), "").body) {
			if value, ok := strings.CutPrefix(line, name+" "); ok {
				fmt.Sscan(value, &n)
				return n
			}
		}
		t.Errorf("no %s in the metrics", name)
		return 0
	}
	var gone, bytes, stored float64
	await(t, "memory to have evicted what is too much", func() bool { // it does so in the background
		gone = figure(`asbru_cache_evictions_total{reason="worth_less"}`) + figure(`asbru_cache_evictions_total{reason="not_admitted"}`) + figure(`asbru_cache_evictions_total{reason="dropped_set"}`)
		bytes, stored = figure("asbru_cache_bytes"), figure("asbru_cache_stored_total")
		n := figure("asbru_cache_entries") // some of which are judged already, and still young
		return stored == many+1 && gone > 80 && n >= stored-gone && n < stored-gone+16 && bytes > n*24_000 && bytes <= 1.5*(1<<20)
	}, func() string { return fmt.Sprintf("%v stored, %v gone, %v bytes\n", stored, gone, bytes) })
	if hit, miss, own := figure(`asbru_cache_hits_total{tier="exact"}`), figure(`asbru_cache_misses_total{reason="absent"}`), figure(`asbru_cache_misses_total{reason="own_headers"}`); hit < 1 || miss < many+1 || own != 1 {
		t.Errorf("%v hits, %v misses, %v with fields of their own", hit, miss, own)
	}
}

// A repeated call is a new one after the caches were cleared, and is counted.
func TestCacheClearForgetsCalls(t *testing.T) {
	g, p, admin, _ := controlled(t, "")
	again := func(replayed string) {
		t.Helper()
		if a := g.says(t, "How far are 5 miles?", asCI, "Idempotency-Key: k1"); a.status != 200 || a.head.Get("Idempotent-Replayed") != replayed {
			t.Errorf("%d %v, want a replay: %q", a.status, a.head, replayed)
		}
	}
	again("")
	again("true")
	if a := ask(t, "DELETE", admin+"/api/cache/clear?namespace=key:ci", ""); a.status != 200 || !strings.Contains(a.body, `"cleared":1`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	again("")
	if n := p.calls.Load(); n != 2 {
		t.Errorf("the provider was asked %d times", n)
	}
	metrics := ask(t, "GET", g.url("/metrics"), "").body
	for _, want := range []string{`asbru_repeats_calls_total{outcome="new"} 2`, `asbru_repeats_forgotten_total{reason="cleared"} 1`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics do not say %s", want)
		}
	}
}
