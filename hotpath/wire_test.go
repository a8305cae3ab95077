package hotpath

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// A wire is an upstream that answers with bytes of our choice.
type wire struct {
	base   string
	conns  atomic.Int64 // accepted
	asked  atomic.Int64 // requests read
	mu     sync.Mutex
	open   []net.Conn
	answer func(c net.Conn, n int64, q *http.Request) (more bool) // n counts from 1; false: the connection ends
}

// newWire starts one. answer runs on the connection's goroutine, after a
// request was read with its body.
func newWire(t testing.TB, answer func(c net.Conn, n int64, q *http.Request) bool) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{base: "http://" + l.Addr().String(), answer: answer}
	w.serve(t, l)
	return w
}

func (w *wire) serve(t testing.TB, l net.Listener) {
	var wg sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		w.mu.Lock()
		for _, c := range w.open {
			c.Close()
		}
		w.mu.Unlock()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.conns.Add(1)
			w.mu.Lock()
			w.open = append(w.open, c)
			w.mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				br := bufio.NewReader(c)
				for {
					q, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					if _, err := io.Copy(io.Discard, q.Body); err != nil {
						return
					}
					if !w.answer(c, w.asked.Add(1), q) {
						return
					}
				}
			})
		}
	})
}

// cut ends every connection there is.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		c.Close()
	}
	w.open = nil
}

// wireRig is a rig in front of wires.
func wireRig(t testing.TB, loops int, wires ...*wire) *rig {
	t.Helper()
	r := newRig(t, loops)
	var targets []*core.Target
	for i, w := range wires {
		targets = append(targets, target(t, fmt.Sprintf("p%d", i), w.base))
	}
	r.swap(targets)
	return r
}

// ask sends a request without a body, or the chat, and returns status and body;
// err is that of reading.
func (r *rig) ask(method string) (status int, got string, err error) {
	r.t.Helper()
	if method == "POST" {
		return r.send(method, strings.NewReader(chat))
	}
	return r.send(method, nil)
}

