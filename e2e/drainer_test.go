package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// streamed begins a slow stream at g, and returns where its end comes, once the provider has been asked.
func streamed(t *testing.T, g *gateway, asked func() bool) <-chan string {
	t.Helper()
	body := make(chan string, 1)
	go func() {
		c := &http.Client{Timeout: patience}
		defer c.CloseIdleConnections()
		a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("m", `,"max_tokens":10,"stream":true,"user":"slowest"`), "Authorization: Bearer secret-of-ci-0001")
		body <- fmt.Sprint(a.body, err)
	}()
	await(t, "the call", asked, g.stderr.String)
	return body
}

// A process that drains and does not run for longer than another upgrade takes is not one that is gone: its calls are charged
// what they cost when it runs again.
func TestADrainingProcessThatIsStopped(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	body := streamed(t, g, func() bool { return calls.Load() == 1 })
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "handed over")
	second := lastSuccessor(t, g)
	defer syscall.Kill(second, syscall.SIGKILL)
	g.signal(syscall.SIGSTOP)
	syscall.Kill(second, syscall.SIGUSR2)
	await(t, "the other hand-over", func() bool { return strings.Count(g.stderr.String(), `"msg":"handed over"`) == 2 }, g.stderr.String)
	third := lastSuccessor(t, g)
	defer syscall.Kill(third, syscall.SIGKILL)
	time.Sleep(3 * time.Second)
	g.signal(syscall.SIGCONT)
	if got := <-body; !strings.Contains(got, "[DONE]") {
		t.Errorf("the client got %s", got)
	}
	g.ends(0)
	syscall.Kill(third, syscall.SIGTERM)
	await(t, "the end of the last", func() bool { return syscall.Kill(third, 0) != nil }, g.stderr.String)
	if spent, open := examine(t, dir); spent != eachCall || open != 0 {
		t.Errorf("%d spent, %d open\n%s", spent, open, g.stderr.String())
	}
	reconciled(t, dir, eachCall)
}

// A process that starts because a successor was killed finds the calls of the one that drains, which goes on, and does not charge
// them as cut off.
func TestAStartWhileAProcessDrains(t *testing.T) {
	base, calls := paid(t)
	config, dir := budgeted(t, base, "1000")
	g := serve(t, config)
	body := streamed(t, g, func() bool { return calls.Load() == 1 })
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "handed over")
	second := lastSuccessor(t, g)
	syscall.Kill(second, syscall.SIGKILL)
	fresh := serve(t, config)
	if got := <-body; !strings.Contains(got, "[DONE]") {
		t.Errorf("the client got %s", got)
	}
	g.ends(0)
	fresh.signal(syscall.SIGTERM)
	fresh.ends(0)
	if spent, open := examine(t, dir); spent != eachCall || open != 0 {
		t.Errorf("%d spent, %d open\n%s\n%s", spent, open, g.stderr.String(), fresh.stderr.String())
	}
	reconciled(t, dir, eachCall)
}

// A call that is refused while its process drains is in the trail, which another process writes by then.
func TestARefusalByADrainingProcessIsInTheTrail(t *testing.T) {
	base, _ := paid(t)
	config, dir := budgeted(t, base, "1000")
	config = strings.Replace(config, "{name: free,", "{name: blocked, key: secret-of-blocked, blocked_models: [m]}, {name: free,", 1)
	g := serve(t, config)
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := chatBody("m", `,"max_tokens":10`)
	fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret-of-blocked\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:10])
	time.Sleep(100 * time.Millisecond)
	g.signal(syscall.SIGUSR2)
	g.stderr.has(t, "handed over")
	pid := lastSuccessor(t, g)
	defer syscall.Kill(pid, syscall.SIGKILL)
	fmt.Fprint(conn, body[10:])
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != 403 {
		t.Fatalf("%v %v", answer, err)
	}
	answer.Body.Close()
	conn.Close()
	g.ends(0)
	syscall.Kill(pid, syscall.SIGTERM)
	await(t, "the end of the successor", func() bool { return syscall.Kill(pid, 0) != nil }, g.stderr.String)
	trail := filepath.Join(filepath.Dir(dir), "asbru-audit")
	calls, _ := exported(t, trail, trail)
	if len(calls) != 1 || calls[0].Status != 403 || calls[0].Key != "blocked" || calls[0].ID != answer.Header.Get("X-Request-Id") {
		t.Errorf("the trail has %+v", calls)
	}
}
