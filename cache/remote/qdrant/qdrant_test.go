package qdrant

import (
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

func open(t *testing.T, h *stores.Qdrant, secret vector.Secret) *Store {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := Open(vector.Place{Kind: "qdrant", URL: server.URL + "/", Name: "questions", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	h := &stores.Qdrant{Key: "sesame"}
	exercise.Store(t, open(t, h, "sesame"))
	if p := h.Problems(); len(p) > 0 || h.Len() != 0 {
		t.Errorf("%d rows are left; %s", h.Len(), strings.Join(p, "\n"))
	}
}

// What goes wrong is an error that names the status and no credential.
func TestRefused(t *testing.T) {
	h := &stores.Qdrant{Key: "sesame"}
	if err := open(t, h, "wrong-secret").Prepare(t.Context(), 8); err == nil || strings.Contains(err.Error(), "wrong-secret") || !strings.Contains(err.Error(), "40") {
		t.Errorf("%v", err)
	}
	s := open(t, h, "sesame")
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	h.Down(true)
	if err := s.Add(t.Context(), exercise.Row("a", 1, 0, nil)); !vector.Is(err, 503) {
		t.Errorf("%v", err)
	}
	h.Down(false)
	h.Slow(300 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Search(ctx, &vector.Query{Vector: exercise.Axis(0, 0), Top: 1, Now: time.Now()}); err == nil {
		t.Error("a search that takes too long ends well")
	}
	h.Slow(0)
}
