package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serving is a provider that does what f does.
func serving(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		f(w, q)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// pieces sends a stream of OpenAI's with these texts; with an end only if whole.
func pieces(w http.ResponseWriter, whole bool, texts ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, s := range texts {
		fmt.Fprintf(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", s)
	}
	w.(http.Flusher).Flush()
	if !whole {
		panic(http.ErrAbortHandler)
	}
	fmt.Fprint(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
		"data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110}}\n\ndata: [DONE]\n\n")
}

var spentLine = regexp.MustCompile(`asbru_budget_spent_nanodollars\{budget="([^"]+)"\} (\d+)`)

// spentBy is what the metrics say was spent of each budget.
func spentBy(t *testing.T, g *gateway) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for _, m := range spentLine.FindAllStringSubmatch(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, -1) {
		out[m[1]], _ = strconv.ParseInt(m[2], 10, 64)
	}
	return out
}

// A stream that broke is paid for as far as it came, whether another provider continues it or not, and from the budgets of
// those providers that had a part in it.
func TestBudgetRescued(t *testing.T) {
	frail := serving(t, func(w http.ResponseWriter, _ *http.Request) { pieces(w, false, "One. ", "Two. ", "Three. ", "Fo") })
	firm := serving(t, func(w http.ResponseWriter, _ *http.Request) { pieces(w, true, "Four. ", "Five.") })
	dead := serving(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	gone := httptest.NewServer(nil)
	gone.Close()
	dir := filepath.Join(t.TempDir(), "ledger")
	g := serve(t, fmt.Sprintf(`
providers:
- {name: frail, type: openai, base_url: %s, api_key: k1, models: [m], budgets: [{usd: 1, window: 1d}]}
- {name: firm, type: openai, base_url: %s, api_key: k2, models: [m], budgets: [{usd: 1, window: 1d}]}
- {name: dead, type: openai, base_url: %s, api_key: k3, models: [m], budgets: [{usd: 1, window: 1d}]}
- {name: gone, type: openai, base_url: %s, api_key: k4, models: [m], budgets: [{usd: 1, window: 1d}]}
models:
- {alias: firm, targets: [{provider: frail, model: m}, {provider: firm, model: m}], rescue: continue, budgets: [{usd: 1, window: 1d}]}
- {alias: dead, targets: [{provider: frail, model: m}, {provider: dead, model: m}], rescue: continue, budgets: [{usd: 1, window: 1d}]}
- {alias: gone, targets: [{provider: frail, model: m}, {provider: gone, model: m}], rescue: continue, budgets: [{usd: 1, window: 1d}]}
admin: {listen: '127.0.0.1:0'}
governance: {ledger: '%s'}
prices: {overrides: [{name: all, input: 1, output: 2}, {name: dear, scope: {provider: frail}, input: 0, output: 1000}]}
virtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: 1}]}]
`, frail, firm, dead, gone.URL, dir))
	const part = 4 * 1_000_000 // four events of the first provider
	want := map[string]int64{}
	for alias, cost := range map[string]int64{"firm": part + eachCall, "dead": part, "gone": part} {
		a := chat(t, g, alias, `,"stream":true,"max_tokens":50`, "Authorization: Bearer secret-of-ci-0001")
		if a.status != 200 || strings.Contains(a.body, "[DONE]") != (alias == "firm") {
			t.Errorf("%s: %d %s", alias, a.status, a.body)
		}
		want["model "+alias+": 1d"], want["key ci: 1M"], want["provider frail: 1d"] = cost, want["key ci: 1M"]+cost, want["provider frail: 1d"]+cost
		if alias == "firm" {
			want["provider firm: 1d"] = cost
		}
	}
	got := spentBy(t, g)
	for _, b := range []string{"key ci: 1M", "model firm: 1d", "model dead: 1d", "model gone: 1d", "provider frail: 1d", "provider firm: 1d", "provider dead: 1d", "provider gone: 1d"} {
		if got[b] != want[b] {
			t.Errorf("%s: %d was spent, want %d", b, got[b], want[b])
		}
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != want["key ci: 1M"] || open != 0 {
		t.Errorf("the ledger says %d spent, %d open", spent, open)
	}
}

// A call that asbru itself ends, because its key was revoked or the process stops, is paid for like one whose client left: the provider
// was asked.
func TestBudgetEnded(t *testing.T) {
	asked := make(chan struct{}, 9)
	silent := serving(t, func(w http.ResponseWriter, q *http.Request) {
		asked <- struct{}{}
		if q.URL.Path == "/v1/responses" { // some of the stream
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\"}\n\n")
			w.(http.Flusher).Flush()
			asked <- struct{}{}
		}
		<-q.Context().Done()
	})
	const cost = 3*27_000 + 2_000 // a prompt is 105 to 108 bytes; one event was delivered
	for _, how := range []string{"revoked", "stopped", "left"} {
		config, dir := budgeted(t, silent+"/v1", "1")
		config += "limits: {drain_wait: 1s}\n"
		g := serve(t, config)
		done := make(chan answer, 3)
		for _, path := range []string{"/v1/chat/completions", "/v1/embeddings", "/v1/responses"} {
			go func() {
				c := client()
				if how == "left" {
					c.Timeout = time.Second
				}
				body := `{"model":"m","max_tokens":50,"input":"Hello","stream":` + strconv.FormatBool(path == "/v1/responses") + `,"messages":[{"role":"user","content":"Hello"}]}`
				a, _ := try(c, "POST", g.url(path), body, "Authorization: Bearer secret-of-ci-0001")
				done <- a
			}()
		}
		for range 4 {
			<-asked
		}
		switch how {
		case "revoked":
			write(t, g.file, strings.Replace(config, "name: ci,", "name: ci, disabled: true,", 1))
			g.signal(syscall.SIGHUP)
		case "stopped":
			g.signal(syscall.SIGTERM)
		}
		for range 3 {
			if a := <-done; a.status == 500 {
				t.Errorf("%s: %d %s", how, a.status, a.body)
			}
		}
		if how != "stopped" {
			await(t, "the ends", func() bool {
				return strings.Contains(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, "asbru_budget_holds 0")
			}, g.stderr.String)
			if got := spentBy(t, g); got["key ci: 1M"] != cost || got["provider mine: 1d"] != cost {
				t.Errorf("%s: the metrics say %v, want %d", how, got, cost)
			}
			g.signal(syscall.SIGTERM)
		}
		g.ends(0)
		if spent, open := examine(t, dir); spent != cost || open != 0 {
			t.Errorf("%s: the ledger says %d spent, %d open, want %d", how, spent, open, cost)
		}
	}
}

// A turn of a WebSocket that never came to its report is paid for as far as it was delivered.
func TestRealtimeCut(t *testing.T) {
	_, config := vendors(t)
	dir := filepath.Join(t.TempDir(), "ledger")
	g := serve(t, private(config)+"governance: {ledger: '"+dir+"'}\n"+
		"prices: {overrides: [{name: all, input: 1, output: 1000}]}\nvirtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: 100000}]}]\n")
	k, res := dial(t, g.addr, "/v1/realtime?model=openai/voice-x-cut", nil, "Authorization: Bearer secret-of-ci-0001")
	if res.StatusCode != 101 {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s", res.Status, b)
	}
	k.until("session.created")
	k.say(`{"type":"response.create"}`)
	k.until("output_text.delta")
	k.closes()
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != 2*1_000_000 || open != 0 {
		t.Errorf("the ledger says %d spent, %d open; two pieces of an answer came", spent, open)
	}
}
