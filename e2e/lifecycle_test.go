package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/mock"
)

// state is the answer of /api/status.
type state struct {
	Snapshot int
	Draining bool
	Reloads  struct {
		OK, Failed int
		Problem    string
	}
}

func (g *gateway) state() (s state) {
	g.t.Helper()
	a := ask(g.t, "GET", g.url("/api/status"), "")
	if err := json.Unmarshal([]byte(a.body), &s); err != nil {
		g.t.Fatalf("status: %s: %v", a.body, err)
	}
	return s
}

func (g *gateway) awaits(what string, ok func(state) bool) {
	g.t.Helper()
	await(g.t, what, func() bool { return ok(g.state()) }, func() string { return fmt.Sprintf("%+v\n%s", g.state(), g.stderr.String()) })
}

func TestReloadBySignal(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base))
	if a := chat(t, g, "new-name", ""); a.status != 200 {
		t.Fatalf("one provider serves every name: %d %s", a.status, a.body)
	}
	write(t, g.file, local(base)+"virtual_keys: [{name: a, key: vk-0123456789abcdef}]\n")
	g.signal(syscall.SIGHUP)
	g.awaits("the new configuration", func(s state) bool { return s.Snapshot >= 2 })
	if a := chat(t, g, "fast", ""); a.status != 401 {
		t.Errorf("a key is needed now: %d %s", a.status, a.body)
	}
	write(t, g.file, local(base)+"admin: {listen: \"127.0.0.1:0\"}\n")
	g.signal(syscall.SIGHUP)
	g.stderr.has(t, "configuration problem")
	if s := g.stderr.String(); !strings.Contains(s, "admin.listen: has changed and stays as it was") {
		t.Errorf("a change that needs a restart is not reported:\n%s", s)
	}
}

func TestReloadByChange(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base))
	write(t, g.file, local(base)+"allow_anonymous: false\n")
	g.awaits("the change to be seen", func(s state) bool { return s.Snapshot == 2 })
	if a := chat(t, g, "fast", ""); a.status != 401 {
		t.Errorf("a call without an allowed key: %d %s", a.status, a.body)
	}
}

// load sends requests until stop, and counts answers and failures.
type load struct {
	done, failed atomic.Int64
	stop         chan struct{}
	wg           sync.WaitGroup
	first        atomic.Pointer[string] // the first failure
}

func loaded(t *testing.T, g *gateway, workers int) *load {
	t.Helper()
	l := &load{stop: make(chan struct{})}
	for i := range workers {
		l.wg.Go(func() {
			c := client()
			c.Transport.(*http.Transport).DisableKeepAlives = i%2 == 0
			defer c.CloseIdleConnections()
			for {
				select {
				case <-l.stop:
					return
				default:
				}
				a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("fast", ""))
				l.done.Add(1)
				if err != nil || a.status != 200 {
					l.failed.Add(1)
					what := fmt.Sprint(err, " ", a.status, " ", a.body)
					l.first.CompareAndSwap(nil, &what)
				}
			}
		})
	}
	return l
}

// ends stops the load and checks that no request failed.
func (l *load) ends(t *testing.T) {
	t.Helper()
	close(l.stop)
	l.wg.Wait()
	if l.failed.Load() > 0 {
		t.Errorf("%d of %d requests failed; the first: %s", l.failed.Load(), l.done.Load(), *l.first.Load())
	}
	t.Logf("%d requests", l.done.Load())
}

func TestBrokenFileUnderLoad(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base))
	l := loaded(t, g, 4)
	for i := 1; i <= 50; i++ {
		write(t, g.file, local(base)+fmt.Sprintf("lisen: %d\n", i))
		g.signal(syscall.SIGHUP)
		g.awaits("the refusal", func(s state) bool { return s.Reloads.Failed >= i })
	}
	write(t, g.file, local(base)+"  - {alias: later, provider: local}\n")
	g.signal(syscall.SIGHUP)
	g.awaits("a good file again", func(s state) bool { return s.Reloads.OK == 2 && s.Reloads.Problem == "" })
	l.ends(t)
	if s := g.stderr.String(); !strings.Contains(s, g.file+":5: lisen: unknown field") {
		t.Errorf("the log does not say why:\n%.2000s", s)
	}
}

// Reloads that change the endpoint replace its pool without failing a request.
func TestPoolsChangeUnderLoad(t *testing.T) {
	bases := []string{standIn(t, mock.Options{}), standIn(t, mock.Options{})}
	g := serve(t, local(bases[0]))
	l := loaded(t, g, 4)
	for i := 2; i < 22; i++ {
		write(t, g.file, local(bases[i%2]))
		g.signal(syscall.SIGHUP)
		g.awaits("the reload", func(s state) bool { return s.Snapshot >= i })
	}
	l.ends(t)
}

