package mock

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestKeepAliveAndPipelining(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		c := dial(t, addr)
		r := bufio.NewReader(c)
		go io.WriteString(c, strings.Repeat(chat("m", false)+chat("m", true), 200))
		for i := range 400 {
			resp, body := readAnswer(t, r)
			want := fmt.Sprintf("chatcmpl-mock-%012d", i+1)
			if resp.StatusCode != 200 || !strings.Contains(body, want) {
				t.Fatalf("answer %d: %d %.80s", i, resp.StatusCode, body)
			}
		}
	})
}

func TestSlowSender(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		c := dial(t, addr)
		for _, b := range []byte(chat("m", false)) {
			c.Write([]byte{b})
		}
		if resp, _ := readAnswer(t, bufio.NewReader(c)); resp.StatusCode != 200 {
			t.Errorf("got %d", resp.StatusCode)
		}
	})
}

// TestSlowReader asks for more than sockets hold and reads late: nothing may be lost.
func TestSlowReader(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		c := dial(t, addr)
		io.WriteString(c, chat("mock-tokens-50000", true)+chat("mock-bytes-9000000", false)+chat("m", false))
		time.Sleep(100 * time.Millisecond)
		r := bufio.NewReader(c)
		_, stream := readAnswer(t, r)
		if n := strings.Count(stream, "data: "); n != 50000+4 {
			t.Errorf("%d events, want %d", n, 50000+4)
		}
		_, big := readAnswer(t, r)
		_, small := readAnswer(t, r)
		if len(big) != 9_000_000 || !strings.Contains(small, "000000000003") {
			t.Errorf("%d bytes, then %q", len(big), small)
		}
	})
}

func TestLargeBody(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		body := `{"messages":[{"content":"` + strings.Repeat("x", 8<<20) + `"}],"model":"late"}`
		resp, got := answerTo(t, addr, request("/v1/chat/completions", body))
		if resp.StatusCode != 200 || !strings.Contains(got, `"model":"late"`) {
			t.Errorf("got %d %.100s", resp.StatusCode, got)
		}
		resp, got = answerTo(t, addr, fmt.Sprintf("POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", maxBody+1, body[:1<<20]))
		if resp.StatusCode != 413 {
			t.Errorf("got %d %s", resp.StatusCode, got)
		}
	})
}

func TestEndings(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		read := func(model string, stream bool) ([]byte, error) {
			c := dial(t, addr)
			io.WriteString(c, chat(model, stream))
			return io.ReadAll(c)
		}
		if b, err := read("mock-reset", false); !errors.Is(err, syscall.ECONNRESET) || len(b) > 0 {
			t.Errorf("reset: got %q, %v", b, err)
		}
		if b, err := read("mock-cut-2", true); err != nil || bytes.HasSuffix(b, []byte("0\r\n\r\n")) || bytes.Count(b, []byte("data: ")) != 3 {
			t.Errorf("cut: got %q, %v", b, err)
		}
		c := dial(t, addr)
		io.WriteString(c, chat("mock-hang", false))
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, io.EOF) {
			t.Errorf("hang: got %d bytes, %v", n, err)
		}
	})
}

func TestHalfClose(t *testing.T) {
	both(t, Options{}, func(t *testing.T, addr string) {
		c := dial(t, addr)
		io.WriteString(c, chat("mock-latency-60ms+gap-5ms+tokens-4", true))
		c.(*net.TCPConn).CloseWrite()
		b, err := io.ReadAll(c)
		if err != nil || !bytes.HasSuffix(b, []byte("0\r\n\r\n")) {
			t.Errorf("got %q, %v", b, err)
		}
	})
}

// TestManyStreams holds a thousand paced streams in a loop without a goroutine each.
func TestManyStreams(t *testing.T) {
	const streams = 1000
	addr := start(t, Options{Tokens: 10, ChunkGap: 60 * time.Millisecond, TTFT: 300 * time.Millisecond}, false)
	conns := make([]net.Conn, streams)
	for i := range conns {
		conns[i] = dial(t, addr)
	}
	before := runtime.NumGoroutine()
	for _, c := range conns {
		io.WriteString(c, chat("m", true))
	}
	if runtime.GOOS == "linux" && runtime.NumGoroutine() > before+10 {
		t.Errorf("%d goroutines before the streams, %d with %d of them", before, runtime.NumGoroutine(), streams)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	whole := 0
	for _, c := range conns {
		wg.Go(func() {
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				return
			}
			body, err := io.ReadAll(resp.Body)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && strings.Count(string(body), "data: ") == 10+4 {
				whole++
			}
		})
	}
	wg.Wait()
	equal(t, "whole streams", whole, streams)
}

func TestTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conf, ca, err := SelfSigned(l.Addr())
	l.Close()
	if err != nil {
		t.Fatal(err)
	}
	addr := start(t, Options{TLS: conf, ChunkGap: 2 * time.Millisecond}, false)
	client := trusting(poolOf(t, ca))
	defer client.CloseIdleConnections()
	for range 3 {
		resp, err := client.Post("https://"+addr+"/v1/chat/completions", typeJSON, strings.NewReader(`{"model":"m","stream":true}`))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.HasSuffix(string(body), doneEvent) {
			t.Errorf("got %q, %v", body, err)
		}
	}
	resp, err := client.Post("https://"+addr+"/v1/chat/completions", typeJSON, strings.NewReader(`{"model":"mock-cut-3","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut: got %q, %v", body, err)
	}
	resp.Body.Close()
}

// sink collects a request log.
type sink struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *sink) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Split(strings.TrimSuffix(s.buf.String(), "\n"), "\n")
}

func TestJournal(t *testing.T) {
	both(t, Options{}, func(t *testing.T, _ string) {
		var log sink
		addr := start(t, Options{RequestsLog: &log}, strings.HasSuffix(t.Name(), "lane"))
		answerTo(t, addr, "POST /v1/files?x=1 HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer k\r\nX-A: \"q\"\r\nContent-Length: 3\r\n\r\n\xff\x00a")
		c := dial(t, addr)
		io.WriteString(c, chat("mock-stall-2", true))
		r := bufio.NewReader(c)
		for range 20 { // head, role, two chunks
			if line, err := r.ReadString('\n'); err != nil || strings.Contains(line, "ropebridge") {
				break
			}
		}
		c.Close()
		for i := 0; len(log.lines()) < 3 && i < 200; i++ {
			time.Sleep(10 * time.Millisecond)
		}
		got := log.lines()
		if len(got) != 3 {
			t.Fatalf("got %d lines: %q", len(got), got)
		}
		m := object(t, got[0])
		equal(t, "target", m["target"], "/v1/files?x=1")
		equal(t, "headers", m["headers"], "[[Host m] [Authorization Bearer k] [X-A \"q\"] [Content-Length 3]]")
		equal(t, "body", m["body64"], "/wBh")
		equal(t, "second", object(t, got[1])["body_bytes"], len(chat("mock-stall-2", true))-strings.Index(chat("mock-stall-2", true), "{"))
		equal(t, "third", got[2], `{"event":"abandoned","n":2,"chunks":2}`)
	})
}
