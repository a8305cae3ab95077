package vector

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A server that leads elsewhere is not followed: the credential would go with it. What is too long
// or no JSON is an error.
func TestServer(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Api-Key") != "sesame" || r.Method == "POST" && r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v", r.Header)
		}
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/long":
			w.Write([]byte(`"`))
			for range maxReply >> 10 {
				w.Write([]byte(strings.Repeat("x", 1<<10)))
			}
			w.Write([]byte(`"`))
		case "/no":
			http.Error(w, strings.Repeat("no ", 1000), http.StatusTeapot)
		default:
			w.Write([]byte(`{"a": 1}`))
		}
	}))
	t.Cleanup(h.Close)
	s, err := NewServer(&Place{URL: h.URL + "/"}, http.Header{"Api-Key": {"sesame"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var out struct{ A int }
	if err := s.Call(t.Context(), "POST", "/", map[string]int{"b": 2}, &out); err != nil || out.A != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	var text string
	for path, status := range map[string]int{"/away": 307, "/no": 418, "/long": 0, "/": 0} {
		err := s.Call(t.Context(), "GET", path, nil, &text)
		if err == nil || len(err.Error()) > 500 || status != 0 && !Is(err, status) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirection was followed")
	}
}
