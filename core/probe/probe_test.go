package probe

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/leak"
	"asbru/core"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// A server that fails and recovers is reported as such.
func TestProber(t *testing.T) {
	var status, asked atomic.Int64
	status.Store(200)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked.Add(1)
		if q.Header.Get("Authorization") != "" {
			t.Error("a probe carries a credential")
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer s.Close()
	told, logged := make(chan bool, 100), make(chan string, 100)
	p := New(func(provider string, ok bool, holds time.Duration) {
		if provider != "ollama" || holds < 3*time.Second {
			t.Errorf("reported %s for %v", provider, holds)
		}
		told <- ok
	}, func(_, problem string) { logged <- problem })
	check := core.HealthCheck{Provider: "ollama", URL: s.URL + "/health", Every: time.Millisecond}
	p.Watch([]core.HealthCheck{check})
	wait := func(want bool) {
		t.Helper()
		for deadline := time.After(20 * time.Second); ; {
			select {
			case ok := <-told:
				if ok == want {
					return
				}
			case <-deadline:
				t.Fatalf("never reported %v", want)
			}
		}
	}
	wait(true)
	status.Store(503)
	wait(false)
	if got := <-logged; got != "it answers 503 Service Unavailable" {
		t.Errorf("logged %q", got)
	}
	status.Store(401) // it requires a key, so it is up
	wait(true)
	if got := <-logged; got != "" {
		t.Errorf("logged %q", got)
	}
	p.Watch([]core.HealthCheck{check}) // a reload changes nothing
	p.Watch(nil)
	p.Close()
	p.Watch([]core.HealthCheck{check}) // after Close: nothing starts
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	told := make(chan bool, 10)
	p := New(func(_ string, ok bool, _ time.Duration) { told <- ok }, func(string, string) {})
	defer p.Close()
	p.Watch([]core.HealthCheck{{Provider: "vllm", URL: s.URL, Every: time.Hour}})
	if <-told {
		t.Error("a server that does not exist is reported as healthy")
	}
}
