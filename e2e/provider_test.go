package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"asbru/bench/mock"
)

// standIn starts a mock provider in this process and returns its base URL.
func standIn(t *testing.T, o mock.Options) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- mock.Serve(ctx, l, o) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the stand-in provider: %v", err)
		}
	})
	return "http://" + l.Addr().String() + "/v1"
}

// A script is a provider that answers as a test says, and keeps the requests.
type script struct {
	mu   sync.Mutex
	seen []seen
}

// A seen is one request as it arrived.
type seen struct {
	method, uri, host string
	head              http.Header
	body              string
}

// scripted starts a provider that answers as the test says.
func scripted(t *testing.T, answer http.HandlerFunc) (s *script, base string) {
	t.Helper()
	s = &script{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, seen{r.Method, r.RequestURI, r.Host, r.Header.Clone(), string(b)})
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return s, srv.URL + "/v1"
}

// status answers every request with a status and a matching body.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if code == 200 {
			io.WriteString(w, `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"as scripted"},"finish_reason":"stop"}]}`)
			return
		}
		io.WriteString(w, `{"error":{"message":"as scripted","type":"scripted"}}`)
	}
}

// requests returns the requests so far.
func (s *script) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.seen...)
}
