package hotpath

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/upstream"
)

// authority is a certificate for 127.0.0.1 and example.com, and the file that
// makes it trusted.
func authority(t testing.TB) (*tls.Config, string) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: s.TLS.Certificates}, file
}

// newTLSWire is newWire behind TLS. dribble makes it send its records in pieces.
func newTLSWire(t testing.TB, conf *tls.Config, dribble bool, answer func(c net.Conn, n int64, q *http.Request) bool) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{base: "https://" + l.Addr().String(), answer: answer}
	if dribble {
		l = dribbler{l}
	}
	w.serve(t, tls.NewListener(l, conf))
	return w
}

// A dribbler's connections write in pieces of 700 bytes.
type dribbler struct{ net.Listener }

func (d dribbler) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	return dribble{c}, err
}

type dribble struct{ net.Conn }

func (d dribble) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = d.Conn.Write(p[n:min(n+700, len(p))])
		n += m
		time.Sleep(50 * time.Microsecond)
	}
	return n, err
}

// tlsTarget is target with an endpoint changed by f.
func tlsTarget(t testing.TB, base string, f func(*core.Endpoint)) *core.Target {
	t.Helper()
	tg := target(t, "p0", base)
	e := tg.Pool.(*upstream.Pool).Endpoint()
	f(&e)
	p, err := upstream.New(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	tg.Pool = p
	return tg
}

// TestTLSUpstream talks to providers through TLS: unary, streamed, kept, in
// partial records, closed while kept.
func TestTLSUpstream(t *testing.T) {
	conf, ca := authority(t)
	long := strings.Repeat("x", 40_000)
	event := fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
	answer := func(c net.Conn, n int64, q *http.Request) bool {
		switch q.URL.Path {
		case "/base/long":
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(long), long)
		case "/base/stream":
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
			for range 5 {
				io.WriteString(c, event)
				time.Sleep(time.Millisecond)
			}
			io.WriteString(c, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
		default:
			io.WriteString(c, okReply)
		}
		return true
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, slow := range []bool{false, true} {
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				conf := conf.Clone()
				conf.MinVersion, conf.MaxVersion = version, version
				w := newTLSWire(t, conf, slow, answer)
				r := newRig(t, loops)
				r.swap([]*core.Target{tlsTarget(t, w.base, func(e *core.Endpoint) { e.CA = ca })})
				get := func(path, want string) {
					t.Helper()
					q, _ := http.NewRequest("GET", "http://"+r.addr+"/v1"+path, nil)
					q.Header.Set("X-Api-Key", testKey)
					res, err := http.DefaultClient.Do(q)
					if err != nil {
						t.Fatal(err)
					}
					if got := body(t, res); got != want {
						t.Errorf("TLS %x, slow %v: %s gave %d %.100q", version, slow, path, res.StatusCode, got)
					}
				}
				events := strings.Repeat("data: "+delta+"\n\n", 5) + "data: [DONE]\n\n"
				for range 3 {
					get("/short", "ok")
					get("/long", long)
					get("/stream", events)
					time.Sleep(2 * time.Millisecond) // tickets come while it is kept
				}
				if n := w.conns.Load(); n > 2 {
					t.Errorf("TLS %x, slow %v: used %d connections", version, slow, n)
				}
				w.cut()
				time.Sleep(5 * time.Millisecond)
				get("/short", "ok")
			}
		}
	})
}

// TestTLSUpstreamUntrusted checks that a certificate nobody vouches for is refused.
func TestTLSUpstreamUntrusted(t *testing.T) {
	conf, ca := authority(t)
	lanes(t, func(t *testing.T, loops int) {
		w := newTLSWire(t, conf, false, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		f := func(want int, change func(*core.Endpoint)) {
			t.Helper()
			r := newRig(t, loops)
			r.swap([]*core.Target{tlsTarget(t, w.base, change)})
			if status, got, err := r.ask("POST"); status != want || err != nil {
				t.Errorf("got %d %q, %v; want %d", status, got, err, want)
			}
		}
		f(502, func(e *core.Endpoint) {})
		f(502, func(e *core.Endpoint) { e.CA, e.ServerName = ca, "other.test" })
		f(200, func(e *core.Endpoint) { e.CA = ca })
		f(200, func(e *core.Endpoint) { e.CA, e.ServerName = ca, "example.com" })
		f(200, func(e *core.Endpoint) { e.InsecureSkipVerify = true })
	})
}

// TestTLSUpstreamManyStreams holds many streams open at once.
func TestTLSUpstreamManyStreams(t *testing.T) {
	const many = 100
	conf, ca := authority(t)
	event := fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
	lanes(t, func(t *testing.T, loops int) {
		goOn := make(chan struct{})
		w := newTLSWire(t, conf, false, func(c net.Conn, n int64, q *http.Request) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+event)
			<-goOn
			io.WriteString(c, event+"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
			return true
		})
		r := newRig(t, loops)
		r.swap([]*core.Target{tlsTarget(t, w.base, func(e *core.Endpoint) { e.CA, e.Connect = ca, ample })})
		var whole atomic.Int64
		var wg, begun sync.WaitGroup
		begun.Add(many)
		for range many {
			wg.Go(func() {
				q, _ := http.NewRequest("GET", "http://"+r.addr+"/v1/stream", nil)
				q.Header.Set("X-Api-Key", testKey)
				res, err := http.DefaultClient.Do(q)
				begun.Done()
				if err != nil {
					t.Error(err)
					return
				}
				defer res.Body.Close()
				b, err := io.ReadAll(res.Body)
				if strings.Count(string(b), delta) == 2 && strings.HasSuffix(string(b), "[DONE]\n\n") && err == nil {
					whole.Add(1)
				}
			})
		}
		begun.Wait()
		close(goOn)
		wg.Wait()
		if n := whole.Load(); n != many {
			t.Errorf("%d of %d streams came whole", n, many)
		}
	})
}

