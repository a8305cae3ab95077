package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/postgres"
)

// A pair is two gateways with a ledger each and a shared budget.
type pair struct {
	t      *testing.T
	config [2]string
	dir    [2]string
	g      [2]*gateway
}

func newPair(t *testing.T, base, store, usd string) *pair {
	p := &pair{t: t}
	for i := range p.g {
		p.dir[i] = filepath.Join(t.TempDir(), "ledger")
		p.config[i] = "providers: [{name: mine, base_url: '" + base + "', models: [m]}]\nadmin: {listen: '127.0.0.1:0', token: the-admin-token-of-both}\n" +
			"store: {postgres: '" + store + "'}\ngovernance: {ledger: '" + p.dir[i] + "', pepper: 0123456789abcdef0123456789abcdef}\n" +
			"prices: {overrides: [{name: all, input: 1, output: 2}]}\nvirtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: " + usd + "}]}]\n"
		p.g[i] = serve(t, p.config[i])
	}
	return p
}

// call sends a request to one of them.
func (p *pair) call(c *http.Client, i int) answer {
	a, err := try(c, "POST", p.g[i].url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`), "Authorization: Bearer secret-of-ci-0001")
	if err != nil {
		a.status = -1
	}
	return a
}

// hammer calls one of them from several goroutines at once until each gets that status, and counts the calls served.
func (p *pair) hammer(wg *sync.WaitGroup, i, until int, served *atomic.Int64) {
	for range 4 {
		wg.Go(func() {
			c := &http.Client{Timeout: patience}
			defer c.CloseIdleConnections()
			for begun := time.Now(); time.Since(begun) < 4*patience; { // thousands of calls, on a machine that may be busy
				switch a := p.call(c, i); a.status {
				case 200:
					if served.Add(1); until == 200 && time.Since(begun) > 400*time.Millisecond {
						return
					}
					if until == 200 {
						time.Sleep(2 * time.Millisecond) // so that a fast machine leaves enough of the budget for the end
					}
				case until, -1: // killed
					return
				case 503: // the database is slow at the moment
					if !strings.Contains(a.body, "it gets no more from the store now") {
						p.t.Errorf("%d %s", a.status, a.body)
						return
					}
					time.Sleep(20 * time.Millisecond)
				default:
					p.t.Errorf("%d %s\n%s", a.status, a.body, p.g[i].stderr.String())
					return
				}
			}
			p.t.Errorf("no call is answered %d", until)
		})
	}
}

var mayCost = regexp.MustCompile(`has \$([0-9.]+) left of \$([0-9.]+) and this request may cost up to \$([0-9.]+)`)

// Two gateways spend one budget, to within one call and never more, although one is killed, its sockets are handed over, and the
// database is unavailable for a while.
func TestLeases(t *testing.T) {
	server := postgres.Start(t)
	base, calls := paid(t)
	p := newPair(t, base, server.Address(), "1.2")
	c := &http.Client{Timeout: patience}
	defer c.CloseIdleConnections()
	var served atomic.Int64
	var wg sync.WaitGroup

	// both at once, while one hands over to a successor
	p.hammer(&wg, 0, 200, &served)
	p.hammer(&wg, 1, 200, &served)
	p.g[0].signal(syscall.SIGUSR2)
	await(t, "the hand-over", func() bool { return strings.Contains(p.g[0].stderr.String(), `"msg":"handed over"`) }, p.g[0].stderr.String)
	pid := lastSuccessor(t, p.g[0])
	defer syscall.Kill(pid, syscall.SIGKILL)
	wg.Wait()
	if a := p.call(c, 0); a.status != 200 {
		t.Fatalf("after a hand-over: %d %s", a.status, a.body)
	}

	// one is killed
	p.hammer(&wg, 1, 200, &served)
	time.Sleep(100 * time.Millisecond)
	p.g[1].signal(syscall.SIGKILL)
	wg.Wait()
	p.hammer(&wg, 0, 200, &served)
	wg.Wait()
	p.g[1] = serve(t, p.config[1])

	// without the database: calls within the grant are served, then refused with a reason
	if a := p.call(c, 0); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	server.Stop()
	if a := p.call(c, 0); a.status != 200 {
		t.Errorf("within what was granted, without the database: %d %s", a.status, a.body)
	}
	p.hammer(&wg, 0, 503, &served)
	wg.Wait()
	if a := p.call(c, 0); a.status != 503 || !strings.Contains(a.body, `of the monthly budget of key \"ci\" this machine has been granted less, and it gets no more from the store now`) || a.head.Get("Retry-After") == "" {
		t.Errorf("without the database: %d %s", a.status, a.body)
	}
	server.Start()
	await(t, "the database", func() bool { return p.call(c, 0).status == 200 }, p.g[0].stderr.String)

	// until the budget is used up
	p.g[1].stderr.has(t, "listening")
	for i := range p.g {
		p.hammer(&wg, i, 402, &served)
	}
	wg.Wait()
	var last answer
	for begun := time.Now(); time.Since(begun) < 3*time.Second; { // a call that is refused temporarily is repeated
		for i := range p.g {
			if last = p.call(c, i); last.status == 402 {
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	said := mayCost.FindStringSubmatch(last.body)
	if said == nil {
		t.Fatalf("%d %s", last.status, last.body)
	}
	metrics := ask(t, "GET", "http://"+p.g[1].admin+"/metrics", "", "Authorization: Bearer the-admin-token-of-both").body
	for _, want := range []string{"asbru_lease_machines 2", `asbru_budget_granted_nanodollars{budget="key ci: 1M"}`, "asbru_lease_store_away 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s\n%s", want, metrics)
		}
	}
	out, _ := asbru(t, 0, nil, "budgets", "list", "--config", p.g[1].file)
	if !strings.Contains(out, "key ci: 1M") || strings.Count(out, "\n") < 3 {
		t.Errorf("budgets list prints\n%s", out)
	}
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of the successor", func() bool { return syscall.Kill(pid, 0) != nil }, p.g[0].stderr.String)
	p.g[1].signal(syscall.SIGTERM)
	p.g[1].ends(0)
	one, open := examine(t, p.dir[0])
	two, more := examine(t, p.dir[1])
	most := nanos(t, said[2])
	if spent := one + two; spent > most || most-spent >= nanos(t, said[3]) || open+more > 0 || most-spent != nanos(t, said[1]) {
		t.Errorf("spent %d and %d of %d, %d open; the last refusal says %s", one, two, most, open+more, said[0])
	}
	t.Logf("%d calls served of %d made; spent %d and %d of %d", served.Load(), calls.Load(), one, two, most)
}

// nanos reads an amount of dollars in a refusal.
func nanos(t *testing.T, usd string) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(usd, ".")
	n, err := strconv.ParseInt(whole+(part + "000000000")[:9], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