func (r *rig) send(method string, sent io.Reader) (status int, got string, err error) {
	r.t.Helper()
	q, _ := http.NewRequest(method, "http://"+r.addr+"/v1/chat/completions", sent)
	q.Header.Set("X-Api-Key", testKey)
	q.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

const okReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestReplies(t *testing.T) {
	long := strings.Repeat("x", 70_000)
	rows := []struct {
		name, method, reply string
		end                 bool // the upstream closes after it
		status              int
		body                string
		cut, reused         bool // the client sees a broken body; the connection carries the next exchange
	}{
		{name: "length", reply: okReply, status: 200, body: "ok", reused: true},
		{name: "empty", reply: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, reused: true},
		{name: "no reason", reply: "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok", reused: true},
		{name: "long", reply: "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + long, status: 200, body: long, reused: true},
		{name: "chunked", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", status: 200, body: "ok", reused: true},
		{name: "chunked, extensions, trailers", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n01;c=\"d;\r\"\r\nk\r\n0\r\nX: y\r\n\r\n", status: 200, cut: true},
		{name: "chunked, plain extensions, trailers", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n01;c=\"d;\"\r\nk\r\n0\r\nX: y\r\nY: z\r\n\r\n", status: 200, body: "ok", reused: true},
		{name: "old, length", reply: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", end: true, status: 200, body: "ok"},
		{name: "old, kept", reply: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok", reused: true},
		{name: "old, until close", reply: "HTTP/1.0 200 OK\r\n\r\nok", end: true, status: 200, body: "ok"},
		{name: "until close", reply: "HTTP/1.1 200 OK\r\n\r\nok", end: true, status: 200, body: "ok"},
		{name: "says close", reply: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "interim", reply: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + okReply, status: 200, body: "ok", reused: true},
		{name: "204 for an answer", reply: "HTTP/1.1 204 No Content\r\n\r\n", status: 502},
		{name: "six interim replies", reply: strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 6) + okReply, status: 502},
		{name: "a web page", reply: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok", status: 502},
		{name: "405", reply: "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", status: 502},
		{name: "204", method: "GET", reply: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, reused: true},
		{name: "304", method: "GET", reply: "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", status: 502},
		{name: "HEAD, length", method: "HEAD", reply: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", status: 200, reused: true},
		{name: "HEAD, chunked", method: "HEAD", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", status: 200, reused: true},
		{name: "HEAD, nothing", method: "HEAD", reply: "HTTP/1.1 200 OK\r\n\r\n", status: 200},
		{name: "HEAD with a body", method: "HEAD", reply: okReply, status: 200},
		{name: "short", reply: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", end: true, status: 200, cut: true},
		{name: "short chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", end: true, status: 200, cut: true},
		{name: "no last chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", end: true, status: 200, cut: true},
		{name: "bad chunk", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n", status: 200, cut: true},
		{name: "garbage", reply: "SSH-2.0-OpenSSH_9.9\r\n", status: 502},
		{name: "half a head", reply: "HTTP/1.1 200 OK\r\nContent-", end: true, status: 502},
		{name: "two lengths", reply: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", status: 502},
		{name: "length and coding", reply: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok", status: 502},
		{name: "bare line ends", reply: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", status: 502},
		{name: "huge head", reply: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 40_000) + "\r\n\r\n", status: 502},
		{name: "glued", reply: okReply + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen", status: 200, body: "ok"},
		{name: "more than said", reply: okReply + "!", status: 200, body: "ok"},
		{name: "more than said, chunked", reply: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n!", status: 200, body: "ok"},
		{name: "redirect", reply: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", status: 502},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			if row.method == "" {
				row.method = "POST"
			}
			w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
				if n > 1 {
					io.WriteString(c, okReply[:len(okReply)-2]+map[bool]string{true: "ok"}[q.Method != "HEAD"])
					return true
				}
				io.WriteString(c, row.reply)
				return !row.end
			})
			r := wireRig(t, loops, w)
			status, got, err := r.ask(row.method)
			if status != row.status || (row.status == 200 && !row.cut && got != row.body) || (err != nil) != row.cut {
				t.Errorf("%s: got %d %.100q, %v; want %d %.100q", row.name, status, got, err, row.status, row.body)
			}
			if status, got, err := r.ask("POST"); status != 200 || got != "ok" || err != nil {
				t.Errorf("after %s: got %d %q, %v", row.name, status, got, err)
			}
			if reused := w.conns.Load() == 1; reused != row.reused || w.asked.Load() != 2 {
				t.Errorf("%s: reused is %v; want %v (%d connections, %d requests)", row.name, reused, row.reused, w.conns.Load(), w.asked.Load())
			}
		}
	})
}

// TestReplySplit sends a reply in two pieces, cut at every byte.
func TestReplySplit(t *testing.T) {
	const reply = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\no\r\n1\r\nk\r\n0\r\nX: y\r\n\r\n"
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			at := int(n) % len(reply)
			io.WriteString(c, reply[:at])
			time.Sleep(200 * time.Microsecond)
			io.WriteString(c, reply[at:])
			return true
		})
		r := wireRig(t, loops, w)
		for i := range len(reply) {
			if status, got, err := r.ask("POST"); status != 200 || got != "ok" || err != nil {
				t.Fatalf("split %d: got %d %q, %v", i, status, got, err)
			}
		}
		if n := w.conns.Load(); n != 1 {
			t.Errorf("used %d connections; want 1", n)
		}
	})
}

// sized is a reply of total bytes, its head included.
func sized(total int) string {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
	n := total - len(fmt.Sprintf(head, total))
	return fmt.Sprintf(head, n) + strings.Repeat("x", n)
}

// TestUnaskedReply checks that bytes an upstream sends unasked are never taken
// for the answer to the next request, whenever they come.
func TestUnaskedReply(t *testing.T) {
	const stolen = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen"
	lanes(t, func(t *testing.T, loops int) {
		f := func(name, reply string, unasked string, wait time.Duration) {
			t.Helper()
			out := make(chan struct{}, 100) // what nobody asked for; a machine may be slow to send it
			w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
				if n%2 == 0 {
					io.WriteString(c, okReply)
					return true
				}
				defer func() { out <- struct{}{} }()
				if wait == 0 {
					io.WriteString(c, reply+unasked)
				} else {
					io.WriteString(c, reply)
					time.Sleep(wait)
					io.WriteString(c, unasked)
				}
				return true
			})
			r := wireRig(t, loops, w)
			for i := range 6 {
				_, got, err := r.ask("POST")
				if i%2 == 0 {
					<-out
					time.Sleep(5 * time.Millisecond)
				}
				if strings.Contains(got, "stolen") || len(got) < 2 || got[:2] != "ok" && got[0] != 'x' || err != nil {
					t.Errorf("%s: the client of request %d got %.100q, %v", name, i, got, err)
				}
			}
		}
		for _, total := range []int{streamRead, readSize, 2 * readSize, readSize + streamRead} {
			f(fmt.Sprintf("at a read's end of %d", total), sized(total), stolen, 0)
		}
		f("late", okReply, stolen, 5*time.Millisecond)
		f("late and partial", okReply, "HTTP/1.1 200 OK\r\n", 5*time.Millisecond)
	})
}

// TestUnaskedReplyAtReadEnd is the same for a loop whose read ends exactly where the
// reply does: the rest raises no event of its own.
func TestUnaskedReplyAtReadEnd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the loop lane")
	}
	sent, asleep := make(chan struct{}), make(chan struct{})
	w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
		if n == 1 {
			<-asleep
			io.WriteString(c, sized(readSize)+"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen")
			close(sent)
			return true
		}
		io.WriteString(c, okReply)
		return true
	})
	r := wireRig(t, 1, w)
	r.change(func(snap *core.Snapshot) {
		for _, k := range snap.Keys { // a stage that holds the loop until all of the reply is there
			k.Policy.Plans[core.OpEmbed].Before = []core.Stage{func(x *core.Exchange) core.Verdict {
				close(asleep)
				<-sent
				x.Reply = core.Reply{Status: 200, Type: "a/b"}
				return core.Answer
			}}
		}
	})
	done := make(chan error, 1)
	go func() {
		status, got, err := r.ask("POST")
		if status != 200 || len(got) < 65000 || strings.Contains(got, "stolen") {
			err = fmt.Errorf("got %d with %d bytes, %v", status, len(got), err)
		}
		done <- err
	}()
	for w.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	body(t, r.post("/v1/embeddings", chat))
	if err := <-done; err != nil {
		t.Error(err)
	}
	for range 3 {
		if _, got, err := r.ask("POST"); got != "ok" || err != nil {
			t.Errorf("the next client got %q, %v", got, err)
		}
	}
}
