package meter

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"asbru/core"
)

var update = flag.Bool("update", false, "rewrite the golden scrape")

// A gaugedPool is a Pool with the given stats.
type gaugedPool struct{ core.PoolStats }

func (p *gaugedPool) Stats() core.PoolStats { return p.PoolStats }
func (p *gaugedPool) Close() error          { return nil }

type mutePool struct{}

func (mutePool) Close() error { return nil }

const canary = "sk-canary-5f1c2d"

// small is a gateway with two targets behind one pool, one key and two workers
// of one lane.
func small() Sources {
	pool := &gaugedPool{core.PoolStats{Endpoint: "https://api.openai.com:443", Open: 7, Idle: 5, Dials: 9, DialErrors: 2}}
	a := &core.Target{Name: "openai/gpt-4o", Provider: "openai", Pool: pool, Tally: &core.Tally{},
		Keys: []*core.ProviderKey{{Name: "prod", Header: []byte("Authorization: Bearer " + canary + "\r\n")}}}
	b := &core.Target{Name: "openai/we\"ird\\\n\xff", Provider: "openai", Pool: pool, Tally: &core.Tally{}}
	c := &core.Target{Name: "local", Provider: "local", Pool: mutePool{}, Tally: &core.Tally{}}
	a.Tally.Requests.Store(12)
	a.Tally.TokensIn.Store(1000)
	a.Tally.TokensCached.Store(200)
	a.Tally.TokensOut.Store(300)
	a.Tally.Faults[core.UpstreamFailed].Store(2)
	a.Tally.Inflight.Store(3)
	for _, d := range []int64{1, 16384, 16385, 1e6, 2e9, 100e9, 130e9} {
		a.Tally.Upstream.Add(d)
		a.Tally.Total.Add(d)
	}
	key := &core.VirtualKey{Name: "tenant-12", Tally: &core.Tally{}}
	key.Tally.Requests.Store(12)
	snap := &core.Snapshot{Version: 41, Targets: []*core.Target{a, b, c},
		Keys: map[[32]byte]*core.VirtualKey{{1}: key, {2}: key}}
	l1, l2 := &core.LaneStats{Name: "goroutine"}, &core.LaneStats{Name: "goroutine"}
	l1.Conns.Store(4)
	l2.Conns.Store(5)
	l1.Accepted.Store(40)
	l1.Faults[core.Unauthenticated].Store(6)
	l2.Faults[core.Unauthenticated].Store(1)
	l1.Decide.Add(2500)
	l2.Decide.Add(2600)
	l1.Kernel.Add(9000)
	return Sources{
		Snapshot: func() *core.Snapshot { return snap },
		Figures: func() Figures {
			return Figures{Buffers: 3, ReloadsOK: 2, ReloadsFailed: 1, Reloaded: 1785672000e9}
		},
		Lanes: []*core.LaneStats{l1, l2},
		Rings: []*core.Ring{new(core.Ring)},
		Build: Build{"0.1.0", "abc123", "go1.26"},
	}
}

func own(m *Meter) string {
	var b bytes.Buffer
	m.writeOwn(&b)
	return b.String()
}

func TestGoldenScrape(t *testing.T) {
	got := own(New(small()))
	const file = "testdata/scrape.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("scrape differs from %s; run with -update and read the diff. got:\n%s", file, got)
	}
}

func TestScrapeIsStrict(t *testing.T) {
	e, err := parse(own(New(small())))
	if err != nil {
		t.Fatal(err)
	}
	f := func(id string, want float64) {
		t.Helper()
		if got, ok := e.get(id); !ok || got != want {
			t.Errorf("%s = %v (there: %v), want %v", id, got, ok, want)
		}
	}
	gpt := `provider="openai",target="openai/gpt-4o"`
	f(`asbru_requests_total{`+gpt+`}`, 12)
	f(`asbru_requests_total{provider="openai",target="openai/we\"ird\\\n�"}`, 0)
	f(`asbru_target_faults_total{code="upstream_failed",`+gpt+`}`, 2)
	f(`asbru_tokens_total{kind="cached_in",`+gpt+`}`, 200)
	f(`asbru_requests_in_flight{`+gpt+`}`, 3)
	f(`asbru_upstream_seconds_bucket{le="0.000016384",`+gpt+`}`, 2)
	f(`asbru_upstream_seconds_bucket{le="120.259084288",`+gpt+`}`, 6)
	f(`asbru_upstream_seconds_bucket{le="+Inf",`+gpt+`}`, 7)
	f(`asbru_key_requests_total{key="tenant-12"}`, 12)
	f(`asbru_client_connections{lane="goroutine"}`, 9)
	f(`asbru_faults_total{code="unauthenticated"}`, 7)
	f(`asbru_faults_total{code="internal"}`, 0)
	f(`asbru_decision_seconds_count{lane="goroutine"}`, 2)
	f(`asbru_decision_seconds_bucket{lane="goroutine",le="0.00000256"}`, 1)
	f(`asbru_decision_with_kernel_seconds_count{lane="goroutine"}`, 1)
	f(`asbru_upstream_connections_open{endpoint="https://api.openai.com:443"}`, 7)
	f(`asbru_upstream_connections_idle{endpoint="https://api.openai.com:443"}`, 5)
	f(`asbru_snapshot_version{}`, 41)
	f(`asbru_config_reloads_total{result="failed"}`, 1)
}

