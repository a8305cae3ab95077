package mock

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"asbru/bench/leak"
)

// TestMain fails the package if goroutines outlive its tests.
func TestMain(m *testing.M) {
	if limit := os.Getenv("MOCK_TEST_DESCRIPTORS"); limit != "" {
		starve(limit)
		return
	}
	os.Exit(leak.Run(m))
}

// hide makes a listener that serveLoops does not know, so that lanes serve it.
type hide struct{ net.Listener }

// both runs f against a loop and against lanes.
func both(t *testing.T, o Options, f func(t *testing.T, addr string)) {
	t.Helper()
	t.Run("loop", func(t *testing.T) { f(t, start(t, o, false)) })
	t.Run("lane", func(t *testing.T) { f(t, start(t, o, true)) })
}

// start serves until the test ends.
func start(t *testing.T, o Options, asLane bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if asLane {
		l = hide{l}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, o) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Serve did not end within 10 s of its context")
		}
	})
	return addr
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// request writes a POST with a JSON body.
func request(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, len(body), body)
}

func chat(model string, stream bool) string {
	return request("/v1/chat/completions",
		fmt.Sprintf(`{"model":%q,"stream":%v,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}`, model, stream))
}

// answerTo sends raw bytes over one connection and reads one answer whole.
func answerTo(t *testing.T, addr, raw string) (*http.Response, string) {
	t.Helper()
	c := dial(t, addr)
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, bufio.NewReader(c))
}

func readAnswer(t *testing.T, r *bufio.Reader) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("cannot read an answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("cannot read the body after %q: %v", body, err)
	}
	return resp, string(body)
}

// offline runs requests through a session, in pieces of so many bytes, and
// returns all it answers. Time passes as the session wants it to.
func offline(t testing.TB, o Options, raw string, piece int) (string, *session) {
	t.Helper()
	srv, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{srv: srv}
	w := &work{now: 1}
	var out bytes.Buffer
	for {
		n := min(piece, len(raw))
		w.in = append(w.in, raw[:n]...)
		raw = raw[n:]
		for again := true; again; {
			s.advance(w)
			out.Write(w.out)
			w.out = w.out[:0]
			again = s.more
			if s.wake > w.now {
				w.now, again = s.wake, true
			}
		}
		if n == 0 || s.phase == ended {
			return out.String(), s
		}
	}
}

// bodyOf runs one request offline and returns status and body.
func bodyOf(t testing.TB, o Options, raw string) (int, string) {
	t.Helper()
	out, _ := offline(t, o, raw, 1<<20)
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
	if err != nil {
		t.Fatalf("cannot read %q: %v", out, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("cannot read the body of %q: %v", out, err)
	}
	return resp.StatusCode, string(body)
}

// trusting returns an HTTP client for a self-signed server.
func trusting(conf *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: conf}}
}

// poolOf trusts a PEM certificate.
func poolOf(t *testing.T, pem []byte) *tls.Config {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the CA is not PEM")
	}
	return &tls.Config{RootCAs: roots}
}
