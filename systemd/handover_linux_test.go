package systemd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience bounds every wait of these tests; what hangs, hangs for ever.
const patience = 20 * time.Second

// A dynasty is a server process and its successors, told apart by pid.
type dynasty struct {
	t      *testing.T
	pid    int // who serves now
	addr   string
	lines  chan string
	stderr string // path of the file that all of them write to
}

func found(t *testing.T, env ...string) *dynasty {
	t.Helper()
	// Successors lose their parent; without this they would become children of
	// process 1, which owes us no answer about their end.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	cmd := exec.Command(self(t))
	cmd.Env = append(append(os.Environ(), roleVariable+"=server", quickExit), env...)
	cmd.Stdout, cmd.Stderr = w, stderr
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	d := &dynasty{t: t, pid: cmd.Process.Pid, lines: make(chan string, 1000), stderr: stderr.Name()}
	go func() {
		for s := bufio.NewScanner(r); s.Scan(); {
			d.lines <- s.Text()
		}
		r.Close()
		close(d.lines)
	}()
	t.Cleanup(d.end)
	d.pid, d.addr = d.await("serving")
	return d
}

// await skips lines until one of the event and returns its pid and detail.
func (d *dynasty) await(event string) (pid int, detail string) {
	d.t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, ok := <-d.lines:
			if !ok {
				d.t.Fatalf("all processes are gone; waited for %q; they wrote:\n%s", event, d.complaints())
			}
			if rest, ok := strings.CutPrefix(line, event+" "); ok {
				if _, err := fmt.Sscan(rest, &pid); err != nil {
					d.t.Fatalf("cannot read %q: %v", line, err)
				}
				_, detail, _ = strings.Cut(rest, " ")
				return pid, detail
			}
		case <-late:
			d.t.Fatalf("no line %q within %v; they wrote:\n%s", event, patience, d.complaints())
		}
	}
}

// upgrade replaces the serving process and waits until the old one has ended.
func (d *dynasty) upgrade() {
	d.t.Helper()
	if err := unix.Kill(d.pid, unix.SIGUSR2); err != nil {
		d.t.Fatal(err)
	}
	old := d.pid
	// Two processes print these, in either order.
	var on string
	for range 2 {
		select {
		case line := <-d.match("serving", "nonblock"):
			f := strings.Fields(line)
			if f[0] == "nonblock" {
				on = strings.Join(f[2:], " ")
			} else {
				fmt.Sscan(f[1], &d.pid)
			}
		case <-time.After(patience):
			d.t.Fatalf("process %d did not hand over within %v; they wrote:\n%s", old, patience, d.complaints())
		}
	}
	if on != "true <nil>" {
		d.t.Errorf("O_NONBLOCK of the shared description after the hand-over: %s, want true", on)
	}
	if d.pid == old {
		d.t.Fatalf("process %d still serves", old)
	}
	d.reap(old, 0)
}

// match returns a channel with the next line that starts with one of the events.
func (d *dynasty) match(events ...string) <-chan string {
	out := make(chan string, 1)
	go func() {
		for line := range d.lines {
			if event, _, _ := strings.Cut(line, " "); slices.Contains(events, event) {
				out <- line
				return
			}
		}
	}()
	return out
}

// reap waits for the end of a process and checks how it ended.
func (d *dynasty) reap(pid int, want int) {
	d.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var status unix.WaitStatus
		got, err := unix.Wait4(pid, &status, unix.WNOHANG, nil)
		if errors.Is(err, unix.ECHILD) {
			continue // its own parent, which is ending, has not left it to us yet
		}
		if err != nil {
			d.t.Fatalf("cannot wait for process %d: %v", pid, err)
		}
		if got == pid {
			if status.Signaled() || status.ExitStatus() != want {
				d.t.Errorf("process %d ended with %#x, want exit status %d; they wrote:\n%s", pid, status, want, d.complaints())
			}
			return
		}
	}
	d.t.Fatalf("process %d is still there after %v", pid, patience)
}

