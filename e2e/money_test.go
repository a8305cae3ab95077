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
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// paid is a provider whose answers cost 100 + 10*2 micro-dollars at the prices of the test: 100 tokens in and 10 out, at $1
// and $2 a million.
func paid(t *testing.T) (base string, calls *atomic.Int64) {
	t.Helper()
	calls = new(atomic.Int64)
	const usage = `"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls.Add(1)
		switch {
		case strings.Contains(string(body), "hang"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case strings.Contains(string(body), "slow"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n")
			w.(http.Flusher).Flush()
			if time.Sleep(700 * time.Millisecond); strings.Contains(string(body), "slowest") {
				time.Sleep(time.Second)
			}
			fmt.Fprint(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
				"data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[],"+usage+"}\n\ndata: [DONE]\n\n")
		case strings.Contains(string(body), `"stream":true`), strings.Contains(r.URL.RawQuery, "stream=true"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n"+
				"data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[],"+usage+"}\n\ndata: [DONE]\n\n")
		case strings.Contains(string(body), "broken"):
			w.WriteHeader(500)
		default:
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],`+usage+`}`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, calls
}

const eachCall = 120_000 // nanodollars

// budgeted starts a gateway with a key that may spend usd, and returns it with its ledger's directory.
func budgeted(t *testing.T, base, usd string) (config, dir string) {
	dir = filepath.Join(t.TempDir(), "ledger")
	return "providers: [{name: mine, base_url: '" + base + "', models: [m, other], budgets: [{usd: 1000, window: 1d}]}]\n" +
		"admin: {listen: '127.0.0.1:0'}\n" +
		"governance: {ledger: '" + dir + "'}\nprices: {overrides: [{name: all, input: 1, output: 2}]}\n" +
		"virtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: " + usd + "}]}, {name: free, key: secret-of-free-01}]\n", dir
}

var ledgerSums = regexp.MustCompile(`spent \$([0-9.]+); [0-9]+ accounts?, (\d+) calls? under way`)

// examine returns what was spent according to a ledger, and the number of open calls. Records that the audit trail has may have
// been removed from it; its checkpoints include them.
func examine(t *testing.T, dir string) (spent int64, open int) {
	t.Helper()
	out, _ := asbru(t, 0, nil, "ledger", "verify", dir)
	m := ledgerSums.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("asbru ledger verify says %s", out)
	}
	whole, part, _ := strings.Cut(m[1], ".")
	spent, _ = strconv.ParseInt(whole+(part + "000000000")[:9], 10, 64)
	open, _ = strconv.Atoi(m[2])
	return spent, open
}