// A drain lets a stream finish and closes the connection afterwards.
func TestDrainUnderStreams(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"admin: {listen: \"127.0.0.1:0\"}\n", func(t *testing.T, g *gateway) {
		const n = 20
		var wg sync.WaitGroup
		begun, results := make(chan struct{}, 2*n), make(chan string, 2*n)
		for name, c := range map[string]*http.Client{"1.1": client(), "2": h2(nil)} {
			for range n {
				wg.Go(func() { results <- name + " " + follow(c, g.url("/v1/chat/completions"), aSecond, begun) })
			}
			defer c.CloseIdleConnections()
		}
		for range 2 * n {
			<-begun
		}
		g.signal(syscall.SIGTERM)
		g.stderr.has(t, "draining")
		if a := ask(t, "GET", "http://"+g.admin+"/health/ready", ""); a.status != 503 || !strings.Contains(a.body, "draining") {
			t.Errorf("ready while draining: %d %s", a.status, a.body)
		}
		if a, err := try(client(), "GET", g.url("/health/live"), ""); err == nil {
			t.Errorf("a new connection while draining: %d", a.status)
		}
		wg.Wait()
		close(results)
		for r := range results {
			if !strings.HasSuffix(r, " whole") {
				t.Errorf("a stream: %s", r)
			}
		}
		g.ends(0)
		g.stderr.has(t, "drained")
	})
}

// Streams that take about a second, and that never end.
const (
	aSecond = "mock-chunks-20+gap-60ms"
	forEver = "mock-chunks-10000+gap-100ms"
)

// follow reads a stream.
func follow(c *http.Client, url, model string, begun chan<- struct{}) string {
	r, err := http.NewRequest("POST", url, strings.NewReader(chatBody(model, `,"stream":true`)))
	if err != nil {
		return err.Error()
	}
	resp, err := c.Do(r)
	if err != nil {
		begun <- struct{}{}
		return err.Error()
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	line, err := in.ReadString('\n')
	begun <- struct{}{}
	rest, err2 := io.ReadAll(in)
	if err != nil || err2 != nil || !strings.HasSuffix(string(rest), "data: [DONE]\n\n") {
		return fmt.Sprint(err, err2, resp.Status, line, string(rest))
	}
	return "whole"
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base))
	begun := make(chan struct{}, 1)
	cut := make(chan string, 1)
	go func() { cut <- follow(client(), g.url("/v1/chat/completions"), forEver, begun) }()
	<-begun
	g.signal(syscall.SIGINT)
	g.stderr.has(t, "draining")
	late := time.Now().Add(patience)
	for over := false; !over && time.Now().Before(late); { // one directly after the first counts as its repetition
		g.cmd.Process.Signal(syscall.SIGINT) // fails after the process has ended
		select {
		case code := <-g.exit:
			g.exit <- code
			over = true
		case <-time.After(100 * time.Millisecond):
		}
	}
	g.ends(1)
	if r := <-cut; r == "whole" {
		t.Error("the stream ended by itself")
	}
}

// A start that waits for something, here for another process to leave the ledger, ends at a signal.
func TestStartEndsAtOnce(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1")
	holder := serve(t, config)
	second := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", holder.file)
	said := newOutput(t)
	second.Env, second.Stderr = environ(), said.File
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	said.has(t, "the ledger is still open in another process; waiting for that to end")
	second.Process.Signal(syscall.SIGTERM)
	second.Wait()
	if status, ok := second.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("the start ended with %v\n%s", second.ProcessState, said)
	}
	if _, errs := asbru(t, 1, nil, "serve", "--listen", "127.0.0.1:0", holder.file); !strings.Contains(errs, "another process has the ledger in "+dir+" open; only one may write it; hint: fuser "+filepath.Join(dir, "lock")+" names it") {
		t.Errorf("a ledger that another process keeps: %s", errs)
	}
	holder.signal(syscall.SIGTERM)
	holder.ends(0)
}

func TestDrainIsBounded(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"limits: {drain_wait: 200ms}\n", func(t *testing.T, g *gateway) {
		begun := make(chan struct{}, 1)
		done := make(chan string, 1)
		go func() { done <- follow(client(), g.url("/v1/chat/completions"), forEver, begun) }()
		<-begun
		g.signal(syscall.SIGTERM)
		g.ends(0)
		if r := <-done; r == "whole" {
			t.Error("the stream outlived the bound")
		}
	})
}

// A hand-over loses no request and no stream, and the successor can hand over again.
func TestHandOver(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base)+"admin: {listen: \"127.0.0.1:0\"}\n")
	l := loaded(t, g, 4)
	begun, done := make(chan struct{}, 1), make(chan string, 1)
	go func() { done <- follow(client(), g.url("/v1/chat/completions"), aSecond, begun) }()
	<-begun
	g.signal(syscall.SIGUSR2)
	pid := int(g.stderr.has(t, "handed over")["successor"].(float64))
	defer syscall.Kill(pid, syscall.SIGKILL)
	await(t, "the successor on the admin listener", func() bool {
		a, err := try(client(), "GET", "http://"+g.admin+"/health/ready", "")
		return err == nil && a.status == 200
	}, g.stderr.String)
	for range 20 { // while the predecessor drains
		if a := ask(t, "GET", "http://"+g.admin+"/health/ready", ""); a.status != 200 {
			t.Fatalf("the predecessor answers on the admin listener: %d %s", a.status, a.body)
		}
	}
	if r := <-done; r != "whole" {
		t.Errorf("a stream in the old process: %s", r)
	}
	g.ends(0)
	if a := ask(t, "GET", "http://"+g.admin+"/health/ready", ""); a.status != 200 {
		t.Errorf("the admin listener of the successor: %d", a.status)
	}
	before := l.done.Load()
	await(t, "requests at the successor", func() bool { return l.done.Load() > before+50 }, g.stderr.String)
	l.ends(t)
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the end of the successor", func() bool { _, err := try(client(), "GET", g.url("/health/live"), ""); return err != nil }, g.stderr.String)
	await(t, "its last line", func() bool { return strings.Count(g.stderr.String(), `"msg":"drained"`) == 2 }, g.stderr.String)
}

