package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A server does places requests at once in time each; of more, each takes the longer.
type server struct {
	places int64
	time   time.Duration
	under  atomic.Int64
	served atomic.Int64
	most   atomic.Int64
}

func (s *server) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	n := s.under.Add(1)
	defer s.under.Add(-1)
	for m := s.most.Load(); n > m && !s.most.CompareAndSwap(m, n); m = s.most.Load() {
	}
	io.Copy(io.Discard, q.Body)
	time.Sleep(s.time * time.Duration(max(n, s.places)) / time.Duration(s.places))
	status(200)(w, q)
	s.served.Add(1)
}

// A crowd asks at random, so many times a second, whatever becomes of it.
type crowd struct {
	key          string
	rate         float64
	mu           sync.Mutex
	asked        int
	took, turned []time.Duration // answers, refusals
	odd          []string
}

func (c *crowd) run(g *gateway, to *http.Client, d time.Duration) {
	var all sync.WaitGroup
	defer all.Wait()
	next, end := time.Now(), time.Now().Add(d)
	for {
		next = next.Add(time.Duration(rand.ExpFloat64() / c.rate * 1e9))
		if next.After(end) {
			return
		}
		time.Sleep(time.Until(next))
		c.asked++
		all.Go(func() { c.ask(g, to) })
	}
}

func (c *crowd) ask(g *gateway, to *http.Client) {
	began := time.Now()
	a, err := try(to, "POST", g.url("/v1/chat/completions"), chatBody("fast", ""), "Authorization: Bearer "+c.key)
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.odd = append(c.odd, err.Error())
	case a.status == 200:
		c.took = append(c.took, took)
	case (a.status == 503 || a.status == 429) && a.head.Get("Retry-After") != "":
		c.turned = append(c.turned, took)
	default:
		c.odd = append(c.odd, fmt.Sprint(a.status, " ", a.body))
	}
}

func quantile(q float64, d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	d = slices.Sorted(slices.Values(d))
	return d[min(int(q*float64(len(d))), len(d)-1)]
}

// crowded is a gateway before a server that does so many at once.
func crowded(t *testing.T, s *server, keys int) (*gateway, *http.Client) {
	t.Helper()
	_, base := scripted(t, s.ServeHTTP)
	var config strings.Builder
	config.WriteString(local(base) + "overload: {}\nvirtual_keys:\n")
	for i := range keys {
		fmt.Fprintf(&config, "  - {name: key-%d, key: a-key-that-nobody-guesses-%d}\n", i, i)
	}
	to := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 500}}
	t.Cleanup(to.CloseIdleConnections)
	return serve(t, config.String(), "--loops", "2"), to
}

// Three times what the server can do: it does what it can, in time, and the others are
// told to come back. Times are told and not held against a bound: the machine may be busy.
func TestOverload(t *testing.T) {
	s := &server{places: 10, time: 50 * time.Millisecond}
	g, to := crowded(t, s, 1)
	c := &crowd{key: "a-key-that-nobody-guesses-0", rate: 600}
	c.run(g, to, time.Second) // while it learns
	c.mu.Lock()
	c.asked, c.took, c.turned = 0, nil, nil
	c.mu.Unlock()
	s.most.Store(0)
	const seconds = 3
	c.run(g, to, seconds*time.Second)
	goodput := float64(len(c.took)) / (seconds * 200)
	t.Logf("%d asked, %d answered (%.2f of capacity, p50 %v, p99 %v), %d refused (p50 %v, p99 %v), %d at once at the server", c.asked,
		len(c.took), goodput, quantile(.5, c.took), quantile(.99, c.took), len(c.turned), quantile(.5, c.turned), quantile(.99, c.turned), s.most.Load())
	if len(c.odd) > 0 {
		t.Errorf("%d other answers, such as %s", len(c.odd), c.odd[0])
	}
	if goodput < 0.7 || len(c.turned) == 0 {
		t.Errorf("goodput is %.2f of capacity, %d were refused", goodput, len(c.turned))
	}
	if s.most.Load() > 40 {
		t.Errorf("%d at once were let through to a server for 10", s.most.Load())
	}
	if m := ask(t, "GET", g.url("/metrics"), ""); !strings.Contains(m.body, `asbru_overload_refused_total{target="local/mock-id-7",provider="local",reason="overload"}`) {
		t.Errorf("metrics say nothing of it: %d %s", m.status, m.body)
	}
}

// One that asks for fifty times its share takes nothing from those who ask for theirs.
func TestFairShare(t *testing.T) {
	s := &server{places: 10, time: 50 * time.Millisecond}
	g, to := crowded(t, s, 10)
	var all sync.WaitGroup
	cs := make([]*crowd, 10)
	for i := range cs {
		cs[i] = &crowd{key: fmt.Sprintf("a-key-that-nobody-guesses-%d", i), rate: 12}
		if i == 9 {
			cs[i].rate *= 50
		}
		all.Go(func() { cs[i].run(g, to, 4*time.Second) })
	}
	all.Wait()
	asked, answered := 0, 0
	for _, c := range cs[:9] {
		asked, answered = asked+c.asked, answered+len(c.took)
		if len(c.odd) > 0 {
			t.Errorf("%d other answers, such as %s", len(c.odd), c.odd[0])
		}
	}
	greedy := cs[9]
	t.Logf("nine: %d of %d; the tenth: %d of %d, refused at p99 after %v", answered, asked, len(greedy.took), greedy.asked, quantile(.99, greedy.turned))
	if answered*100 < asked*95 {
		t.Errorf("the nine got %d of %d; want nearly all", answered, asked)
	}
	if len(greedy.took) == 0 || len(greedy.turned) < greedy.asked/2 {
		t.Errorf("the tenth got %d of %d, and %d were refused", len(greedy.took), greedy.asked, len(greedy.turned))
	}
}
