package exercise

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/cache/vector"
)

// Password is the password that stand-ins require.
const Password = "sesame"

// A Server is a stand-in for a vector store.
type Server interface {
	Problems() []string // requests that it did not understand
	Len() int           // rows
	Slow(time.Duration) // sets how long a search takes
}

// Opener opens the store of a package at a place.
type Opener[S vector.Store] func(vector.Place) (S, error)

// At opens the store at url with a secret, and closes it when the test ends.
func (open Opener[S]) At(t testing.TB, url string, secret vector.Secret) S {
	t.Helper()
	s, err := open(vector.Place{URL: url, Name: "questions", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// StandIn tests the stand-in at url like Store, and also failures: a wrong password, a server that is down, if it
// supports that, and one that takes too long.
func StandIn[S vector.Store](t *testing.T, h Server, url string, open Opener[S]) {
	t.Helper()
	Store(t, open.At(t, url, Password))
	if p := h.Problems(); len(p) > 0 || h.Len() != 0 {
		t.Errorf("%d rows are left; %s", h.Len(), strings.Join(p, "\n"))
	}
	err := open.At(t, url, "wrong-secret").Prepare(t.Context(), dims)
	if err == nil || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("with another password: %v", err)
	}
	s := open.At(t, url, Password)
	if err := s.Prepare(t.Context(), dims); err != nil {
		t.Fatal(err)
	}
	if web, ok := h.(interface {
		http.Handler
		Down(bool)
	}); ok { // errors contain the status
		if err == nil || !strings.Contains(err.Error(), "40") {
			t.Errorf("with another password: %v", err)
		}
		web.Down(true)
		if err := s.Add(t.Context(), Row("a", 1, 0, nil)); !vector.Is(err, http.StatusServiceUnavailable) {
			t.Errorf("of a server that is down: %v", err)
		}
		web.Down(false)
	}
	h.Slow(300 * time.Millisecond)
	defer h.Slow(0)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Search(ctx, &vector.Query{Vector: Axis(0, 0), Top: 1, Now: time.Now()}); err == nil {
		t.Error("a search that takes too long ends well")
	}
}

// Web serves an HTTP stand-in until the test ends.
func Web(t testing.TB, h http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// Answers fuzzes the answers to searches over HTTP: any answer must yield complete rows or none. row is an answer in the
// store's format with a malformed row.
func Answers[S vector.Store](f *testing.F, row string, open Opener[S]) {
	var body atomic.Pointer[[]byte]
	url := Web(f, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if b := body.Load(); b != nil {
			w.Write(*b)
		} else {
			w.Write([]byte(`{"result":{"exists":true}}`))
		}
	}))
	s := open.At(f, url, "")
	if err := s.Prepare(f.Context(), dims); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(row))
	f.Add([]byte("{}"))
	f.Add([]byte("["))
	f.Fuzz(func(t *testing.T, data []byte) {
		body.Store(&data)
		all, err := s.Search(t.Context(), &vector.Query{Vector: Axis(0, 0), Top: 4, Now: time.Unix(1, 0)})
		if err != nil && len(all) > 0 {
			t.Errorf("%d rows and %v", len(all), err)
		}
	})
}
