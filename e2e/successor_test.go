package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// child waits for a successor that pid has started and that is not one of but, and returns its pid. A process without a successor's
// environment is none: the runtime starts one to try something.
func child(t *testing.T, pid int, but ...int) int {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		found, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		for _, path := range found {
			list, _ := os.ReadFile(path)
		next:
			for _, field := range strings.Fields(string(list)) {
				n, _ := strconv.Atoi(field)
				for _, b := range but {
					if n == b {
						continue next
					}
				}
				if env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", n)); bytes.Contains(env, []byte("ASBRU_HANDOVER=")) {
					return n
				}
			}
		}
	}
	t.Fatalf("process %d starts none", pid)
	return 0
}

// A successor that dies while its predecessor is about to give it the ledger leaves that with its predecessor.
func TestSuccessorDiesAsItTakesTheLedger(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	stuck := make(chan struct{})
	sink := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck })) // the trail waits for it a moment before it ends
	t.Cleanup(sink.Close)
	t.Cleanup(func() { close(stuck) })
	g := serve(t, config+"audit: {sinks: [{type: webhook, url: '"+sink.URL+"', secret: a-secret-of-the-hook-1}]}\n")
	key := "Authorization: Bearer secret-of-ci-0001"
	calls := int64(0)
	call := func(when string) {
		t.Helper()
		if a := chat(t, g, "m", `,"max_tokens":10`, key); a.status != 200 {
			t.Fatalf("%s: %d %s\n%s", when, a.status, a.body, g.stderr.String())
		}
		calls++
	}
	var dead []int
	for n, after := range []time.Duration{100, 300, 600, 1000} {
		call("before")
		g.signal(syscall.SIGUSR2)
		pid := child(t, g.cmd.Process.Pid, dead...)
		time.Sleep(after * time.Millisecond)
		syscall.Kill(pid, syscall.SIGKILL)
		dead = append(dead, pid)
		await(t, "the end of the hand-over", func() bool { return strings.Count(g.stderr.String(), "hand-over refused; this process goes on") > n }, g.stderr.String)
		call("after a successor that was killed after " + (after * time.Millisecond).String())
	}
	g.signal(syscall.SIGTERM)
	g.ends(0)
	if spent, open := examine(t, dir); spent != calls*eachCall || open != 0 {
		t.Errorf("%d calls, %d spent, %d open", calls, spent, open)
	}
}

// stuckSink is a webhook that answers nobody before the test ends.
func stuckSink(t *testing.T) (url string) {
	stuck := make(chan struct{})
	sink := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck }))
	t.Cleanup(sink.Close)
	t.Cleanup(func() { close(stuck) })
	return sink.URL
}

