package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"asbru/e2e/clients/replay"
)

// virtualKey is what clients hold; upstreamKey is what only asbru knows.
const (
	virtualKey  = "vk-clients-0123456789abcdef"
	upstreamKey = "sk-upstream-canary-0123456789"
	everyModel  = `["*"]`
)

// tools are the programs of the clients. An empty one is skipped.
type tools struct {
	asbru, curl  string
	node, module string // module: the directory of node_modules
	python       string
	suites, data string

	sdk, only string // sdk: the directory of the suites of every SDK; empty: clients are compared
	goSuite   string // the built suite of the Go SDKs

	vendorPython string // python that has the SDKs of Anthropic, Google and Cohere
	brief        bool   // the short form
}

func main() {
	var t tools
	flag.StringVar(&t.asbru, "asbru", "bin/asbru", "the `program` under test")
	flag.StringVar(&t.curl, "curl", "", "curl; empty: skipped")
	flag.StringVar(&t.node, "node", "", "node; empty: skipped")
	flag.StringVar(&t.module, "modules", "", "`directory` in which the Node SDK is installed")
	flag.StringVar(&t.python, "python", "", "python that has the SDK; empty: skipped")
	flag.StringVar(&t.vendorPython, "vendors-python", "", "python that has the SDKs of the other vendors; empty: skipped")
	flag.StringVar(&t.suites, "suites", "e2e/clients", "`directory` of the suites")
	flag.StringVar(&t.data, "data", "../shared/data/wire/openai", "`directory` of recorded cases; skipped where it is absent")
	flag.StringVar(&t.sdk, "sdk", "", "`directory` of the suites of every SDK, which then run instead")
	flag.StringVar(&t.only, "only", "", "with -sdk: `languages` to run, comma-separated; empty: all")
	flag.StringVar(&t.goSuite, "go", "", "with -sdk: the built suite of the Go SDKs; empty: skipped")
	flag.BoolVar(&t.brief, "short", false, "with -sdk: some calls of one SDK of each language, and streams that break")
	flag.Parse()
	if t.sdk != "" {
		t.matrix()
		return
	}
	s := &score{out: os.Stdout}
	if err := t.run(s); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
	fmt.Printf("clients: %d passed, %d failed, %d skipped\n", s.passed, s.bad, s.skipped)
	if s.bad > 0 || s.passed == 0 {
		os.Exit(1)
	}
}

// matrix runs the suites of the SDKs and prints what became of every call.
func (t *tools) matrix() {
	m := &matrix{out: os.Stdout}
	err := t.sdks(m)
	m.table()
	fmt.Printf("sdks: %d passed, %d refused in the SDK's own error, %d failed, %d skipped\n", m.passed, m.refused, m.bad, m.skipped)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sdks:", err)
	}
	if err != nil || m.bad > 0 {
		os.Exit(1)
	}
}

func (t *tools) run(s *score) error {
	dir, err := os.MkdirTemp("", "asbru-clients-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if t.module, err = filepath.Abs(t.module); err != nil {
		return err
	}
	if err := t.mock(s, dir); err != nil {
		return err
	}
	if err := t.recorded(s, dir); err != nil {
		return err
	}
	return t.vendorSets(s, dir)
}

// mock compares with the stand-in provider, for each client with new programs,
// so that the requests of each have the same numbers on both sides.
func (t *tools) mock(s *score, dir string) error {
	for _, c := range t.clients() {
		if c.skip != "" {
			s.skip(c.name, c.skip)
			continue
		}
		p, err := t.pair(dir)
		if err != nil {
			return err
		}
		c.compare(s, p)
		s.begin(c.name + ": requests at the provider")
		compareJournals(s, p.directLog, p.throughLog)
		s.check("asbru", p.stop())
		s.end()
	}
	return nil
}

// A pair is a provider, and another one behind asbru.
type pair struct {
	direct, behind, gate  *program
	directLog, throughLog string
}

func (t *tools) pair(dir string) (p *pair, err error) {
	sub, err := os.MkdirTemp(dir, "pair-")
	if err != nil {
		return nil, err
	}
	p = &pair{directLog: filepath.Join(sub, "direct"), throughLog: filepath.Join(sub, "through")}
	if p.direct, err = standIn(sub, t.asbru, p.directLog); err != nil {
		return nil, err
	}
	if p.behind, err = standIn(sub, t.asbru, p.throughLog); err != nil {
		p.direct.stop()
		return nil, err
	}
	if p.gate, err = gateway(sub, t.asbru, config(p.behind.base, `["mock*"]`)); err != nil {
		p.direct.stop()
		p.behind.stop()
	}
	return p, err
}

func (p *pair) stop() error {
	err := p.gate.stop()
	p.direct.stop()
	p.behind.stop()
	return err
}

// config serves one provider; models says which bare names it takes. A second
// provider, when those are not all, makes the others unknown.
func config(base, models string) string {
	another := ""
	if models != everyModel {
		another = "  - {name: another, base_url: " + base + "/v1, models: [another], breaker: {off: true, when_all_benched: try}, network: {allow_private_network: true}}\n"
	}
	return fmt.Sprintf(`providers:
  - {name: local, type: openai, base_url: %s/v1, api_key: %s, models: %s, breaker: {off: true, when_all_benched: try}, network: {allow_private_network: true}}
%smodels:
  - {alias: fast, provider: local, model: mock-id-1}
governance: {objects: {unrecorded: shown}} # recordings name things that nobody made
virtual_keys:
  - {name: clients, key: %s}
`, base, upstreamKey, models, another, virtualKey)
}

// recorded compares with the recorded provider: every case raw, then those that
// an SDK can ask for.
func (t *tools) recorded(s *score, dir string) error {
	cases, err := replay.Load(t.data)
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		s.skip("recorded provider", "there are no cases in "+t.data)
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: replay.Handler(cases, chunkRest), ReadHeaderTimeout: time.Minute}
	go srv.Serve(l)
	defer srv.Close()
	base := "http://" + l.Addr().String()
	g, err := gateway(dir, t.asbru, config(base, everyModel))
	if err != nil {
		return err
	}
	compareRecorded(s, "openai", cases, base, g.base)
	file := filepath.Join(dir, "recorded.json")
	if err := writeRecorded(file, cases); err != nil {
		return err
	}
	for _, c := range t.clients() {
		if c.suite != nil && c.skip == "" {
			s.begin(c.name + ": recorded provider")
			compareSuites(s, c.suite, base, g.base, "RECORDED="+file)
		}
	}
	s.check("asbru", g.stop())
	s.end()
	return nil
}

// writeRecorded writes the requests that an SDK can make.
func writeRecorded(file string, cases []*replay.Case) error {
	type call struct {
		ID   string          `json:"id"`
		Path string          `json:"path"`
		Body json.RawMessage `json:"body"`
	}
	var calls []call
	for _, c := range cases {
		if c.Response.Status == http.StatusUnauthorized || c.Response.Status == http.StatusForbidden {
			continue // asbru answers by itself: see hidden
		}
		switch c.Request.Path {
		case "/v1/chat/completions", "/v1/responses", "/v1/embeddings":
			if len(c.Request.Raw) > 0 {
				calls = append(calls, call{c.ID, c.Request.Path[len("/v1"):], c.Request.Raw})
			}
		}
	}
	b, err := json.Marshal(calls)
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o600)
}
