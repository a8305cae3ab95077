package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"asbru/bench/postgres"
)

// outage is how long the sinks of TestOutage are unavailable. With -full there are 1,000 calls a second, otherwise fewer.
var outage = flag.Duration("outage", 2*time.Second, "how long audit sinks are away")

// A steady sends requests at a constant rate, and keeps the answers.
type steady struct {
	g    *gateway
	rate float64

	mu   sync.Mutex
	ids  map[string]struct{}
	took []time.Duration // of the phase
	odd  []string
}

// run sends requests for d, or until done is closed if that is later.
func (c *steady) run(d time.Duration, done <-chan struct{}) []time.Duration {
	c.took = nil
	to := client()
	to.Transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
	defer to.CloseIdleConnections()
	var all sync.WaitGroup
	places := make(chan struct{}, 64) // bounds requests at the same time
	next, end := time.Now(), time.Now().Add(d)
	for {
		if next.After(end) {
			select {
			case <-done:
				all.Wait()
				return c.took
			default:
			}
		}
		time.Sleep(time.Until(next))
		next = next.Add(time.Duration(1e9 / c.rate))
		places <- struct{}{}
		all.Go(func() {
			c.ask(to)
			<-places
		})
	}
}

func (c *steady) ask(to *http.Client) {
	began := time.Now()
	a, err := try(to, "POST", c.g.url("/v1/chat/completions"), chatBody("m", ""), "Authorization: Bearer secret-of-ci-0001")
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	id := ""
	if err == nil {
		id = a.head.Get("X-Request-Id")
	}
	if err != nil || a.status != 200 || id == "" {
		if len(c.odd) < 10 {
			c.odd = append(c.odd, fmt.Sprint(err, a.status, a.body))
		}
		return
	}
	if _, twice := c.ids[id]; twice {
		c.odd = append(c.odd, "two calls have the id "+id)
	}
	c.ids[id] = struct{}{}
	c.took = append(c.took, took)
}

// metric returns one metric of the gateway.
func (g *gateway) metric(t *testing.T, name string) float64 {
	t.Helper()
	for line := range strings.Lines(ask(t, "GET", "http://"+g.admin+"/metrics", "").body) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// TestOutage makes all sinks unavailable while calls continue. None of these is refused, and afterwards each sink has the record
// of every call, once.
func TestOutage(t *testing.T) {
	base, _ := paid(t)
	config, ledger := budgeted(t, base, "100000")
	trail := filepath.Join(filepath.Dir(ledger), "asbru-audit")
	web := &hook{calls: map[uint64]string{}}
	to := httptest.NewServer(web)
	defer to.Close()
	tables := []*table{lockable(t, filepath.Join(filepath.Dir(ledger), "sink.db"))}
	sinks := "{type: sqlite, path: '" + filepath.Join(filepath.Dir(ledger), "sink.db") + "'}, {type: webhook, url: '" + to.URL + "', secret: a-secret-of-the-hook-1}"
	if postgres.Programs() != "" {
		s := postgres.Start(t)
		at := s.Database("audit")
		tables = append(tables, &table{"postgres", "postgres", at, at, s.Stop, s.Start})
		sinks += ", {type: postgres, url: '" + at + "'}"
	} else {
		t.Log("Postgres is not installed: the other sinks are tested")
	}
	config = strings.Replace(config, "usd: 1000,", "usd: 1000000,", 1) + "audit: {sign: {every: 1s}, sinks: [" + sinks + "]}\n"
	g := serve(t, config)
	c := &steady{g: g, rate: 100, ids: map[string]struct{}{}}
	if *full {
		c.rate = 1000
	}
	over := make(chan struct{})
	close(over)
	behind := func(what func(n float64) bool) bool {
		for _, name := range []string{"sqlite", "webhook", "postgres"}[:len(tables)+1] {
			if !what(g.metric(t, `asbru_audit_sink_behind{sink="`+name+`"}`)) {
				return false
			}
		}
		return true
	}

	before := c.run(min(*outage, 20*time.Second), over)
	web.down.Store(true)
	for _, d := range tables {
		d.from()
	}
	away := len(c.ids)
	during := c.run(*outage, over)
	away = len(c.ids) - away
	await(t, "every sink to lack what was called without it", func() bool { return behind(func(n float64) bool { return n >= float64(away) }) }, g.stderr.String)
	waiting := g.metric(t, "asbru_audit_waiting_bytes")
	web.down.Store(false)
	for _, d := range tables {
		d.back()
	}
	began, caught := time.Now(), make(chan struct{})
	var after []time.Duration
	var calling sync.WaitGroup
	calling.Go(func() { after = c.run(0, caught) })
	for end := began.Add(*outage + 2*time.Minute); !behind(func(n float64) bool { return n < 3*c.rate }) && time.Now().Before(end); { // calls continue
		time.Sleep(50 * time.Millisecond)
	}
	caughtUp := time.Since(began)
	close(caught)
	calling.Wait()
	for end := time.Now().Add(2 * time.Minute); !behind(func(n float64) bool { return n <= 1 }) && time.Now().Before(end); { // a checkpoint a second
		time.Sleep(50 * time.Millisecond)
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)

	t.Logf("%d calls, %.0f a second; %d of them in the %v without sinks, which left %.1f MB to wait; all had it %v after they were back",
		len(c.ids), c.rate, away, *outage, waiting/1e6, caughtUp.Round(time.Millisecond))
	for name, took := range map[string][]time.Duration{"before": before, "without sinks": during, "catching up": after} {
		slices.Sort(took)
		t.Logf("a call took, %s: p50 %v, p99 %v", name, at(took, 0.5), at(took, 0.99))
	}
	if len(c.odd) > 0 {
		t.Errorf("calls that were not answered: %q", c.odd)
	}
	want := int64(len(c.ids)) * eachCall
	if spent, open := examine(t, ledger); spent != want || open != 0 {
		t.Errorf("the ledger has %d nanodollars and %d calls under way; clients were told %d", spent, open, want)
	}
	for _, d := range tables {
		ids, nanos := d.ids(t)
		c.same(t, d.name, ids)
		if nanos != want {
			t.Errorf("%s has %d nanodollars; want %d", d.name, nanos, want)
		}
		asbru(t, 0, nil, "audit", "verify", "--key", filepath.Join(trail, "audit.pub"), d.asked)
	}
	web.mu.Lock()
	defer web.mu.Unlock()
	ids := map[string]int{}
	for _, id := range web.calls {
		ids[id]++
	}
	c.same(t, "webhook", ids)
	if len(web.odd) > 0 {
		t.Errorf("the webhook: %q", web.odd)
	}
	t.Logf("0 lost and 0 twice by id in %d sinks; %d records came to the webhook again", len(tables)+1, web.again)
}

// same checks that a sink has every call once.
func (c *steady) same(t *testing.T, sink string, ids map[string]int) {
	t.Helper()
	lost, twice := 0, 0
	for id := range c.ids {
		if ids[id] == 0 {
			lost++
		}
	}
	for _, n := range ids {
		if n > 1 {
			twice++
		}
	}
	if lost+twice > 0 || len(ids) != len(c.ids) {
		t.Errorf("%s has %d calls of %d: %d are lost, %d are there twice", sink, len(ids), len(c.ids), lost, twice)
	}
}

// at returns the p-quantile of sorted times.
func at(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(float64(len(sorted)-1)*p)]
}
