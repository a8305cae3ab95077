package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A server works on places requests at once, each in time. With more, each takes proportionally longer.
type server struct {
	places int64
	time   time.Duration
	under  atomic.Int64
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
}

// capacity returns how many requests s can answer in a second.
func (s *server) capacity() float64 { return float64(s.places) / s.time.Seconds() }

// crowded starts a gateway in front of a server, and returns it with its access log.
func crowded(t *testing.T, s *server, keys int) (g *gateway, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "access.log")
	var config strings.Builder
	fmt.Fprintf(&config, "%soverload: {}\nobservability: {access_log: %s}\nvirtual_keys:\n", local(provider(t, s)), log)
	for i := range keys {
		fmt.Fprintf(&config, "  - {name: key-%d, key: a-key-that-nobody-guesses-%d}\n", i, i)
	}
	return serve(t, config.String(), "--loops", "2"), log
}

// refusals returns how long the refusals after since took by the gateway's own clock: from the complete head to the last byte,
// without the time until client and gateway are scheduled.
func refusals(t *testing.T, log string, since time.Time) (took []time.Duration) {
	t.Helper()
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		var r struct {
			Time   time.Time
			Status int
			Total  float64 `json:"total_ms"`
		}
		if json.Unmarshal(line, &r) == nil && r.Time.After(since) && (r.Status == 503 || r.Status == 429) {
			took = append(took, time.Duration(r.Total*1e6))
		}
	}
	return took
}

// With three times the load that the server can bear, it works at full capacity and in time, and the other requests are refused
// at once. Afterwards everything is as before.
func TestOverload(t *testing.T) {
	s := &server{places: 10, time: 50 * time.Millisecond}
	g, log := crowded(t, s, 1)
	to := keepsAlive(t)
	c := &crowd{key: "a-key-that-nobody-guesses-0", rate: s.capacity() * 0.3, polite: true}
	c.run(g, to, lasts(time.Second, 10*time.Second))
	atEase := quantile(.99, c.took)
	c.rate = 3 * s.capacity()
	c.run(g, to, time.Second) // while the gate learns
	c.forget()
	s.most.Store(0)
	began := time.Now()
	length := lasts(3*time.Second, time.Minute)
	c.run(g, to, length)
	goodput := float64(len(c.took)) / (length.Seconds() * s.capacity())
	p99, refused := quantile(.99, c.took), quantile(.99, c.turned)
	t.Logf("%d asked, %d answered (p50 %v, p99 %v; %v at ease), %d refused (p50 %v, p99 %v), %d at once at the server", c.asked,
		len(c.took), quantile(.5, c.took), p99, atEase, len(c.turned), quantile(.5, c.turned), refused, s.most.Load())
	held := len(c.turned)
	c.rate = s.capacity() * 0.3
	c.run(g, to, 2*time.Second)
	c.forget()
	c.run(g, to, lasts(time.Second, 5*time.Second))
	holds(t,
		promise{"goodput at three times the capacity", goodput, 0.95, "", true},
		promise{"p99 of the admitted, at ease twice and 10 ms", millis(p99), 2*millis(atEase) + 10, "ms", false},
		promise{"p99 of the refused, as the client sees it", millis(refused), 5, "ms", false},
		promise{"p99 of the refused, as the gateway does", millis(quantile(.99, refusals(t, log, began))), 5, "ms", false},
		promise{"served, from 2 s after it on", float64(len(c.took)) / float64(max(c.asked, 1)), 1, "", true},
	)
	c.quiet(t)
	if goodput < 0.5 || held == 0 { // the promise is for a machine that does nothing else
		t.Errorf("goodput is %.2f of capacity, %d were refused", goodput, held)
	}
	if s.most.Load() > 40 {
		t.Errorf("%d at once were let through to a server with 10 places", s.most.Load())
	}
	if m := ask(t, "GET", g.url("/metrics"), ""); !strings.Contains(m.body, `asbru_overload_refused_total{target="local/mock-id-7",provider="local",reason="overload"}`) {
		t.Errorf("the metrics do not show it: %d %s", m.status, m.body)
	}
}

// A caller that asks for fifty times its share takes nothing from those that ask for theirs.
func TestFairShare(t *testing.T) {
	s := &server{places: 10, time: 50 * time.Millisecond}
	g, log := crowded(t, s, 10)
	to := keepsAlive(t)
	var all sync.WaitGroup
	cs := make([]*crowd, 10)
	learnt := time.Now().Add(2 * time.Second) // until then refusals may come late
	for i := range cs {
		cs[i] = &crowd{key: fmt.Sprintf("a-key-that-nobody-guesses-%d", i), rate: 12, polite: true}
		if i == 9 {
			cs[i].rate *= 50
		}
		all.Go(func() { cs[i].run(g, to, lasts(4*time.Second, time.Minute)) })
	}
	all.Wait()
	asked, answered, worst := 0, 0, 1.0
	var took []time.Duration
	for _, c := range cs[:9] {
		asked, answered, took = asked+c.asked, answered+len(c.took), append(took, c.took...)
		worst = min(worst, float64(len(c.took))/float64(max(c.asked, 1)))
		c.quiet(t)
	}
	greedy := cs[9]
	t.Logf("nine: %d of %d, p99 %v; the tenth: %d of %d, refused at p99 after %v", answered, asked, quantile(.99, took), len(greedy.took), greedy.asked, quantile(.99, greedy.turned))
	holds(t,
		promise{"of the worst of nine beside one at 50 times", worst, 0.99, "", true},
		promise{"p99 of the refused, as the gateway sees it", millis(quantile(.99, refusals(t, log, learnt))), 5, "ms", false},
	)
	// The promise above is for a machine that does nothing else. This check is for any machine, also one that pauses for seconds:
	// without fair shares all ten would get the same part of what they ask for.
	if nine, tenth := float64(answered)/float64(asked), float64(len(greedy.took))/float64(greedy.asked); nine < 2*tenth {
		t.Errorf("the nine got %.2f of what they asked for, the tenth %.2f of it", nine, tenth)
	}
	if len(greedy.took) == 0 || len(greedy.turned) < greedy.asked/2 {
		t.Errorf("the tenth got %d of %d, and %d were refused", len(greedy.took), greedy.asked, len(greedy.turned))
	}
}
