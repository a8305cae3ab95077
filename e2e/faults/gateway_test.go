package faults

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/hotpath"
	"asbru/hotpath/upstream"
)

// patience bounds every wait of these tests, which normally are much shorter.
const patience = 30 * time.Second

// clientWait is how long a client may read nothing.
const clientWait = 500 * time.Millisecond

// Waits are the time limits in one provider's configuration.
type waits struct{ connect, head, stall, total time.Duration }

var (
	// ample are for providers that do not stall: only a hang reaches them.
	ample = waits{patience / 2, patience / 2, patience / 2, patience}

	// brief are for scripts that stall: the waits of the catalogue at the scale of the scripts, and
	// somewhat longer for machines that pause. Only the total time is ample: if it ended together with
	// a wait, on a machine that has paused, no other target would be tried.
	brief = waits{500 * time.Millisecond, 50 * second, 60 * second, patience}
)

// A gateway is a data plane with a compiled configuration, in this process.
type gateway struct {
	srv  *hotpath.Server
	snap *core.Snapshot
	addr string
	ring *core.Ring
}

// document returns the configuration of a route whose targets are tried in order. The first has the
// waits w, the others have ample ones.
func document(w waits, bases ...string) string {
	text := "providers:\n"
	models := "models:\n"
	for i, base := range bases {
		if i > 0 {
			w = ample
		}
		text += fmt.Sprintf("  - {name: p%d, base_url: %q, api_key: sk-played-secret-%d, network: {connect_timeout: %s, header_timeout: %s, answer_timeout: %s, first_timeout: %s, stall_timeout: %s, total_timeout: %s}}\n",
			i, base, i, w.connect, w.head, w.head, w.head, w.stall, w.total)
		fallback := ""
		if i == 0 {
			for j := range bases[1:] {
				fallback += fmt.Sprintf("t%d, ", j+1)
			}
		}
		models += fmt.Sprintf("  - {alias: t%d, provider: p%d, model: real-%d, fallback: [%s]}\n", i, i, i, fallback)
	}
	return text + models + fmt.Sprintf("limits: {slow_client: %s}\n", clientWait)
}

// newGateway serves a configuration on one lane: loops < 0 is the goroutine lane.
func newGateway(t testing.TB, loops int, text string) *gateway {
	t.Helper()
	doc, problems := config.Decode("played.yaml", []byte(text), config.Env{})
	var pools []*upstream.Pool
	var snap *core.Snapshot
	if !config.Failed(problems) {
		snap, problems, _ = build.Compile(doc, nil, build.Deps{NewPool: func(e core.Endpoint) (core.Pool, error) {
			p, err := upstream.New(e)
			if err != nil {
				return nil, err
			}
			pools = append(pools, p)
			return p, nil
		}})
	}
	if config.Failed(problems) {
		t.Fatalf("the configuration does not compile: %v\n%s", problems, text)
	}
	g := &gateway{snap: snap, ring: new(core.Ring)}
	g.srv = hotpath.New(hotpath.Options{
		Doors: []hotpath.Door{
			{Prefix: "/v1", Dialect: openai.API, Ops: map[string]core.Op{"POST /chat/completions": core.OpChat, "POST /embeddings": core.OpEmbed}},
			{Prefix: "/anthropic/v1", Dialect: anthropic.API, Ops: map[string]core.Op{"POST /messages": core.OpChat}},
		},
		Slow:    func(c net.Conn) { c.Close() },
		Records: g.ring,
		Bug:     func(v any, stack []byte) { t.Errorf("panic: %v\n%s", v, stack) },
		Loops:   loops,
	})
	g.srv.Swap(snap)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- g.srv.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := g.srv.Drain(ctx); err != nil {
			t.Errorf("connections are left: %v", err)
		}
		g.srv.Close()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		snap.Repeats.Close()
		for _, p := range pools {
			p.Close()
			await(t, "upstream connections to end", func() bool { return p.Open.Load() == 0 })
		}
	})
	return g
}

// record waits for the record of the next finished exchange.
func (g *gateway) record(t testing.TB) (r core.Record) {
	t.Helper()
	await(t, "the record", func() bool { return g.ring.Take(&r) })
	return r
}

// failures returns the number of attempts at the first target that were counted as failed.
func (g *gateway) failures() (n uint64) {
	for _, tg := range g.snap.Targets {
		if tg.Provider == "p0" && tg.Tally != nil {
			for c := range tg.Tally.Faults {
				n += tg.Tally.Faults[c].Load()
			}
		}
	}
	return n
}

// await polls until ok.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Errorf("waited %v for %s", patience, what)
}

// newClient returns a client that keeps one connection.
func newClient(t testing.TB) *http.Client {
	t.Helper()
	tr := &http.Transport{MaxConnsPerHost: 1, DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
