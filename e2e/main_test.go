package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of these tests, which normally are much shorter.
const patience = 20 * time.Second

// binary is the program, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "asbru-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "asbru")
	args := []string{"build", "-trimpath", "-o", binary}
	if race {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "asbru")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "cannot build asbru: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// output is the file that a process and its successors write to. With a pipe, the end of the first process would not be
// noticed while its successor runs.
type output struct{ *os.File }

func newOutput(t *testing.T) output {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "output-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return output{f}
}

func (o output) String() string {
	b, err := os.ReadFile(o.Name())
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// has waits for a log line with this message, and returns the first one.
func (o output) has(t *testing.T, message string) map[string]any {
	t.Helper()
	var found map[string]any
	await(t, "log line "+message, func() bool {
		for line := range strings.Lines(o.String()) {
			var entry map[string]any
			if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message {
				found = entry
				return true
			}
		}
		return false
	}, func() string { return o.String() })
	return found
}

// await polls until ok.
func await(t *testing.T, what string, ok func() bool, more func() string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited %v for %s\n%s", patience, what, more())
}

// A gateway is a running asbru serve.
type gateway struct {
	t      *testing.T
	cmd    *exec.Cmd
	file   string // its configuration; empty: none
	addr   string
	admin  string // empty: no admin listener
	stdout output
	stderr output
	exit   chan int // receives the exit code
}

func (g *gateway) url(path string) string { return "http://" + g.addr + path }

// serve writes a configuration and starts a gateway with it. The address is
// chosen by the kernel.
func serve(t *testing.T, config string, args ...string) *gateway {
	t.Helper()
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, config)
	g := start(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0", file}, args...)...)
	g.file = file
	return g
}

// start starts the program and waits until it listens.
func start(t *testing.T, env []string, args ...string) *gateway {
	t.Helper()
	g := &gateway{t: t, exit: make(chan int, 1), cmd: exec.Command(binary, args...), stdout: newOutput(t), stderr: newOutput(t)}
	g.cmd.Env = append(environ(), env...)
	g.cmd.Stdout, g.cmd.Stderr = g.stdout.File, g.stderr.File
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := g.cmd.Wait()
		var status *exec.ExitError
		switch {
		case err == nil:
			g.exit <- 0
		case errors.As(err, &status):
			g.exit <- status.ExitCode()
		default:
			g.exit <- -1
		}
	}()
	t.Cleanup(func() {
		g.cmd.Process.Kill()
		<-ended
		if s := g.stderr.String(); strings.Contains(s, "DATA RACE") || strings.Contains(s, "panic") {
			t.Errorf("the program says\n%s", s)
		}
	})
	up := g.stderr.has(t, "listening")
	g.addr, _ = up["address"].(string)
	g.admin, _ = up["admin"].(string)
	return g
}

// environ returns the environment without variables that affect the program.
func environ() (env []string) {
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); !strings.HasSuffix(name, "_API_KEY") && !strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "NOTIFY") {
			env = append(env, kv)
		}
	}
	return append(env, "TERM=dumb", "GORACE=atexit_sleep_ms=0")
}

func (g *gateway) signal(sig syscall.Signal) {
	g.t.Helper()
	if err := g.cmd.Process.Signal(sig); err != nil {
		g.t.Fatal(err)
	}
}

// ends waits for the process to end and checks its exit code.
func (g *gateway) ends(want int) {
	g.t.Helper()
	select {
	case code := <-g.exit:
		if code != want {
			g.t.Errorf("exit code %d, want %d\n%s", code, want, g.stderr.String())
		}
	case <-time.After(patience):
		g.t.Fatalf("it did not end\n%s", g.stderr.String())
	}
}

// asbru runs a command to its end.
func asbru(t *testing.T, code int, env []string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Env = append(environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("asbru %s: exit code %d (%v), want %d\n%s%s", strings.Join(args, " "), got, err, code, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An answer is a reply read to its end.
type answer struct {
	status int
	head   http.Header
	body   string
}

// client does not reuse connections between tests, follow redirects or ask for compression.
func client() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask sends a request; fields are "Name: value" lines.
func ask(t *testing.T, method, url, body string, fields ...string) answer {
	t.Helper()
	a, err := try(client(), method, url, body, fields...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return a
}

func try(c *http.Client, method, url, body string, fields ...string) (a answer, err error) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Set(name, value)
	}
	resp, err := c.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b)}, err
}

// chat asks for a chat completion of model; more are further members of the body.
func chat(t *testing.T, g *gateway, model, more string, fields ...string) answer {
	t.Helper()
	return ask(t, "POST", g.url("/v1/chat/completions"), chatBody(model, more), fields...)
}

func chatBody(model, more string) string {
	return `{"model":"` + model + `","messages":[{"role":"user","content":"Hello"}]` + more + `}`
}

// deadPort returns an address where nothing listens.
func deadPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