func TestScrapeHasProcessFigures(t *testing.T) {
	var b bytes.Buffer
	New(small()).WritePrometheus(&b)
	for _, want := range []string{"\ngo_goroutines ", "\nprocess_resident_memory_bytes ", "\nasbru_snapshot_version 41\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in the scrape", want)
		}
	}
	if strings.Contains(b.String(), canary) {
		t.Error("a provider key is in the scrape")
	}
	if strings.Contains(b.String(), "vmrange") {
		t.Error("vmrange buckets are in the scrape")
	}
}

func TestScrapeBeforeFirstSnapshot(t *testing.T) {
	for _, s := range []Sources{{}, {Snapshot: func() *core.Snapshot { return nil }}} {
		e, err := parse(own(New(s)))
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := e.get("asbru_snapshot_version{}"); !ok || v != 0 {
			t.Errorf("snapshot version = %v, %v; want 0, true", v, ok)
		}
	}
}

// crowd has n targets and n keys with one request each, and one endpoint each.
func crowd(n int) *core.Snapshot {
	s := &core.Snapshot{Version: 1, Keys: map[[32]byte]*core.VirtualKey{}}
	for i := range n {
		name := fmt.Sprintf("t%05d", i)
		if i == n-1 {
			name = "other"
		}
		t := &core.Target{Name: name, Provider: "p", Tally: &core.Tally{},
			Pool: &gaugedPool{core.PoolStats{Endpoint: "http://" + name, Open: 1}}}
		t.Tally.Requests.Store(1)
		t.Tally.Total.Add(1e6)
		s.Targets = append(s.Targets, t)
		k := &core.VirtualKey{Name: name, Tally: t.Tally}
		s.Keys[[32]byte{byte(i), byte(i >> 8), byte(i >> 16)}] = k
	}
	return s
}

func TestLabelSetsAreBounded(t *testing.T) {
	const n = MaxSets + 2
	snap := crowd(n)
	text := own(New(Sources{Snapshot: func() *core.Snapshot { return snap }}))
	e, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range []string{"asbru_requests_total", "asbru_key_requests_total",
		"asbru_request_seconds_count", "asbru_upstream_connections_open"} {
		sets, sum := 0, 0.0
		for _, x := range e.series {
			if x.name == family {
				sets, sum = sets+1, sum+x.value
			}
		}
		if sets != MaxSets || sum != n {
			t.Errorf("%s has %d sets that sum to %v, want %d and %d", family, sets, sum, MaxSets, n)
		}
	}
	if again := own(New(Sources{Snapshot: func() *core.Snapshot { return snap }})); again != text {
		t.Error("the order changes from scrape to scrape")
	}
}

func TestCensusAtTheBound(t *testing.T) {
	f := func(n, sets int, last string) {
		t.Helper()
		c := count(crowd(n))
		if len(c.keys) != sets || c.keys[sets-1].labels != last {
			t.Errorf("%d keys: %d sets, last %s; want %d, %s", n, len(c.keys), c.keys[sets-1].labels, sets, last)
		}
		all := 0
		for _, g := range c.keys {
			all += len(g.tallies)
		}
		if all != n {
			t.Errorf("%d keys: %d tallies", n, all)
		}
	}
	f(2, 2, `key="other"`)
	f(MaxSets, MaxSets, `key="other"`)
	f(MaxSets+1, MaxSets, `key="other"`)
	f(3*MaxSets, MaxSets, `key="other"`)
}

func TestNamesakesAreSummed(t *testing.T) {
	a, b := &core.Target{Name: "x", Tally: &core.Tally{}}, &core.Target{Name: "x", Tally: &core.Tally{}}
	a.Tally.Requests.Store(1)
	b.Tally.Requests.Store(2)
	snap := &core.Snapshot{Targets: []*core.Target{a, b, a, {Name: "no tally"}}}
	e, err := parse(own(New(Sources{Snapshot: func() *core.Snapshot { return snap }})))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := e.get(`asbru_requests_total{provider="",target="x"}`); v != 3 {
		t.Errorf("requests of x = %v, want 3", v)
	}
}

func TestSharedTallyIsCountedOnce(t *testing.T) {
	shared := &core.Tally{}
	shared.Requests.Store(5)
	snap := &core.Snapshot{Keys: map[[32]byte]*core.VirtualKey{
		{1}: {Name: "a", Tally: shared}, {2}: {Name: "b", Tally: shared}, {3}: {Name: "c", Tally: &core.Tally{}},
	}}
	e, err := parse(own(New(Sources{Snapshot: func() *core.Snapshot { return snap }})))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"other": true, "a": false, "b": false, "c": true} {
		if _, ok := e.get(`asbru_key_requests_total{key="` + id + `"}`); ok != want {
			t.Errorf("key %s is there: %v, want %v", id, ok, want)
		}
	}
	if v, _ := e.get(`asbru_key_requests_total{key="other"}`); v != 5 {
		t.Errorf("requests of other = %v, want 5", v)
	}
}

func TestScrapeWhileCounting(t *testing.T) {
	s := small()
	m := New(s)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.Lanes[0].Decide.Add(1000)
				s.Snapshot().Targets[0].Tally.Requests.Add(1)
			}
		}
	})
	var scrapes sync.WaitGroup
	for range 4 {
		scrapes.Go(func() {
			if _, err := parse(own(m)); err != nil {
				t.Error(err)
			}
		})
	}
	scrapes.Wait()
	close(stop)
	wg.Wait()
}
