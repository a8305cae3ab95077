package redis

import (
	"context"
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

func open(t *testing.T, r *stores.Redis, secret vector.Secret) *Store {
	t.Helper()
	address, err := r.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	s, err := Open(vector.Place{Kind: "redis", URL: "redis://" + address, Name: "questions", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	r := &stores.Redis{Password: "sesame"}
	exercise.Store(t, open(t, r, "sesame"))
	if p := r.Problems(); len(p) > 0 || r.Hashes() != 0 {
		t.Errorf("%d rows are left; %s", r.Hashes(), strings.Join(p, "\n"))
	}
}

// Every row goes by itself.
func TestExpires(t *testing.T) {
	r := &stores.Redis{}
	s := open(t, r, "")
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), exercise.Row("a", 1, 0, nil)); err != nil {
		t.Fatal(err)
	}
	if r.Hashes() != 1 || !r.Expiring() {
		t.Errorf("%d hashes, expiring %v", r.Hashes(), r.Expiring())
	}
}

func TestRefused(t *testing.T) {
	r := &stores.Redis{Password: "sesame"}
	if err := open(t, r, "wrong-secret").Prepare(t.Context(), 8); err == nil || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("%v", err)
	}
	r = &stores.Redis{}
	s := open(t, r, "")
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	r.Slow(300 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Search(ctx, &vector.Query{Vector: exercise.Axis(0, 0), Top: 1, Now: time.Now()}); err == nil {
		t.Error("a search that takes too long ends well")
	}
}