// A predecessor that is killed while it is about to give its ledger away leaves it to its successor, which serves.
func TestPredecessorIsKilledAsItPassesTheLedger(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	sink := stuckSink(t)
	g := serve(t, config+"audit: {sinks: [{type: webhook, url: '"+sink+"', secret: a-secret-of-the-hook-1}]}\n")
	key := "Authorization: Bearer secret-of-ci-0001"
	if a := chat(t, g, "m", `,"max_tokens":10`, key); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	g.signal(syscall.SIGUSR2)
	pid := child(t, g.cmd.Process.Pid)
	defer syscall.Kill(pid, syscall.SIGKILL)
	time.Sleep(300 * time.Millisecond)
	g.signal(syscall.SIGKILL)
	c := &http.Client{Timeout: patience}
	defer c.CloseIdleConnections()
	if a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`), key); err != nil || a.status != 200 {
		t.Fatalf("at the successor: %d %s %v\n%s", a.status, a.body, err, g.stderr.String())
	}
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of the successor", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	if spent, open := examine(t, dir); spent != 2*eachCall || open != 0 {
		t.Errorf("%d spent, %d open\n%s", spent, open, g.stderr.String())
	}
}

// Hand-overs follow each other, of which most fail after the successor took the ledger; meanwhile processes that drain have long streams. Every call is served, and charged once.
func TestHandOversOfWhichSomeFail(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	c := &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 8, MaxIdleConnsPerHost: 8}}
	defer c.CloseIdleConnections()
	var stop atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop.Store(true)
	for i := range 6 {
		wg.Go(func() {
			for !stop.Load() {
				more := [...]string{"", `,"stream":true,"user":"slow"`}[i/3]
				if a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10`+more), "Authorization: Bearer secret-of-ci-0001"); err != nil || a.status != 200 || more != "" && !strings.Contains(a.body, "[DONE]") {
					t.Errorf("%d %s %v", a.status, a.body, err)
				}
				if more == "" {
					time.Sleep(5 * time.Millisecond)
				}
			}
		})
	}
	pid, refused, handed := g.cmd.Process.Pid, 0, 0
	bad := strings.Replace(config, "admin: {listen: '127.0.0.1:0'}", "admin: {listen: '192.0.2.1:1'}", 1) // found out after the ledger was opened
	turn := func(text string, want *int, word string) {
		t.Helper()
		time.Sleep(150 * time.Millisecond)
		write(t, g.file, text)
		if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
			t.Fatal(err)
		}
		*want++
		await(t, word, func() bool { return strings.Count(g.stderr.String(), `"msg":"`+word) == *want }, g.stderr.String)
	}
	for range 3 {
		turn(bad, &refused, "hand-over refused")
		turn(config, &handed, "handed over")
		pid = lastSuccessor(t, g)
		defer syscall.Kill(pid, syscall.SIGKILL)
		turn(bad, &refused, "hand-over refused")
	}
	write(t, g.file, config)
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of all processes", func() bool { return strings.Count(g.stderr.String(), `"msg":"drained"`) == 1+handed }, g.stderr.String)
	await(t, "the ledger let go", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	if spent, open := examine(t, dir); spent != calls.Load()*eachCall || open != 0 || calls.Load() == 0 {
		t.Errorf("%d calls cost %d, and the ledger says %d spent, %d open\n%s", calls.Load(), calls.Load()*eachCall, spent, open, g.stderr.String())
	}
	reconciled(t, dir, calls.Load()*eachCall)
}