// TestTLSClient serves clients through TLS, and hands HTTP/2 to the slow door.
func TestTLSClient(t *testing.T) {
	conf, _ := authority(t)
	conf.NextProtos = []string{"h2", "http/1.1"}
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		handed := make(chan struct{}, 1)
		r := tunedRig(t, loops, func(o *Options) {
			o.Slow = func(c net.Conn) { c.Close(); handed <- struct{}{} }
		})
		r.swap([]*core.Target{target(t, "p0", w.base)})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- r.srv.Serve(tls.NewListener(l, conf)) }()
		t.Cleanup(func() {
			l.Close()
			if err := <-done; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
		dial := func(protos ...string) *tls.Conn {
			c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: protos})
			if err != nil {
				t.Fatal(err)
			}
			c.SetDeadline(time.Now().Add(ample))
			return c
		}
		c := dial("http/1.1")
		br := bufio.NewReader(c)
		for range 3 {
			io.WriteString(c, goodPost)
			res, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, res); got != "ok" {
				t.Errorf("got %d %q", res.StatusCode, got)
			}
		}
		c.Close()
		dial("h2").Close()
		select {
		case <-handed:
		case <-time.After(ample):
			t.Error("HTTP/2 was not handed over")
		}
		if plain, err := net.Dial("tcp", l.Addr().String()); err == nil {
			io.WriteString(plain, "GET / HTTP/1.1\r\n\r\n")
			io.Copy(io.Discard, plain)
			plain.Close()
		}
	})
}

// TestProxy reaches a provider through CONNECT.
func TestProxy(t *testing.T) {
	conf, ca := authority(t)
	lanes(t, func(t *testing.T, loops int) {
		w := newTLSWire(t, conf, false, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		f := func(reply string, want int) {
			t.Helper()
			var asked atomic.Pointer[http.Request]
			proxy := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
				asked.Store(q)
				io.WriteString(c, reply)
				if want != 200 {
					return false
				}
				to, err := net.Dial("tcp", q.Host)
				if err != nil {
					return false
				}
				defer to.Close()
				plain := func(dst io.Writer, src io.Reader) { // without splice, whose pipes the runtime keeps
					io.Copy(struct{ io.Writer }{dst}, struct{ io.Reader }{src})
				}
				go func() { plain(to, c); to.(*net.TCPConn).CloseWrite() }()
				plain(c, to)
				return false
			})
			r := newRig(t, loops)
			r.swap([]*core.Target{tlsTarget(t, w.base, func(e *core.Endpoint) {
				e.CA, e.Proxy = ca, strings.Replace(proxy.base, "http://", "http://us%40er:pass@", 1)
			})})
			status, got, err := r.ask("POST")
			if status != want || err != nil {
				t.Errorf("%.40q: got %d %q, %v; want %d", reply, status, got, err, want)
			}
			q := asked.Load()
			if q == nil || q.Method != "CONNECT" || q.Host != strings.TrimPrefix(w.base, "https://") || q.Header.Get("Proxy-Authorization") != "Basic dXNAZXI6cGFzcw==" {
				t.Errorf("the proxy was asked %+v", q)
			}
			w.cut()
		}
		f("HTTP/1.1 200 Connection established\r\n\r\n", 200)
		f("HTTP/1.0 200 OK\r\nVia: x\r\n\r\n", 200)
		f("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", 502)
		f("nonsense\r\n\r\n", 502)
		f("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("y", 5000)+"\r\n\r\n", 502)
	})
}
