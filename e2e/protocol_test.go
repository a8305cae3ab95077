package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/bench/mock"
)

// h2 returns a client that speaks HTTP/2, with or without TLS.
func h2(secure *tls.Config) *http.Client {
	var p http.Protocols
	p.SetUnencryptedHTTP2(secure == nil)
	p.SetHTTP2(secure != nil)
	return &http.Client{Timeout: patience, Transport: &http.Transport{Protocols: &p, TLSClientConfig: secure, DisableCompression: true}}
}

func TestHTTP2(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"virtual_keys: [{name: a, key: vk-0123456789abcdef}]\n", func(t *testing.T, g *gateway) {
		c := h2(nil)
		defer c.CloseIdleConnections()
		const key = "Authorization: Bearer vk-0123456789abcdef"
		f := func(path, body string, fields ...string) {
			t.Helper()
			want := ask(t, "POST", g.url(path), body, fields...)
			got, err := try(c, "POST", g.url(path), body, fields...)
			if err != nil || got.status != want.status || !strings.Contains(path, "nope") && len(fields) > 0 && got.body != want.body {
				t.Errorf("%s: %v, %d %s, want %d %s", path, err, got.status, got.body, want.status, want.body)
			}
		}
		f("/v1/chat/completions", chatBody("fast", ""), key)
		f("/v1/chat/completions", chatBody("mock-id-7+tokens-5000", ""), key)
		f("/v1/chat/completions", chatBody("mock-id-7", `,"stream":true`), key)
		f("/v1/chat/completions", chatBody("fast", ""))
		f("/v1/chat/completions", `{"model":`, key, "X-Request-Id: 0123456789abcdef0123456789abcdef")
		f("/v1/chat/completions?a=b%2Fc;d", chatBody("fast", ""), key)
		f("/nope", "", key)
		if a, err := try(c, "GET", g.url("/v1/models"), "", key); err != nil || !strings.Contains(a.body, `"fast"`) {
			t.Errorf("models: %v %s", err, a.body)
		}
		if a, err := try(c, "GET", g.url("/health/ready"), ""); err != nil || a.status != 200 {
			t.Errorf("health: %v %d", err, a.status)
		}
	})
}

// An answer that the provider cut must not look complete to any client.
func TestCutAnswersLookCut(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"limits: {body_bytes: 10KB}\n", func(t *testing.T, g *gateway) {
		for name, c := range map[string]*http.Client{"HTTP/1.1": client(), "HTTP/2": h2(nil)} {
			a, err := try(c, "POST", g.url("/v1/chat/completions"), chatBody("mock-cut-3+tokens-2000", ""))
			if err == nil && a.status == 200 {
				t.Errorf("%s: a cut answer of %d bytes came without an error", name, len(a.body))
			}
			a, err = try(c, "POST", g.url("/v1/chat/completions"), chatBody("mock-cut-3", `,"stream":true`))
			if strings.Contains(a.body, "[DONE]") || err == nil && !strings.Contains(a.body, "upstream_failed") {
				t.Errorf("%s: a cut stream: %v %s", name, err, a.body)
			}
			a, err = try(c, "POST", g.url("/v1/chat/completions"), chatBody("fast", `,"x":"`+strings.Repeat("x", 1<<20)+`"`))
			if err != nil || a.status != 413 {
				t.Errorf("%s: a body that is too large: %v %d %s", name, err, a.status, a.body)
			}
			c.CloseIdleConnections()
		}
	})
}

// An HTTP/2 client whose request finds no free connection gets an error.
func TestHTTP2WithoutRoom(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"limits: {connections: 2}\n", func(t *testing.T, g *gateway) {
		c := h2(nil)
		defer c.CloseIdleConnections()
		if a, err := try(c, "GET", g.url("/v1/models"), ""); err != nil || a.status != 200 {
			t.Fatalf("with room: %v %d %s", err, a.status, a.body)
		}
		var idle []net.Conn
		var a answer
		await(t, "a refusal", func() (refused bool) {
			conn, err := net.Dial("tcp", g.addr) // the gateway closes it at once if it is one too many
			if err != nil {
				t.Fatal(err)
			}
			idle = append(idle, conn)
			if a, err = try(c, "GET", g.url("/v1/models"), ""); err != nil {
				t.Fatal(err)
			}
			return a.status == 503
		}, func() string { return a.body })
		if !strings.Contains(a.body, `"overloaded"`) || a.head.Get("Retry-After") != "1" || !strings.Contains(a.body, a.head.Get("X-Request-Id")) {
			t.Errorf("without room: %s %v", a.body, a.head)
		}
		for _, conn := range idle {
			conn.Close()
		}
		await(t, "room again", func() bool { a, err := try(c, "GET", g.url("/v1/models"), ""); return err == nil && a.status == 200 }, g.stderr.String)
	})
}