// A successor that is told to end stays until its predecessor's calls are paid, which it pays: a client that sees the end of its
// answer has its call charged. Who stops a service signals both; that is the first signal to end for both.
func TestSuccessorEndsBeforeItsPredecessor(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	c := &http.Client{Timeout: patience}
	defer c.CloseIdleConnections()
	body := make(chan string, 1)
	go func() {
		a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10,"stream":true,"user":"slowest"`), "Authorization: Bearer secret-of-ci-0001")
		body <- fmt.Sprint(a.body, err)
	}()
	await(t, "the call", func() bool { return calls.Load() == 1 }, g.stderr.String)
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "handed over")
	pid := lastSuccessor(t, g)
	defer syscall.Kill(pid, syscall.SIGKILL)
	time.Sleep(600 * time.Millisecond) // a signal sooner than that would count as the same as the first
	syscall.Kill(pid, syscall.SIGTERM)
	g.signal(syscall.SIGTERM)
	begun := time.Now()
	if got := <-body; !strings.Contains(got, "[DONE]") {
		t.Errorf("the client got %s", got)
	}
	g.ends(0)
	await(t, "the end of the successor", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	if took := time.Since(begun); took > patience/4 {
		t.Errorf("the end took %v", took)
	}
	if spent, open := examine(t, dir); spent != eachCall || open != 0 {
		t.Errorf("%d spent, %d open\n%s", spent, open, g.stderr.String())
	}
	reconciled(t, dir, eachCall)
}

// A successor whose ledger is another one does not write the trail of its predecessor, which goes on. After a restart the other
// ledger has its calls in the trail, from the first on.
func TestSuccessorOfAnotherLedger(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	key := "Authorization: Bearer secret-of-ci-0001"
	call := func(times int) {
		t.Helper()
		for range times {
			if a := chat(t, g, "m", `,"max_tokens":10`, key); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
		}
	}
	call(3)
	write(t, g.file, strings.Replace(config, dir, dir+"-2", 1))
	g.signal(syscall.SIGUSR2)
	if refused := g.stderr.has(t, "hand-over refused; this process goes on"); !strings.Contains(g.stderr.String(), "another process writes the audit trail in ") {
		t.Errorf("%v\n%s", refused, g.stderr.String())
	}
	call(1)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	g = start(t, nil, "serve", "--listen", "127.0.0.1:0", g.file)
	call(2)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	trail := filepath.Join(filepath.Dir(dir), "asbru-audit")
	if calls, _ := exported(t, trail, filepath.Join(trail, "audit.db")); len(calls) != 6 {
		t.Errorf("%d calls are in the trail; want 6", len(calls))
	}
}

// What others change in the store while the successor of a process is about to get its ledger is applied when there is no successor
// after all: a key that was revoked is refused. The change does not open the trail again, which would have two writers.
func TestTheStoreChangesDuringAHandOverThatFails(t *testing.T) {
	base, _ := paid(t)
	config, _ := budgeted(t, base, "1000")
	sink := stuckSink(t)
	g := serve(t, config+"store: {path: '"+filepath.Join(t.TempDir(), "asbru.db")+"', poll: 50ms}\n"+
		"audit: {sinks: [{type: webhook, url: '"+sink+"', secret: a-secret-of-the-hook-1}]}\n")
	key, _ := asbru(t, 0, nil, "keys", "create", "short", "--config", g.file)
	call := func() int {
		return chat(t, g, "m", `,"max_tokens":10`, "Authorization: Bearer "+strings.TrimSpace(key)).status
	}
	await(t, "the key", func() bool { return call() == 200 }, g.stderr.String)
	g.signal(syscall.SIGUSR2)
	pid := child(t, g.cmd.Process.Pid)
	defer syscall.Kill(pid, syscall.SIGKILL)
	time.Sleep(300 * time.Millisecond) // the trail waits for its sink now
	asbru(t, 0, nil, "keys", "revoke", "short", "--config", g.file)
	g.stderr.has(t, "configuration problem")
	syscall.Kill(pid, syscall.SIGKILL)
	g.stderr.has(t, "hand-over refused; this process goes on")
	await(t, "the key to be refused", func() bool { return call() == 403 || call() == 401 }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
}

// Changes through the admin API that are made while a hand-over is under way, and its trail waits for a sink that does not answer, are
// in the trail: those that were not refused.
func TestChangesDuringAHandOverAreInTheTrail(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	sink := stuckSink(t)
	db := filepath.Join(t.TempDir(), "asbru.db")
	g := serve(t, config+"store: {path: '"+db+"'}\naudit: {sinks: [{type: webhook, url: '"+sink+"', secret: a-secret-of-the-hook-1}]}\n")
	k := &kept{gateway: g, token: tokenTold.FindString(g.stderr.String())}
	chat(t, g, "m", `,"max_tokens":10`, "Authorization: Bearer secret-of-ci-0001")
	c := &http.Client{Timeout: patience}
	defer c.CloseIdleConnections()
	want := map[string]bool{}
	create := func() {
		name := fmt.Sprintf("key-%d", len(want))
		a, err := try(c, "POST", "http://"+k.admin+"/api/governance/virtual-keys", `{"name":"`+name+`","allow_all_providers":true}`, "Authorization: Bearer "+k.token)
		if err == nil && a.status == 200 {
			want["virtual-key/"+name] = true
		}
		time.Sleep(10 * time.Millisecond)
	}
	create()
	g.signal(syscall.SIGUSR2)
	for end := time.Now().Add(patience); time.Now().Before(end) && !strings.Contains(g.stderr.String(), `"msg":"hand`); {
		create()
	}
	create()
	g.stderr.has(t, "handed over")
	pid := lastSuccessor(t, g)
	defer syscall.Kill(pid, syscall.SIGKILL)
	g.ends(0)
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of the successor", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	_, all := exported(t, filepath.Join(filepath.Dir(dir), "asbru-audit"), filepath.Join(filepath.Dir(dir), "asbru-audit"))
	made := len(want)
	for _, e := range all {
		if e.Did == "create" {
			delete(want, e.What)
		}
	}
	if len(want) > 0 || made < 3 {
		t.Errorf("%d of %d changes that were made are not in the trail: %v\n%s", len(want), made, want, g.stderr.String())
	}
}
