package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/standin"
)

// A cell is one operation that ends in one way.
type cell struct {
	d *deed
	e *ending
	n int

	path, body string
	half       chan struct{} // closed once the provider has got as far as it is to come
	once       sync.Once

	// What the provider saw.
	tries, whole atomic.Int64

	// What the client saw.
	mu     sync.Mutex
	conn   *net.TCPConn
	status int
	got    string
	err    error
	limits *rates
}

func (c *cell) key() string     { return fmt.Sprintf("secret-of-cell-%05d", c.n) }
func (c *cell) id() string      { return fmt.Sprintf("%032x", 0xce11<<32|c.n) }
func (c *cell) firstID() string { return fmt.Sprintf("%032x", 0xf125<<32|c.n) } // of two calls
func (c *cell) name() string    { return c.d.name + ": " + c.e.name }
func (c *cell) reaches()        { c.once.Do(func() { close(c.half) }) }

// TestEveryEnd does every operation to every end that it can have, and reads back what each was charged: from the ledger, the
// audit trail, the metrics, the access log, the limits of its key, and the answer itself. ASBRU_ENDS=all takes all pairs
// of formats, on both lanes.
func TestEveryEnd(t *testing.T) {
	all := os.Getenv("ASBRU_ENDS") == "all"
	list := deeds(all)
	if race && !all { // the program is ten times as slow
		list = list[len(list)-20:]
	}
	t.Run("loops", func(t *testing.T) { everyEnd(t, list, "2") })
	if all {
		t.Run("goroutines", func(t *testing.T) { everyEnd(t, deeds(all), "-1") })
	}
}

func everyEnd(t *testing.T, list []deed, loops string) {
	m := newStage(t, list, endings)
	g := serve(t, m.config+entries(m.cells, true), "--loops", loops)
	m.run(g, func(c *cell) bool { return !c.e.waits })
	waits := m.begin(t, g, func(c *cell) bool { return c.e.waits })
	for _, c := range m.cells {
		if !c.e.waits {
			c.limits = ratesOf(t, g, c)
		}
	}
	metrics := ask(t, "GET", "http://"+g.admin+"/metrics", "").body
	write(t, g.file, m.config+entries(m.cells, false))
	g.signal(syscall.SIGHUP)
	waits()
	after := ask(t, "GET", "http://"+g.admin+"/metrics", "").body
	g.signal(syscall.SIGTERM)
	g.ends(0)
	r := m.check(t, g)
	r.sums(t, m.cells, metrics, after)
}

// A matrix is cells, the provider that they ask, and the document of the process that they ask it through.
type matrix struct {
	p           *staged
	cells       []*cell
	config, dir string // without models and keys; of the ledger
}

func newStage(t *testing.T, list []deed, ends []ending) *matrix {
	t.Helper()
	m := &matrix{cells: cellsOf(t, list, ends), dir: filepath.Join(t.TempDir(), "ledger")}
	m.p = &staged{vendor: standin.New(standin.Options{}), over: make(chan struct{}), going: make(chan struct{}), cells: map[int]*cell{}}
	for _, c := range m.cells {
		m.p.cells[c.n] = c
	}
	s := httptest.NewServer(m.p)
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(m.p.over) })
	m.config = stageConfig(s.URL, m.dir, m.cells)
	return m
}

// run makes the calls of those cells, some at once.
func (m *matrix) run(g *gateway, which func(*cell) bool) {
	var wg sync.WaitGroup
	defer wg.Wait()
	room := make(chan struct{}, 24)
	for _, c := range m.cells {
		if which(c) {
			room <- struct{}{}
			wg.Go(func() {
				defer func() { <-room }()
				c.run(g)
			})
		}
	}
}

// begin begins the calls of those cells, and returns when the provider has got as far as it comes with each. end waits for
// their ends.
func (m *matrix) begin(t *testing.T, g *gateway, which func(*cell) bool) (end func()) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range m.cells {
		if which(c) {
			wg.Go(func() { c.run(g) })
		}
	}
	for _, c := range m.cells {
		if !which(c) {
			continue
		}
		select {
		case <-c.half:
		case <-time.After(patience):
			t.Fatalf("%s: the provider was not asked: %d %s %v", c.name(), c.status, c.got, c.err)
		}
	}
	for range map[bool]int{false: 1, true: 10}[race] {
		time.Sleep(100 * time.Millisecond) // for what has come to be sent on
	}
	return wg.Wait
}

// check reads back what a process has written down, once it has ended.
func (m *matrix) check(t *testing.T, g *gateway) *reading {
	t.Helper()
	r := readBack(t, g, m.dir)
	for _, c := range m.cells {
		c.check(t, r)
	}
	return r
}

// cellsOf is the table: each operation with each ending that it can have.
func cellsOf(t *testing.T, list []deed, ends []ending) (cells []*cell) {
	t.Helper()
	lacks := map[string]int{}
	for i := range list {
		for j := range ends {
			if not := ends[j].not; not != nil {
				if why := not(&list[i]); why != "" {
					lacks[why]++
					continue
				}
			}
			c := &cell{d: &list[i], e: &ends[j], n: len(cells) + 1, half: make(chan struct{})}
			c.path, c.body = c.d.request(c.asked())
			cells = append(cells, c)
		}
	}
	t.Logf("%d operations end in %d ways: %d cells", len(list), len(ends), len(cells))
	for why, n := range lacks {
		t.Logf("%d cells cannot be: %s", n, why)
	}
	return cells
}