// A budget holds the worst case, charges the real cost, and refuses what does not fit, also after an orderly restart and after
// kill -9.
func TestBudget(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "0.01")
	g := serve(t, config)
	key := "Authorization: Bearer secret-of-ci-0001"
	for range 3 {
		if a := chat(t, g, "m", `,"max_tokens":50`, key); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if a := chat(t, g, "m", `,"max_tokens":50,"stream":true`, key); a.status != 200 || !strings.Contains(a.body, "[DONE]") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	// reading something again is free, and needs no budget
	for _, path := range []string{"/v1/responses/resp_1", "/v1/responses/resp_1?stream=true", "/v1/files"} {
		if a := ask(t, "GET", g.url(path), "", key); a.status != 200 || !strings.Contains(a.body, "usage") {
			t.Errorf("GET %s: %d %s", path, a.status, a.body)
		}
	}
	if a := ask(t, "POST", g.url("/v1/anything"), `{"purpose":"x"}`, key); a.status != 402 {
		t.Errorf("a request that could cost anything: %d %s", a.status, a.body)
	}
	if a := chat(t, g, "broken", `,"max_tokens":50`, key); a.status < 500 && a.status != 404 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	before := calls.Load()
	a := chat(t, g, "m", `,"max_tokens":50000`, key)
	if a.status != 402 || !strings.Contains(a.body, "budget_exceeded") || !strings.Contains(a.body, `monthly budget of key \"ci\" has $0.00952 left of $0.01`) {
		t.Errorf("a request that does not fit: %d %s", a.status, a.body)
	}
	a = ask(t, "POST", g.url("/anthropic/v1/messages"), `{"model":"mine/m","max_tokens":50000,"messages":[{"role":"user","content":"x"}]}`, "x-api-key: secret-of-ci-0001")
	if a.status != 402 || !strings.Contains(a.body, "billing_error") {
		t.Errorf("Anthropic's client is told %d %s", a.status, a.body)
	}
	if calls.Load() != before {
		t.Error("a refused request was sent")
	}
	if a := chat(t, g, "m", "", "Authorization: Bearer secret-of-free-01"); a.status != 200 {
		t.Errorf("a key without a budget: %d %s", a.status, a.body)
	}
	metrics := ask(t, "GET", "http://"+g.admin+"/metrics", "").body
	for _, want := range []string{
		`asbru_key_cost_nanodollars_total{key="ci"} 480000`, `asbru_budget_spent_nanodollars{budget="key ci: 1M"} 480000`,
		`asbru_budget_spent_nanodollars{budget="provider mine: 1d"} 600000`, "asbru_budget_holds 0", `asbru_budget_refusals_total{why="money"} 3`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != 5*eachCall || open != 0 {
		t.Errorf("the ledger says %d spent, %d open", spent, open)
	}

	g = serve(t, config)
	stuck := make(chan struct{})
	go func() {
		defer close(stuck)
		try(client(), "POST", g.url("/v1/chat/completions"), chatBody("m", `,"stream":true,"max_tokens":50,"user":"hang"`), key)
	}()
	await(t, "the stream", func() bool { return calls.Load() > before+1 }, g.stderr.String)
	chat(t, g, "m", `,"max_tokens":50`, key)
	g.signal(syscall.SIGKILL)
	<-stuck
	g = serve(t, config)
	g.stderr.has(t, "calls that had begun and not ended were charged for what is known of them")
	spent, open := examine(t, dir)
	if spent <= 6*eachCall || spent > 7*eachCall || open != 0 {
		t.Errorf("after kill -9 the ledger says %d spent, %d open", spent, open)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	reconciled(t, dir, spent)
}

// With many requests at once the cap is not exceeded by a nanodollar, and clients that leave are charged for what was
// delivered.
func TestBudgetParallel(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "0.006")
	g := serve(t, config)
	c := &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 50, MaxIdleConnsPerHost: 50}}
	var served, refused atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 20 {
				a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`), "Authorization: Bearer secret-of-ci-0001")
				switch {
				case err != nil:
					t.Error(err)
				case a.status == 200:
					served.Add(1)
				case a.status == 402:
					refused.Add(1)
				default:
					t.Errorf("%d %s", a.status, a.body)
				}
			}
		})
	}
	wg.Wait()
	g.signal(syscall.SIGTERM)
	g.ends(0)
	spent, open := examine(t, dir)
	if spent != served.Load()*eachCall || spent > 6_000_000 || open != 0 || calls.Load() != served.Load() || refused.Load() == 0 {
		t.Errorf("%d served, %d refused, %d asked, %d spent, %d open", served.Load(), refused.Load(), calls.Load(), spent, open)
	}
}

// A client that leaves in mid-stream pays for the part that it got.
func TestBudgetLeft(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1")
	g := serve(t, config)
	c := &http.Client{Timeout: 300 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
	try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"stream":true,"max_tokens":50,"user":"hang"`), "Authorization: Bearer secret-of-ci-0001")
	await(t, "the end of the call", func() bool {
		return strings.Contains(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, "asbru_budget_holds 0")
	}, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent <= 0 || spent >= eachCall || open != 0 {
		t.Errorf("%d spent, %d open", spent, open)
	}
}

