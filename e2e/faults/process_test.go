package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// elsewhere plays the rows that are about more than one exchange: the process itself, and
// many requests. ok is false for all others.
func (r *row) elsewhere() (f func(t *testing.T), ok bool) {
	switch {
	case strings.HasPrefix(r.ID, "g-kill9"):
		return killed, true
	case strings.HasPrefix(r.ID, "g-upgrade"):
		return upgraded, true
	case strings.HasPrefix(r.ID, "g-disk-full"):
		return filled, true
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

// streaming starts a program with a stream under way, of which two words have come.
func streaming(t *testing.T, steps ...string) (c net.Conn, br *bufio.Reader, p *os.Process) {
	t.Helper()
	sc, err := parse(steps)
	if err != nil {
		t.Fatal(err)
	}
	bad := newProvider(t, "bad", sc)
	bad.pace = 5 * time.Millisecond
	addr, p := start(t, document(ample, bad.base))
	c, br = begun(t, addr)
	return c, br, p
}

// begun asks for a stream and waits for two words.
func begun(t *testing.T, addr string) (c net.Conn, br *bufio.Reader) {
	t.Helper()
	c = dial(t, addr)
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(patience))
	br = bufio.NewReader(c)
	for line := ""; !strings.Contains(line, "bad-1"); {
		var err error
		if line, err = br.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return c, br
}

// killed ends the process under a stream: the client sees the connection end, and no
// terminator.
func killed(t *testing.T) {
	_, br, p := streaming(t, "status 200", "event token x1000")
	p.Kill()
	b, err := io.ReadAll(br)
	if strings.Contains(string(b), "[DONE]") || strings.Contains(string(b), "0\r\n\r\n") {
		t.Errorf("the stream of a dead process ended well: %v, %.300s", err, last(string(b)))
	}
}

// upgraded asks the process to stop under a stream, as an upgrade does: it drains.
func upgraded(t *testing.T) {
	_, br, p := streaming(t, "status 200", "event each 100 ms for 10 s", "done")
	p.Signal(syscall.SIGTERM)
	b, err := io.ReadAll(br)
	if !strings.Contains(string(b), "[DONE]") {
		t.Errorf("the stream was cut: %v, %.300s", err, last(string(b)))
	}
}

// filled fills the disk that every call has to be written down on before it is made, under a
// stream: that one ends well, and new requests are refused before anybody is asked.
func filled(t *testing.T) {
	if !*full {
		t.Skip("fills a disk for half a minute: -full; e2e has it with less")
	}
	if os.Geteuid() != 0 {
		t.Skip("a disk that can be filled is mounted by root alone")
	}
	dir := filepath.Join(t.TempDir(), "ledger")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128m,mode=700"); err != nil {
		t.Skipf("cannot mount a small disk here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	release := make(chan struct{})
	bad := newProvider(t, "bad", &script{plays: [][]act{{func(s *stage) bool {
		if s.code = 200; !s.tokens(2, 0) {
			return false
		}
		select {
		case <-release:
			return s.finish()
		case <-s.gone:
			return false
		}
	}}}})
	long := waits{time.Second, time.Minute, 5 * time.Minute, 5 * time.Minute}
	text := strings.Replace(document(long, bad.base), "{alias: t0,", "{alias: t0, budgets: [{usd: 1000}],", 1)
	addr, _ := start(t, text+"governance: {ledger: '"+dir+"'}\nprices: {overrides: [{name: all, input: 1, output: 2}]}\n")
	c, br := begun(t, addr)
	fill, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); err == nil; {
		_, err = fill.Write(block)
	}
	fill.Close()
	var refused atomic.Pointer[answer]
	var asked atomic.Int64
	var wg sync.WaitGroup
	for range 8 { // what was set aside before is used up first
		wg.Go(func() {
			c := newClient(t)
			for range 10_000 {
				if refused.Load() != nil {
					return
				}
				if a := ask(t, c, addr, false); a.status != 200 {
					refused.CompareAndSwap(nil, a)
					return
				}
				asked.Add(1)
			}
		})
	}
	wg.Wait()
	a := refused.Load()
	if a == nil {
		t.Fatalf("none of %d requests was refused on a full disk", asked.Load())
	}
	if a.status != 503 || !strings.Contains(a.body, `"error"`) {
		t.Errorf("refused with %d %s", a.status, a.body)
	}
	if n := bad.asked.Load(); n != 1+asked.Load() {
		t.Errorf("the provider was asked %d times, for the stream and %d answers", n, asked.Load())
	}
	close(release)
	c.SetReadDeadline(time.Now().Add(patience))
	if b, err := io.ReadAll(br); !strings.Contains(string(b), "[DONE]") {
		t.Errorf("the stream under way was cut: %v, %.300s", err, last(string(b)))
	}
}

// The program itself plays some rows like the data plane in this process does.
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

// storm asks a provider that fails every time: with a good one behind it each request
// asks it at most once, and a tenth more.
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