// A successor that cannot start changes nothing.
func TestHandOverRefused(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base))
	write(t, g.file, "lisen: x\n")
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "hand-over refused; this process goes on")
	if a := chat(t, g, "fast", ""); a.status != 200 {
		t.Errorf("the old process: %d %s", a.status, a.body)
	}
}

func TestAccessLogMovesOn(t *testing.T) {
	base := standIn(t, mock.Options{})
	dir := t.TempDir()
	name := filepath.Join(dir, "access.log")
	g := serve(t, local(base)+"observability: {access_log: "+name+", server_timing: true}\nvirtual_keys: [{name: a, key: vk-0123456789abcdef}]\n")
	line := func(file, id string) string {
		var found string
		await(t, "a line with "+id, func() bool {
			b, _ := os.ReadFile(file)
			for l := range strings.Lines(string(b)) {
				if strings.Contains(l, id) {
					found = l
					return true
				}
			}
			return false
		}, g.stderr.String)
		return found
	}
	a := chat(t, g, "fast", "", "Authorization: Bearer vk-0123456789abcdef")
	if !strings.Contains(a.head.Get("Server-Timing"), "gateway;dur=") {
		t.Errorf("no Server-Timing: %v", a.head)
	}
	l := line(name, a.head.Get("X-Request-Id"))
	var entry map[string]any
	if err := json.Unmarshal([]byte(l), &entry); err != nil || strings.Contains(l, "vk-") || !strings.Contains(l, "127.0.0.1") {
		t.Errorf("the line %s: %v", l, err)
	}
	// A client of the slow door is logged with its own address, too.
	c := h2(nil)
	defer c.CloseIdleConnections()
	b, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("fast", ""), "Authorization: Bearer vk-0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	if l := line(name, b.head.Get("X-Request-Id")); !strings.Contains(l, "127.0.0.1") {
		t.Errorf("the line of an HTTP/2 client: %s", l)
	}
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	g.signal(syscall.SIGHUP)
	await(t, "a new file", func() bool { _, err := os.Stat(name); return err == nil }, g.stderr.String)
	a = chat(t, g, "fast", "", "Authorization: Bearer vk-0123456789abcdef")
	line(name, a.head.Get("X-Request-Id"))
	g.signal(syscall.SIGTERM)
	g.ends(0)
}

func TestAdminListener(t *testing.T) {
	base := standIn(t, mock.Options{})
	g := serve(t, local(base)+"admin: {listen: \"127.0.0.1:0\", token: admin-canary-0123456789}\n")
	chat(t, g, "fast", "")
	f := func(want int, url, says string, fields ...string) {
		t.Helper()
		if a := ask(t, "GET", url, "", fields...); a.status != want || !strings.Contains(a.body, says) {
			t.Errorf("%s: %d %.500s, want %d with %q", url, a.status, a.body, want, says)
		}
	}
	admin := "http://" + g.admin
	f(200, admin+"/metrics", `asbru_lane_requests_total`)
	f(200, admin+"/metrics", "asbru_build_info", "Authorization: Bearer admin-canary-0123456789")
	f(401, admin+"/metrics", "admin token", "Authorization: Bearer wrong")
	f(200, admin+"/debug/pprof/goroutine?debug=1", "goroutine profile")
	f(404, g.url("/debug/pprof/goroutine"), "not_found")
	f(200, g.url("/metrics"), "asbru_build_info")
	f(403, g.url("/metrics"), "same machine", "X-Forwarded-For: 203.0.113.1")
	f(404, admin+"/v1/models", "not_found")
}

// A provider that stalls is given up; a client that hangs up ends the call.
func TestHangUpReachesTheProvider(t *testing.T) {
	gone := make(chan struct{}, 2)
	_, base := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- struct{}{}
	})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		for name, c := range map[string]*http.Client{"HTTP/1.1": client(), "HTTP/2": h2(nil)} {
			resp, err := c.Post(g.url("/v1/chat/completions"), "application/json", strings.NewReader(chatBody("fast", `,"stream":true`)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			resp.Body.Close()
			select {
			case <-gone:
			case <-time.After(patience):
				t.Errorf("%s: the provider's connection was not closed", name)
			}
			c.CloseIdleConnections()
		}
	})
}
