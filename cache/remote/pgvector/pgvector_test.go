package pgvector

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/bench/postgres"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// Tests with a real PostgreSQL, and with the extension if it is installed.
func TestStore(t *testing.T) {
	address := postgres.Start(t).Address()
	stores.Vectors(t, address)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // from here on: a busy machine needs its time to make a database
	defer cancel()
	open := func() *Store {
		s, err := Open(vector.Place{Kind: "pgvector", URL: address, Name: "questions", Secret: "sesame", Conns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	s := open()
	exercise.Store(t, s)
	if n := stores.CountRows(t, address, "questions_8"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	var all sync.WaitGroup
	for range 4 { // processes that start at the same time
		other := open()
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
		t.Error("a search that takes too long succeeds")
	}
}

// A server that hangs keeps nobody waiting beyond the time that was given, and nothing that waits for it behind.
func TestAServerThatHangs(t *testing.T) {
	server := postgres.Start(t)
	stores.Vectors(t, server.Address())
	s, err := Open(vector.Place{Kind: "pgvector", URL: server.Address(), Name: "questions", Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	const patience = 300 * time.Millisecond
	for name, ask := range map[string]func(context.Context) error{
		"search": func(ctx context.Context) error {
			_, err := s.Search(ctx, &vector.Query{Vector: exercise.Axis(0, 0), Top: 1, Now: time.Now()})
			return err
		},
		"add":     func(ctx context.Context) error { return s.Add(ctx, exercise.Row("a", 1, 0, func(*vector.Row) {})) },
		"remove":  func(ctx context.Context) error { return s.Remove(ctx, &vector.Filter{Owner: "o"}) },
		"prepare": func(ctx context.Context) error { return s.Prepare(ctx, 8) },
	} {
		if err := ask(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		before := runtime.NumGoroutine()
		server.Pause()
		begun := time.Now()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if ask(ctx) == nil {
					t.Errorf("%s: it was answered", name)
				}
			})
		}
		all.Wait()
		if took := time.Since(begun); took > 5*patience {
			t.Errorf("%s waits for %v", name, took)
		}
		const pool = 4 // goroutines by which the pool of two connections differs from one moment to the next
		for end := time.Now().Add(5 * patience); runtime.NumGoroutine() > before+pool && time.Now().Before(end); time.Sleep(time.Millisecond) {
		}
		if n := runtime.NumGoroutine(); n > before+pool {
			t.Errorf("%s leaves %d goroutines behind", name, n-before)
		}
		server.Resume()
		if err := ask(t.Context()); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// Errors show neither the address nor the credential.
func TestTellsNoSecret(t *testing.T) {
	for _, url := range []string{"postgres://h:port/db", "postgres://h/db?connect_timeout=x"} {
		if _, err := Open(vector.Place{URL: url, Name: "n", Secret: "sesame"}); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", url, err)
		}
	}
	s, err := Open(vector.Place{URL: "postgres://127.0.0.1:1/db", Name: "n", User: "u", Secret: "sesame"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Prepare(t.Context(), 8); err == nil || strings.Contains(err.Error(), "sesame") {
		t.Errorf("%v", err)
	}
}
