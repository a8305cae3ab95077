package api

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const token = "adm-canary-7d21"

func options(admin bool) Options {
	return Options{
		Admin:    admin,
		TokenSum: func() [32]byte { return sha256.Sum256([]byte(token)) },
		Metrics:  func(w io.Writer) { io.WriteString(w, "asbru_up 1\n") },
		Status:   func() Status { return Status{Snapshot: 41, Reloads: Reloads{OK: 2, Problem: "bad"}} },
		Build:    Build{"0.1.0", "abc", "go1.26"},
	}
}

const (
	near = "127.0.0.1:4711"
	far  = "203.0.113.9:4711"
)

// ask sends one request as the bytes of its head, from an address.
func ask(t *testing.T, h http.Handler, from, head string) *httptest.ResponseRecorder {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		t.Fatalf("request %q: %v", head, err)
	}
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(path, fields string) string {
	return "GET " + path + " HTTP/1.1\nHost: localhost:8080" + fields
}

func TestWhoSeesWhat(t *testing.T) {
	admin, data := New(options(true)), New(options(false))
	f := func(h http.Handler, from, head string, want int) {
		t.Helper()
		h.(*handler).guesses.cells = nil
		if w := ask(t, h, from, head); w.Code != want {
			t.Errorf("%q from %s: %d %s, want %d", head, from, w.Code, w.Body, want)
		}
	}
	const good, bad = "\nAuthorization: Bearer " + token, "\nAuthorization: Bearer wrong"
	for _, p := range []string{"/", "/health", "/health/live", "/health/ready"} {
		for _, h := range []http.Handler{admin, data} {
			f(h, near, get(p, ""), 200)
			f(h, far, get(p, ""), 200)
			f(h, far, get(p, bad), 200)
		}
	}
	for _, p := range []string{"/metrics", "/version", "/api/status"} {
		f(data, near, get(p, ""), 200)
		f(data, "[::1]:9", get(p, ""), 200)
		f(data, "[::ffff:127.0.0.1]:9", get(p, ""), 200)
		f(data, far, get(p, ""), 403)
		f(data, far, get(p, good), 403)
		f(data, "@", get(p, ""), 403)
		f(data, "", get(p, ""), 403)
	}
	for _, p := range []string{"/metrics", "/version", "/api/status", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/heap"} {
		f(admin, near, get(p, ""), 200)
		f(admin, near, get(p, bad), 401)
		f(admin, far, get(p, ""), 401)
		f(admin, far, get(p, bad), 401)
		f(admin, far, get(p, good), 200)
		f(admin, far, get(p, strings.Replace(good, "Bearer", "bearer", 1)), 200)
		f(admin, far, get(p, strings.Replace(good, "Bearer", "Basic", 1)), 401)
		f(admin, far, get(p, good+" "), 200) // net/http trims it
		f(admin, far, get(p, good+"x"), 401)
		f(admin, far, get(p, good+good), 401)
		f(admin, far, get(p, "\nAuthorization: Bearer"), 401)
		f(admin, far, get(p, "\nAuthorization: "+token), 401)
	}
	for _, p := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile"} {
		f(data, near, get(p, ""), 404)
	}
}

// A proxy or a browser on this machine carries strangers.
func TestLoopbackThatIsNot(t *testing.T) {
	h := New(options(false))
	f := func(head string, want int) {
		t.Helper()
		if w := ask(t, h, near, head); w.Code != want {
			t.Errorf("%q: %d, want %d", head, w.Code, want)
		}
	}
	const m = "GET /metrics HTTP/1.1\nHost: "
	f(m+"localhost", 200)
	f(m+"LOCALHOST:8080", 200)
	f(m+"127.0.0.1:8080", 200)
	f(m+"[::1]:8080", 200)
	f(m+"[::1]", 200)
	f(m+"rebound.example:8080", 403)
	f(m+"localhost.example", 403)
	f(m+"", 403)
	f(m+"localhost\nX-Forwarded-For: 203.0.113.9", 403)
	f(m+"localhost\nX-Forwarded-For:", 403)
	f(m+"localhost\nForwarded: for=203.0.113.9", 403)
	f(m+"localhost\nX-Real-IP: 203.0.113.9", 403)
	f(m+"localhost\nVia: 1.1 proxy", 403)
	f(m+"localhost\nSec-Fetch-Site: cross-site", 403)
	f(m+"localhost\nSec-Fetch-Site: none", 200)
}

