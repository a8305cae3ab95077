package pgvector

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// A real PostgreSQL; the extension too where it is installed.
func TestStore(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := stores.StartPostgres(ctx)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(p.Close)
	if !p.Real {
		t.Log("the extension vector is not installed: a type over text stands in for it")
	}
	at := func(secret vector.Secret) *Store {
		s, err := Open(vector.Place{Kind: "pgvector", URL: p.URL + "?sslmode=disable", Name: "questions", User: p.User, Secret: secret, Conns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	s := at("sesame")
	exercise.Store(t, s)
	if n, err := p.Count(ctx, "questions_8"); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
	if err := at("wrong-secret").Prepare(ctx, 8); err == nil || strings.Contains(err.Error(), "wrong-secret") || !strings.Contains(err.Error(), "password") {
		t.Errorf("%v", err)
	}
	var all sync.WaitGroup
	for range 4 { // processes that begin at a time
		other := at("sesame")
		all.Go(func() {
			if err := other.Prepare(ctx, 9); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := s.Add(ctx, exercise.Row("a", 1, 0, func(r *vector.Row) { r.Label, r.Owner = "nul\x00", "bad\xff" })); err != nil {
		t.Error(err)
	}
	late, stop := context.WithTimeout(ctx, time.Nanosecond)
	defer stop()
	if _, err := s.Search(late, &vector.Query{Vector: exercise.Axis(0, 0), Top: 1, Now: time.Now()}); err == nil {
		t.Error("a search that takes too long ends well")
	}
}

// What stands in an address is not told.
func TestOpenTellsNoSecret(t *testing.T) {
	for _, url := range []string{"postgres://h:port/db", "postgres://h/db?connect_timeout=x"} {
		if _, err := Open(vector.Place{URL: url, Name: "n", Secret: "sesame"}); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
