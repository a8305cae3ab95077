package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// full has the tests of what is promised under strain run at their length, and holds the
// figures against the promise: that is for a machine with nothing else to do.
var full = flag.Bool("full", false, "run what is measured under strain at its length, against its bounds")

// A promise is a figure and what it must not pass.
type promise struct {
	what      string
	got, most float64
	unit      string
	least     bool // most is the least instead
}

// holds prints figures beside what is promised of them. With -full it fails for those that miss it.
func holds(t *testing.T, all ...promise) {
	t.Helper()
	for _, p := range all {
		sign, kept := "<=", p.got <= p.most
		if p.least {
			sign, kept = ">=", p.got >= p.most
		}
		word := map[bool]string{true: "kept", false: "MISSED"}[kept]
		line := fmt.Sprintf("%-6s %-48s %10.3f %-2s %s %g", word, p.what, p.got, p.unit, sign, p.most)
		if t.Log(line); !kept && *full {
			t.Errorf("%s is %.3f %s; promised is %s %g", p.what, p.got, p.unit, sign, p.most)
		}
	}
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }

// lasts is how long a phase of a test is: d, or with -full as long as is promised.
func lasts(d, promised time.Duration) time.Duration {
	if *full {
		return promised
	}
	return d
}

// A crowd asks at random, so many times a second, whatever becomes of it.
type crowd struct {
	key    string
	rate   float64
	polite bool // who is refused has to be told when to come back

	mu           sync.Mutex
	asked        int
	took, turned []time.Duration // answers, and refusals or failures that say what they are
	odd          []string        // anything else
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
	case a.status >= 400 && strings.Contains(a.body, `"error"`) && (!c.polite || (a.status == 503 || a.status == 429) && a.head.Get("Retry-After") != ""):
		c.turned = append(c.turned, took)
	default:
		c.odd = append(c.odd, fmt.Sprint(a.status, " ", a.body))
	}
}

// forget begins to count anew.
func (c *crowd) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.took, c.turned = 0, nil, nil
}

// quiet fails for answers that are none.
func (c *crowd) quiet(t *testing.T) {
	t.Helper()
	if len(c.odd) > 0 {
		t.Errorf("%d other answers, such as %s", len(c.odd), c.odd[0])
	}
}

func quantile(q float64, d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	d = slices.Sorted(slices.Values(d))
	return d[min(int(q*float64(len(d))), len(d)-1)]
}

// provider serves h and returns its base.
func provider(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL + "/v1"
}

// keepsAlive is a client that keeps connections for many requests at once.
func keepsAlive(t *testing.T) *http.Client {
	to := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	t.Cleanup(to.CloseIdleConnections)
	return to
}