func TestNoTokenOpensNothing(t *testing.T) {
	for _, sum := range []func() [32]byte{nil, func() [32]byte { return [32]byte{} }} {
		o := options(true)
		o.TokenSum = sum
		for _, field := range []string{"", "\nAuthorization: Bearer ", "\nAuthorization: Bearer x"} {
			if w := ask(t, New(o), far, get("/metrics", field)); w.Code != 401 {
				t.Errorf("%q: %d, want 401", field, w.Code)
			}
		}
	}
}

func TestReady(t *testing.T) {
	f := func(s Status, code int, body string) {
		t.Helper()
		o := options(false)
		o.Status = func() Status { return s }
		w := ask(t, New(o), far, get("/health/ready", ""))
		if w.Code != code || w.Body.String() != body+"\n" {
			t.Errorf("%+v: %d %s, want %d %s", s, w.Code, w.Body, code, body)
		}
	}
	f(Status{}, 503, `{"status":"starting"}`)
	f(Status{Snapshot: 1}, 200, `{"status":"ok"}`)
	f(Status{Snapshot: 1, Draining: true}, 503, `{"status":"draining"}`)
	if w := ask(t, New(Options{}), far, get("/health/ready", "")); w.Code != 503 {
		t.Errorf("no status: %d, want 503", w.Code)
	}
}

func TestAnswers(t *testing.T) {
	h := New(options(true))
	w := ask(t, h, near, get("/metrics", ""))
	if w.Body.String() != "asbru_up 1\n" || w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("metrics: %q, %v", w.Body, w.Header())
	}
	if w := ask(t, h, near, "HEAD /metrics HTTP/1.1\nHost: localhost"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD /metrics: %d, %q", w.Code, w.Body)
	}
	if w := ask(t, New(Options{Admin: true}), near, get("/metrics", "")); w.Code != 404 {
		t.Errorf("metrics switched off: %d", w.Code)
	}
	if w := ask(t, h, near, get("/version", "")); w.Body.String() != `{"version":"0.1.0","revision":"abc","go":"go1.26"}`+"\n" {
		t.Errorf("version: %s", w.Body)
	}
	var s Status
	if err := json.Unmarshal(ask(t, h, near, get("/api/status", "")).Body.Bytes(), &s); err != nil || s.Snapshot != 41 || s.Reloads.Problem != "bad" {
		t.Errorf("status: %+v, %v", s, err)
	}
	if w := ask(t, h, far, get("/", "")); !strings.Contains(w.Body.String(), "/v1/chat/completions") {
		t.Errorf("front page: %s", w.Body)
	}
	if w := ask(t, h, far, get("/", "\nAccept: text/html,*/*")); !strings.HasPrefix(w.Body.String(), "<!doctype html>") || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("front page for a browser: %v %.80s", w.Header(), w.Body)
	}
	if w := ask(t, h, near, get("/debug/pprof/goroutine?debug=1", "")); !strings.Contains(w.Body.String(), "goroutine profile:") {
		t.Errorf("goroutines: %.100s", w.Body)
	}
}