func (d *dynasty) complaints() string {
	b, err := os.ReadFile(d.stderr)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (d *dynasty) end() {
	_ = unix.Kill(d.pid, unix.SIGKILL)
	_, _ = unix.Wait4(d.pid, nil, 0, nil)
	for range d.lines { // until the last process has closed its standard output
	}
	if text := d.complaints(); text != "" {
		d.t.Errorf("the servers complained:\n%s", text)
	}
}

// A listener that has come through os.File hangs the old process just when no
// connection wakes it, so these hand-overs have no traffic.
func TestHandOverIdle(t *testing.T) {
	d := found(t)
	var took []time.Duration
	for range 20 {
		start := time.Now()
		d.upgrade()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	t.Logf("20 hand-overs without traffic: median %v, longest %v", took[10], took[19])
	if took[10] > time.Second {
		t.Errorf("a hand-over takes %v in the median, more than a second", took[10])
	}
	if err := request(d.addr); err != nil {
		t.Errorf("after 20 hand-overs: %v", err)
	}
}

func TestHandOverUnderLoad(t *testing.T) {
	d := found(t)
	stop := make(chan struct{})
	var clients sync.WaitGroup
	var good, bad atomic.Int64
	for range 4 {
		clients.Go(func() {
			if err := load(d.addr, stop, &good); err != nil {
				bad.Add(1)
				t.Errorf("a request failed: %v", err)
			}
		})
	}
	for range 10 {
		before := good.Load()
		d.upgrade()
		for end := time.Now().Add(patience); good.Load() < before+100 && bad.Load() == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d requests in %v after a hand-over", good.Load()-before, patience)
			}
		}
	}
	close(stop)
	clients.Wait()
	t.Logf("10 hand-overs: %d requests, %d failed", good.Load()+bad.Load(), bad.Load())
}

// load sends requests until stop, on a connection for as long as the server
// keeps it and on a new one after each twentieth. It retries nothing.
func load(addr string, stop <-chan struct{}, good *atomic.Int64) error {
	for {
		c, err := net.DialTimeout("tcp", addr, patience)
		if err != nil {
			return err
		}
		r := bufio.NewReader(c)
		for n := 0; n < 20; n++ {
			select {
			case <-stop:
				return c.Close()
			case <-time.After(time.Millisecond):
			}
			closes, err := exchange(c, r)
			if err != nil {
				c.Close()
				return fmt.Errorf("request %d of a connection: %w", n+1, err)
			}
			good.Add(1)
			if closes {
				break
			}
		}
		c.Close()
	}
}

func exchange(c net.Conn, r *bufio.Reader) (closes bool, err error) {
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")); err != nil {
		return false, err
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.Close, err
}

func request(addr string) error {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = exchange(c, bufio.NewReader(c))
	return err
}