// stageConfig is the document without its models and keys.
func stageConfig(base, ledger string, cells []*cell) string {
	var b strings.Builder
	b.WriteString("admin: {listen: '127.0.0.1:0'}\nobservability: {access_log: stdout}\ngovernance: {ledger: '" + ledger + "'}\n" +
		"prices: {overrides: [{name: all, input: 1, cached_input: 1, output: 2}]}\nproviders:\n")
	for i := range stages {
		for _, name := range []string{"main", "spare", "brief"} {
			b.WriteString(providerEntry(base, name, i))
		}
	}
	for _, c := range cells { // who was refused, or told to wait, is not asked again at once
		if c.benched() {
			b.WriteString(providerEntry(base, c.from(), slices.IndexFunc(stages, func(s vendorStage) bool { return s.name == c.d.at })))
		}
	}
	return b.String()
}

// providerEntry is the entry of a provider.
func providerEntry(base, name string, stage int) string {
	net := "allow_private_network: true"
	if name == "brief" {
		net += ", header_timeout: 400ms, answer_timeout: 400ms, first_timeout: 400ms, stall_timeout: 400ms"
	}
	p := &stages[stage]
	return fmt.Sprintf("  - {name: %s-%s, type: %s, %s, breaker: {off: true}, network: {%s}}\n", name, p.name, p.name, strings.ReplaceAll(p.rest, "BASE", base+"/"+name), net)
}

// entries are the aliases and keys of cells; with those that are to be revoked, if they wait.
func entries(cells []*cell, waits bool) string {
	models, keys := "", ""
	for _, c := range cells {
		models += c.entry()
		if c.e.waits && !waits {
			continue
		}
		more := c.e.key
		if !strings.Contains(more, "budgets") {
			more = "budgets: [{usd: 1000, window: 1d}], " + more
		}
		if !strings.Contains(more, "rate_limits") {
			more = "rate_limits: [{requests: 1000, per: 8760h}, {tokens: 1000000, per: 8760h}, {calls: 9}, {streams: 9}], " + more
		}
		keys += fmt.Sprintf("  - {name: c%d, key: %s, %s}\n", c.n, c.key(), strings.TrimSuffix(more, ", "))
	}
	return "models:\n" + models + "virtual_keys:\n" + keys
}

// run is the call.
func (c *cell) run(g *gateway) {
	if c.e.does != nil {
		c.e.does(g, c)
		return
	}
	reads(g, c)
}

// send begins the call on a connection of its own.
func (c *cell) send(ctx context.Context, g *gateway, id string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", g.url(c.path), strings.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Request-Id", id)
	r.Header.Set("Authorization", "Bearer "+c.key())
	for _, f := range c.d.fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Set(name, value)
	}
	var d net.Dialer
	tr := &http.Transport{DisableCompression: true, DisableKeepAlives: true, DialContext: func(ctx context.Context, n, a string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, n, a)
		if err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.conn = conn.(*net.TCPConn)
		}
		return conn, err
	}}
	return tr.RoundTrip(r)
}

func reads(g *gateway, c *cell) { c.reads(g, c.id()) }

func (c *cell) reads(g *gateway, id string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	res, err := c.send(ctx, g, id)
	if c.err = err; err != nil {
		return
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	c.status, c.got, c.err = res.StatusCode, string(b), err
}

// leavesFirst hangs up once the provider has been asked.
func leavesFirst(g *gateway, c *cell) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go func() {
		<-c.half
		cancel()
	}()
	res, err := c.send(ctx, g, c.id())
	if c.err = err; err == nil {
		res.Body.Close()
	}
}

// leavesMid breaks the connection in the middle of an answer: of a stream once three of its pieces have come.
func leavesMid(g *gateway, c *cell) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if !c.d.stream {
		go func() {
			<-c.half
			time.Sleep(50 * time.Millisecond)
			c.breaks()
		}()
	}
	res, err := c.send(ctx, g, c.id())
	if c.err = err; err != nil {
		return
	}
	defer res.Body.Close()
	for buf := make([]byte, 4096); !c.d.stream || !strings.Contains(c.got, "mild"); {
		n, err := res.Body.Read(buf)
		if c.got += string(buf[:n]); err != nil {
			c.err = err
			return
		}
	}
	c.breaks()
}

// breaks ends the connection so that the other side knows it at once.
func (c *cell) breaks() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn.SetLinger(0)
	c.conn.Close()
}

// leavesLast breaks the connection once it has all of the answer.
func leavesLast(g *gateway, c *cell) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	res, err := c.send(ctx, g, c.id())
	if c.err = err; err != nil {
		return
	}
	b, err := io.ReadAll(res.Body)
	c.status, c.got, c.err = res.StatusCode, string(b), err
	c.breaks()
}

// asksTwice uses a limit up, and asks again.
func asksTwice(g *gateway, c *cell) {
	c.reads(g, c.firstID())
	c.reads(g, c.id())
}

// rates are what a key has used of its limits.
type rates struct{ requests, tokens, calls, streams int64 }

func ratesOf(t *testing.T, g *gateway, c *cell) *rates {
	t.Helper()
	a := ask(t, "GET", g.url("/v1/quota"), "", "Authorization: Bearer "+c.key())
	var q struct {
		Rate struct {
			Requests int64 `json:"request_current_usage"`
			Tokens   int64 `json:"token_current_usage"`
			Calls    int64 `json:"calls_current_usage"`
			Streams  int64 `json:"streams_current_usage"`
		} `json:"rate_limit"`
	}
	if err := json.Unmarshal([]byte(a.body), &q); err != nil || a.status != 200 {
		t.Errorf("%s: the quota is %d %s", c.name(), a.status, a.body)
	}
	return &rates{q.Rate.Requests, q.Rate.Tokens, q.Rate.Calls, q.Rate.Streams}
}