// Anthropic's streams begin with a report of one token. A client that leaves before the final report pays for what it
// got.
func TestBudgetLeftEarly(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"usage\":{\"input_tokens\":100,\"output_tokens\":1}}}\n\n"+
			"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n")
		for _, word := range []string{"one", "two", "three", "four", "five"} {
			fmt.Fprintf(w, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":%q}}\n\n", word)
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	config, dir := budgeted(t, s.URL, "1")
	g := serve(t, strings.Replace(config, "name: mine,", "name: mine, type: anthropic, api_key: k,", 1))
	for _, path := range []string{"/anthropic/v1/messages", "/v1/chat/completions"} { // unchanged, and translated
		r, err := http.NewRequest("POST", g.url(path), strings.NewReader(chatBody("m", `,"stream":true,"max_tokens":50`)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer secret-of-ci-0001")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var seen []byte
		for buf := make([]byte, 4096); !strings.Contains(string(seen), "five"); {
			n, err := a.Body.Read(buf)
			if seen = append(seen, buf[:n]...); err != nil {
				t.Fatalf("%s: %d %s: %v", path, a.StatusCode, seen, err)
			}
		}
		a.Body.Close()
		await(t, "the end of the call", func() bool {
			return strings.Contains(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, "asbru_budget_holds 0")
		}, g.stderr.String)
	}
	http.DefaultClient.CloseIdleConnections()
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != 2*(100*1000+5*2000) || open != 0 {
		t.Errorf("%d spent, %d open", spent, open)
	}
}

// A ledger is handed over together with the sockets: calls that begin in one process end in the next, no request is refused
// because of that, and every one is charged once.
func TestBudgetHandOver(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	c := &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 8, MaxIdleConnsPerHost: 8}}
	ask := func(more string) {
		if a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`+more), "Authorization: Bearer secret-of-ci-0001"); err != nil || a.status != 200 || more != "" && !strings.Contains(a.body, "[DONE]") {
			t.Errorf("%d %s %v", a.status, a.body, err)
		}
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for !stop.Load() {
				if ask([...]string{"", `,"stream":true,"user":"slow"`}[i/4]); i < 4 {
					time.Sleep(2 * time.Millisecond)
				}
			}
		})
	}
	pid := g.cmd.Process.Pid
	for n := range 3 {
		time.Sleep(300 * time.Millisecond)
		if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
			t.Fatal(err)
		}
		await(t, "the hand-over", func() bool { return strings.Count(g.stderr.String(), `"msg":"handed over"`) > n }, g.stderr.String)
		pid = lastSuccessor(t, g)
		defer syscall.Kill(pid, syscall.SIGKILL)
	}
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of all processes", func() bool { return strings.Count(g.stderr.String(), `"msg":"drained"`) == 4 }, g.stderr.String)
	await(t, "the ledger let go", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	if spent, open := examine(t, dir); spent != calls.Load()*eachCall || open != 0 || calls.Load() == 0 {
		t.Errorf("%d calls cost %d, and the ledger says %d spent, %d open\n%s", calls.Load(), calls.Load()*eachCall, spent, open, g.stderr.String())
	}
	reconciled(t, dir, calls.Load()*eachCall)
}

// lastSuccessor returns the process of the latest hand-over.
func lastSuccessor(t *testing.T, g *gateway) (pid int) {
	t.Helper()
	for line := range strings.Lines(g.stderr.String()) {
		var v struct {
			Msg       string
			Successor int
		}
		if json.Unmarshal([]byte(line), &v) == nil && v.Msg == "handed over" {
			pid = v.Successor
		}
	}
	return pid
}

// A successor that cannot serve leaves the ledger to its predecessor.
func TestBudgetHandOverRefused(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	key := "Authorization: Bearer secret-of-ci-0001"
	chat(t, g, "m", `,"max_tokens":10`, key)
	// It fails after the ledger was opened, because this machine does not have its listener's address.
	write(t, g.file, strings.Replace(config, "admin: {listen: '127.0.0.1:0'}", "admin: {listen: '192.0.2.1:1'}", 1))
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "hand-over refused; this process goes on")
	if a := chat(t, g, "m", `,"max_tokens":10`, key); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != 2*eachCall || open != 0 {
		t.Errorf("the ledger says %d spent, %d open\n%s", spent, open, g.stderr.String())
	}
	reconciled(t, dir, 2*eachCall)
}

// An obstacle to a start is reported with its path and a remedy.
func TestStateThatIsNotUsable(t *testing.T) {
	f := func(name, document, file, text string, want ...string) {
		t.Helper()
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "ledger"), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, file), text)
		config := filepath.Join(dir, "asbru.yaml")
		write(t, config, "listen: 127.0.0.1:0\nproviders: [{name: mine, base_url: 'http://127.0.0.1:1'}]\n"+strings.ReplaceAll(document, "DIR", dir))
		_, told := asbru(t, 1, []string{"STATE_DIRECTORY=" + dir}, "serve", config)
		for _, w := range append(want, filepath.Join(dir, filepath.Dir(file))) {
			if !strings.Contains(told, w) {
				t.Errorf("%s: it lacks %q: %s", name, w, told)
			}
		}
	}
	const budget = "budgets: [{usd: 1, window: 1d}]\ngovernance: {ledger: DIR/ledger}\n"
	f("a torn segment", budget, "ledger/00000000000000000000.log", "", "the ledger is damaged: 00000000000000000000.log", "restore the directory from a backup")
	f("an empty pepper", "store: {}\n", "pepper", "", "its pepper", "is empty", "bring back")
}