// If the old process dies between giving the sockets and the end of the
// conversation, the new one is all there is, and serves.
func TestHandOverOrphan(t *testing.T) {
	d := found(t, slowVariable+"=300ms")
	if err := unix.Kill(d.pid, unix.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	heir, _ := d.await("inherited")
	if err := unix.Kill(d.pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Wait4(d.pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	d.pid = heir
	if pid, _ := d.await("serving"); pid != heir {
		t.Errorf("process %d serves, want %d", pid, heir)
	}
	if err := request(d.addr); err != nil {
		t.Error(err)
	}
}

func TestHandOverBroken(t *testing.T) {
	l := listen(t)
	unused := listen(t)
	f := func(role string, h *HandOver, want string) {
		t.Helper()
		t.Setenv(roleVariable, role)
		t.Setenv("GORACE", "atexit_sleep_ms=0")
		before := openFiles(t)
		pid, err := h.Start(t.Context(), map[string]net.Listener{"api": l, "admin": unused})
		if err == nil || pid != 0 || !strings.Contains(err.Error(), want) {
			t.Fatalf("%s: Start = %d, %v; want an error with %q", role, pid, err, want)
		}
		t.Logf("%s: %v", role, err)
		if on, err := nonblock(l); !on || err != nil {
			t.Errorf("%s: O_NONBLOCK is %v, %v", role, on, err)
		}
		if after := openFiles(t); after != before {
			t.Errorf("%s: %d open files became %d", role, before, after)
		}
		if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); !errors.Is(err, unix.ECHILD) {
			t.Errorf("%s: a child is left (%v)", role, err)
		}
		accepted := make(chan error, 1)
		go func() {
			c, err := l.Accept()
			if err == nil {
				err = c.Close()
			}
			accepted <- err
		}()
		c, err := net.DialTimeout("tcp", l.Addr().String(), patience)
		if err != nil {
			t.Fatalf("%s: nobody listens any more: %v", role, err)
		}
		c.Close()
		if err := <-accepted; err != nil {
			t.Errorf("%s: the old process no longer serves: %v", role, err)
		}
	}
	short := &HandOver{Args: []string{"asbru"}, Wait: 500 * time.Millisecond}
	f("exits", &HandOver{}, "gave up before it was ready")
	f("exits", &HandOver{}, "exit status 3")
	f("crashes", &HandOver{}, "gave up before it was ready")
	f("deaf", short, "was not ready within 500ms")
	f("mute", short, "was not ready within 500ms")
	f("babbles", &HandOver{}, `said "hello" instead of "ready"`)
	f("absent", &HandOver{Path: filepath.Join(t.TempDir(), "absent")}, "no such file or directory")
	f("text", &HandOver{Path: write(t, "plain text")}, "cannot start the new program")
	var again HandOver
	for range 10 {
		f("exits", &again, "exit status 3") // the same HandOver may try again
	}
}

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestHandOverCancelled(t *testing.T) {
	t.Setenv(roleVariable, "mute")
	why := errors.New("the operator thought better of it")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	var h HandOver
	if _, err := h.Start(ctx, map[string]net.Listener{"api": listen(t)}); !errors.Is(err, why) {
		t.Errorf("Start under an ended context: %v, want %v", err, why)
	}
}

func TestHandOverRefusals(t *testing.T) {
	f := func(h *HandOver, all map[string]net.Listener, want string) {
		t.Helper()
		if _, err := h.Start(t.Context(), all); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Start: %v, want an error with %q", err, want)
		}
	}
	l := listen(t)
	many := map[string]net.Listener{}
	for i := range maxListeners + 1 {
		many[fmt.Sprint(i)] = l
	}
	f(&HandOver{}, nil, "cannot hand over 0 sockets")
	f(&HandOver{}, many, "cannot hand over 65 sockets")
	f(&HandOver{successor: 4711}, map[string]net.Listener{"api": l}, "process 4711 has already taken over")
	f(&HandOver{}, map[string]net.Listener{"api": struct{ net.Listener }{l}}, "does not show its descriptor")
	// The way that the package refuses to take: this clears O_NONBLOCK.
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Fd()
	f(&HandOver{}, map[string]net.Listener{"api": l}, "its description blocks")
}

func TestInheritRefusals(t *testing.T) {
	f := func(value, want string) {
		t.Helper()
		t.Setenv(handOverVariable, value)
		all, ready, err := Inherit()
		if err == nil || all != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Inherit with %q: %v, %v; want an error with %q", value, all, err, want)
		}
		if err := ready(); err == nil {
			t.Errorf("Inherit with %q: ready says that this process may serve", value)
		}
		if os.Getenv(handOverVariable) != "" {
			t.Errorf("the variable is still set")
		}
	}
	f("", "is not a descriptor")
	f("three", "is not a descriptor")
	f("2", "is not a descriptor")
	f("60000", "cannot use descriptor 60000")

	speak := func(message string) string {
		t.Helper()
		conn, theirs, err := conversation()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := conn.Write([]byte(message)); err != nil {
			t.Fatal(err)
		}
		fd, err := unix.FcntlInt(theirs.Fd(), unix.F_DUPFD_CLOEXEC, firstFD)
		if err != nil {
			t.Fatal(err)
		}
		theirs.Close()
		return fmt.Sprint(fd)
	}
	f(speak("asbru-sockets-9"), `the predecessor speaks "asbru-sockets-9"`)
	f(speak(wordSockets+"\x00api"), "0 sockets arrived with 1 names")
}
