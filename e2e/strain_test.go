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

// full runs the tests of promises under strain at full length, and compares the figures with the promises. It is for a machine that
// does nothing else.
var full = flag.Bool("full", false, "run what is measured under strain at its length, against its bounds")

// A promise is a figure and its bound.
type promise struct {
	what      string
	got, most float64
	unit      string
	least     bool // the bound is a lower one
}

// holds prints figures with their promises. With -full it fails for those that are missed.
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

// lasts returns the length of a phase of a test: d, or with -full the promised one.
func lasts(d, promised time.Duration) time.Duration {
	if *full {
		return promised
	}
	return d
}

// A crowd sends requests at random intervals, independent of the answers.
type crowd struct {
	key    string
	rate   float64
	polite bool // refusals must have Retry-After

	mu           sync.Mutex
	asked        int
	took, turned []time.Duration // of answers, and of proper refusals or failures
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

// forget resets the counts.
func (c *crowd) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.took, c.turned = 0, nil, nil
}

// quiet fails if there were other answers than those.
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

// provider serves h and returns its base URL.
func provider(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL + "/v1"
}

// keepsAlive returns a client that keeps enough connections for many requests at once.
func keepsAlive(t *testing.T) *http.Client {
	to := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	t.Cleanup(to.CloseIdleConnections)
	return to
}
