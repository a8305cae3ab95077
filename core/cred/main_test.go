package cred

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/bench/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// serve starts a server on loopback that is closed with the test.
func serve(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL
}

// answer makes a handler that always gives the same answer.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// env makes a Lookup of alternating names and values.
func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// get fetches once.
func get(t *testing.T, s Spec, o Options) (*grant, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return s.fetch(ctx, newClient(o))
}

// must fetches once and requires it to succeed.
func must(t *testing.T, s Spec, o Options) *grant {
	t.Helper()
	g, err := get(t, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// fails requires a fetch to fail with an error that contains want.
func fails(t *testing.T, s Spec, o Options, want string) {
	t.Helper()
	g, err := get(t, s, o)
	if err == nil {
		t.Fatalf("got %q, %v; want an error about %q", g.lines, g.aws, want)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want something about %q", err, want)
	}
}

// file writes a file that is removed with the test.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lives checks that g expires in about d.
func lives(t *testing.T, g *grant, d time.Duration) {
	t.Helper()
	if got := time.Until(g.expires); got > d || got < d-time.Minute {
		t.Errorf("it expires in %v, want %v", got, d)
	}
}