// Each event of a stream arrives when it is sent, and not when the stream ends: the provider sends the next one only after the
// client has received it.
func TestEventsAreNotHeldBack(t *testing.T) {
	got := make(chan struct{})
	_, base := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: {\"n\":%d}\n\n", i)
			w.(http.Flusher).Flush()
			select {
			case <-got:
			case <-r.Context().Done():
				return
			}
		}
		io.WriteString(w, "data: [DONE]\n\n")
	})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		for name, c := range map[string]*http.Client{"HTTP/1.1": client(), "HTTP/2": h2(nil)} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			r, err := http.NewRequestWithContext(ctx, "POST", g.url("/v1/chat/completions"), strings.NewReader(chatBody("fast", `,"stream":true`)))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Do(r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			lines := bufio.NewScanner(resp.Body)
			for i := range 3 {
				if want := fmt.Sprintf(`data: {"n":%d}`, i); !lines.Scan() || lines.Text() != want {
					t.Fatalf("%s: %q %v, want %s", name, lines.Text(), lines.Err(), want)
				}
				lines.Scan()
				got <- struct{}{}
			}
			if !lines.Scan() || lines.Text() != "data: [DONE]" {
				t.Errorf("%s: the end is %q", name, lines.Text())
			}
			resp.Body.Close()
			cancel()
			c.CloseIdleConnections()
		}
	})
}

// raw sends bytes and returns everything that arrives until the connection ends.
func raw(t *testing.T, addr, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, request)
	b, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("%q: %v", request, err)
	}
	return string(b)
}

func TestHTTP10(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		got := raw(t, g.addr, "GET /v1/models HTTP/1.0\r\nHost: x\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.0 200 ") || !strings.Contains(got, `"fast"`) || strings.Contains(got, "chunked") {
			t.Errorf("a list: %s", got)
		}
		got = raw(t, g.addr, "GET /health/live HTTP/1.0\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.0 200 ") {
			t.Errorf("health: %s", got)
		}
	})
}

// nginx uses HTTP/1.0 by default, and so does ab.
func TestHTTP10Body(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		f := func(rest, end string) {
			t.Helper()
			body := `{"model":"fast","messages":[{"role":"user","content":"hi"}]` + rest + "}"
			got := raw(t, g.addr, fmt.Sprintf("POST /v1/chat/completions HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
			if !strings.HasPrefix(got, "HTTP/1.0 200 ") || strings.Contains(got, "chunked") || !strings.HasSuffix(strings.TrimSpace(got), end) {
				t.Errorf("%s: %s", rest, got)
			}
		}
		f("", "}")
		f(`,"stream":true`, "[DONE]")
	})
}

// A connection that goes through the slow door carries one request: a second one in the same bytes is never read by the other,
// less strict parser.
func TestSlowDoorAnswersOnce(t *testing.T) {
	s, base := scripted(t, status(200))
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		smuggled := "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
		got := raw(t, g.addr, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"+smuggled)
		for _, path := range []string{"/health/live", "/v1/models"} { // net/http would keep these connections open
			if got := raw(t, g.addr, "GET "+path+" HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"+smuggled); strings.Count(got, "HTTP/1.") != 1 {
				t.Errorf("two answers: %s", got)
			}
		}
		if strings.Count(got, "HTTP/1.1 ") != 1 || !strings.Contains(got, "Connection: close") {
			t.Errorf("two answers: %s", got)
		}
		if len(s.requests()) > 0 {
			t.Error("the second request went upstream")
		}
	})
}

func TestKeepAliveAndPipelines(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base), func(t *testing.T, g *gateway) {
		one := chatBody("fast", "")
		request := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(one), one)
		last := "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
		got := raw(t, g.addr, strings.Repeat(request, 5)+last)
		if n := strings.Count(got, `"chat.completion"`); n != 5 || !strings.Contains(got, `"object":"list"`) {
			t.Errorf("%d of 5 answers: %s", n, got)
		}
	})
}

// Pages of the configured origins may call, over every version of HTTP.
func TestPagesOfOtherOrigins(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"allowed_origins: [\"https://App.example\"]\nvirtual_keys: [{name: a, key: vk-0123456789abcdef}]\n", func(t *testing.T, g *gateway) {
		for name, c := range map[string]*http.Client{"HTTP/1.1": client(), "HTTP/2": h2(nil)} {
			f := func(method, origin, body string, status int, allowed string, fields ...string) {
				t.Helper()
				a, err := try(c, method, g.url("/v1/chat/completions"), body, append(fields, "Origin: "+origin)...)
				if err != nil || a.status != status || a.head.Get("Access-Control-Allow-Origin") != allowed || a.head.Get("Vary") != "Origin" {
					t.Errorf("%s, %s of a page of %s: %v, %d %v %s", name, method, origin, err, a.status, a.head, a.body)
				}
			}
			const page, asks, key = "https://app.example", "Access-Control-Request-Method: POST", "Authorization: Bearer vk-0123456789abcdef"
			f("OPTIONS", page, "", 204, page, asks, "Access-Control-Request-Headers: authorization")
			f("OPTIONS", "https://other.example", "", 403, "", asks)
			f("POST", page, chatBody("fast", ""), 200, page, key)
			f("POST", page, chatBody("fast", `,"stream":true`), 200, page, key)
			f("POST", page, chatBody("fast", ""), 401, page)
			f("POST", "https://other.example", chatBody("fast", ""), 200, "", key)
			c.CloseIdleConnections()
		}
	})
}
