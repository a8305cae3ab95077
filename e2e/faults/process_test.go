package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// elsewhere returns the test for a row that is about the process itself or about many requests. ok is
// false for all others.
func (r *row) elsewhere() (f func(t *testing.T), ok bool) {
	switch {
	case strings.HasPrefix(r.ID, "g-kill9"):
		return killed, true
	case strings.HasPrefix(r.ID, "g-upgrade"):
		return upgraded, true
	case strings.HasPrefix(r.ID, "g-disk-full"):
		return diskFull, true
	case r.Family == "gateway":
		return func(t *testing.T) { t.Fatalf("the case is not understood: %s", r.Expect.Status) }, true
	case r.Family == "breaker":
		return storm, true
	}
	return nil, false
}

var built struct {
	sync.Once
	path, problem string
}

// program is the binary, built once.
func program(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "asbru-faults-")
		if err != nil {
			built.problem = err.Error()
			return
		}
		built.path = filepath.Join(dir, "asbru")
		if out, err := exec.Command("go", "build", "-trimpath", "-o", built.path, "asbru").CombinedOutput(); err != nil {
			built.problem = err.Error() + "\n" + string(out)
		}
	})
	if built.problem != "" {
		t.Fatalf("cannot build asbru: %s", built.problem)
	}
	return built.path
}

// start runs the program in front of a provider and returns its address and process.
func start(t *testing.T, text string, args ...string) (addr string, p *os.Process) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(file + ".log")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program(t), append([]string{"serve", "--listen", "127.0.0.1:0", file}, args...)...)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		log.Close()
	})
	await(t, "the program to listen", func() bool {
		b, _ := os.ReadFile(log.Name())
		for line := range strings.Lines(string(b)) {
			var entry struct{ Msg, Address string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
				addr = entry.Address
			}
		}
		return addr != ""
	})
	if addr == "" {
		t.FailNow()
	}
	return addr, cmd.Process
}

// streaming starts a program with a stream under way, of which two words have arrived.
func streaming(t *testing.T, steps ...string) (c net.Conn, br *bufio.Reader, p *os.Process) {
	t.Helper()
	sc, err := parse(steps)
	if err != nil {
		t.Fatal(err)
	}
	bad := newProvider(t, "bad", sc)
	bad.pace = 5 * time.Millisecond
	addr, p := start(t, document(ample, bad.base))
	c = dial(t, addr)
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(patience))
	br = bufio.NewReader(c)
	for line := ""; !strings.Contains(line, "bad-1"); {
		if line, err = br.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return c, br, p
}

// killed kills the process during a stream: the client sees the end of the connection, without a
// terminator.
func killed(t *testing.T) {
	_, br, p := streaming(t, "status 200", "event token x1000")
	p.Kill()
	b, err := io.ReadAll(br)
	if strings.Contains(string(b), "[DONE]") || strings.Contains(string(b), "0\r\n\r\n") {
		t.Errorf("the stream of a dead process ended well: %v, %.300s", err, last(string(b)))
	}
}

// diskFull fills the disk of the ledger: new calls are refused before anything is sent, and one that is
// under way finishes.
func diskFull(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m,mode=700"); err != nil {
		t.Skipf("only root can mount a disk that can be filled: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	sc, err := parse([]string{"status 200", "header content-type: text/event-stream", "event token x5", "done"})
	if err != nil {
		t.Fatal(err)
	}
	good := newProvider(t, "good", sc)
	slow := newProvider(t, "bad", sc)
	slow.pace = 500 * time.Millisecond
	text := document(ample, slow.base, good.base) + "governance: {ledger: '" + dir + "'}\nallow_anonymous: true\nbudgets: [{usd: 100000}]\n"
	addr, _ := start(t, text)
	under := dial(t, addr)
	defer under.Close()
	under.SetReadDeadline(time.Now().Add(patience))
	await(t, "a stream under way", func() bool { return slow.asked.Load() > 0 })
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<16); err == nil; {
		_, err = filler.Write(block)
	}
	filler.Close()
	refused := ""
	for end := time.Now().Add(patience); refused == "" && time.Now().Before(end); {
		asked := good.asked.Load()
		resp, err := http.Post("http://"+addr+"/v1/chat/completions", "application/json", strings.NewReader(strings.Replace(question, "t0", "t1", 1)+`,"max_tokens":5}`))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode == 503 {
			refused = string(b)
			if good.asked.Load() != asked {
				t.Error("a refused request was sent")
			}
		}
	}
	if !strings.Contains(refused, `"error"`) {
		t.Errorf("nothing was refused: %s", refused)
	}
	if b, err := io.ReadAll(untilDone(under)); !strings.Contains(string(b), "[DONE]") {
		t.Errorf("the stream under way: %v %.300s", err, b)
	}
}

// untilDone reads c up to the end of a stream.
func untilDone(c net.Conn) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := c.Read(p)
		if strings.Contains(string(p[:n]), "[DONE]") {
			err = io.EOF
		}
		return n, err
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// upgraded stops the process during a stream, as an upgrade does: it drains.
func upgraded(t *testing.T) {
	_, br, p := streaming(t, "status 200", "event each 100 ms for 10 s", "done")
	p.Signal(syscall.SIGTERM)
	b, err := io.ReadAll(br)
	if !strings.Contains(string(b), "[DONE]") {
		t.Errorf("the stream was cut: %v, %.300s", err, last(string(b)))
	}
}

// Some rows are played against the program itself, as well as against the data plane in this process.
func TestProgram(t *testing.T) {
	for _, loops := range []string{"-1", "2"} {
		for _, r := range ownRows {
			if sample := "failed, cut, reset, role, then an error, finish without a terminator"; r.Action != "" || !strings.Contains(sample, r.ID) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s", loops, r.ID), func(t *testing.T) {
				sc, err := parse(r.Steps)
				if err != nil {
					t.Fatal(err)
				}
				bad, good := newProvider(t, "bad", sc), newProvider(t, "good", &script{})
				addr, _ := start(t, document(ample, bad.base, good.base), "--loops", loops)
				a := ask(t, newClient(t), addr, r.Stream)
				a.invariant(t)
				if _, fallback := r.Expect.statuses(); fallback != (a.from(t) == "good") || a.status != 200 {
					t.Errorf("got %d from %q: %.300s", a.status, a.from(t), a.body)
				}
				r.checkTail(t, a)
			})
		}
	}
}

// storm sends requests to a provider that always fails, with a good one as fallback: it gets each request at
// most once, and a tenth more.
func storm(t *testing.T) {
	requests, workers := 200, 8
	if *full {
		requests = 20_000
	}
	for _, lane := range lanes {
		fails := &script{plays: make([][]act, 2*requests)}
		for i := range fails.plays {
			fails.plays[i] = []act{final(500, "")}
		}
		bad, good := newProvider(t, "bad", fails), newProvider(t, "good", &script{})
		g := newGateway(t, lane.loops, document(ample, bad.base, good.base))
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				c := newClient(t)
				for range requests / workers {
					if a := ask(t, c, g.addr, false); a.status != 200 || a.from(t) != "good" {
						t.Errorf("%s: got %d, %v: %.200s", lane.name, a.status, a.err, a.body)
						return
					}
				}
			})
		}
		wg.Wait()
		if n := bad.asked.Load(); n > int64(requests+requests/10) {
			t.Errorf("%s: the failing provider was asked %d times for %d requests", lane.name, n, requests)
		}
	}
}