func TestRefusalShape(t *testing.T) {
	f := func(head string, code int, kind, name string) {
		t.Helper()
		w := ask(t, New(options(true)), far, head)
		var x refusal
		if err := json.Unmarshal(w.Body.Bytes(), &x); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		id := w.Header().Get("X-Request-Id")
		if w.Code != code || x.Error.Type != kind || x.Error.Code != name || x.Error.Message == "" || x.ID != id || len(id) != 32 {
			t.Errorf("%q: %d %s, id %q", head, w.Code, w.Body, id)
		}
		if !strings.Contains(w.Body.String(), `"param":null`) {
			t.Errorf("no param in %s", w.Body)
		}
	}
	f(get("/nope", ""), 404, "invalid_request_error", "not_found")
	f(get("/health/live/", ""), 404, "invalid_request_error", "not_found")
	f(get("/health//live", ""), 400, "invalid_request_error", "invalid_request")
	f("POST /metrics HTTP/1.1\nHost: x", 405, "invalid_request_error", "method_not_allowed")
	f("OPTIONS * HTTP/1.1\nHost: x", 400, "invalid_request_error", "invalid_request")
	f(get("/metrics", ""), 401, "authentication_error", "unauthenticated")
	if w := ask(t, New(options(true)), far, get("/metrics", "")); w.Header().Get("WWW-Authenticate") == "" {
		t.Error("401 without a challenge")
	}
	if w := ask(t, New(options(true)), far, get("/"+strings.Repeat("a", 5000), "")); w.Body.Len() > 600 {
		t.Errorf("a long path comes back with %d bytes", w.Body.Len())
	}
}

func TestPlain(t *testing.T) {
	f := func(p string, want bool) {
		t.Helper()
		if got := plain(p); got != want {
			t.Errorf("plain(%q) = %v, want %v", p, got, want)
		}
	}
	for _, p := range []string{"/", "/a", "/a/", "/a/b.c", "/a/...", "/.a", "/a-_~9"} {
		f(p, true)
	}
	for _, p := range []string{"", "*", "a", "//", "/a//", "//a", "/.", "/..", "/./a", "/a/..", "/a/../b", "/a/.",
		"/%61", "/a%2fb", "/a;b", `/a\b`, "/a b", "/a\x00", "/ä", "/a:b", "/a@b", "/a+b", "/*", "/a?b"} {
		f(p, false)
	}
}

func TestScrapesAreBounded(t *testing.T) {
	o := options(true)
	begun, end := make(chan struct{}), make(chan struct{})
	o.Metrics = func(io.Writer) { begun <- struct{}{}; <-end }
	h := New(o)
	codes := make(chan int, maxScrapes)
	for range maxScrapes {
		go func() { codes <- ask(t, h, near, get("/metrics", "")).Code }()
		<-begun
	}
	if w := ask(t, h, near, get("/metrics", "")); w.Code != 503 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("one too many: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	close(end)
	for range maxScrapes {
		if c := <-codes; c != 200 {
			t.Errorf("a scrape within the bound: %d", c)
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	var log strings.Builder
	o := options(true)
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	o.Metrics = func(io.Writer) { panic("BUG: test") }
	w := ask(t, New(o), near, get("/metrics", ""))
	if w.Code != 500 || strings.Contains(w.Body.String(), "BUG") || !strings.Contains(w.Body.String(), `"server_error"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "BUG: test") {
		t.Errorf("log: %s", log.String())
	}
	o.Metrics = func(w io.Writer) { io.WriteString(w, "half"); panic("BUG: test") }
	defer func() {
		if r := recover(); r != http.ErrAbortHandler {
			t.Errorf("after a begun answer: %v, want http.ErrAbortHandler", r)
		}
	}()
	ask(t, New(o), near, get("/metrics", ""))
}

// No answer to a stranger repeats the token, right or wrong.
func TestTokenIsNeverShown(t *testing.T) {
	h := New(options(true))
	for p := range h.(*handler).rows {
		if p == "/debug/pprof/profile" || p == "/debug/pprof/trace" {
			continue // they take seconds
		}
		w := ask(t, h, far, get(p, "\nAuthorization: Bearer "+token+"x"))
		if strings.Contains(w.Body.String(), token) {
			t.Errorf("%s shows the token: %s", p, w.Body)
		}
	}
}

func TestRowsAreReachable(t *testing.T) {
	var paths []string
	for _, r := range rows() {
		if !plain(r.path) || r.serve == nil {
			t.Errorf("row %q cannot be reached", r.path)
		}
		if slices.Contains(paths, r.path) {
			t.Errorf("row %q twice", r.path)
		}
		paths = append(paths, r.path)
	}
}
