package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Providers that always fail get hardly more requests than the clients send, for any number of targets, because retries must not make
// a failure worse. Requests are counted at the providers.
func TestStorm(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	const two = "targets: [{provider: one, model: m}, {provider: two, model: m}]"
	rows := []struct {
		name  string
		says  http.HandlerFunc
		model string
	}{
		{"two targets that answer 500", status(500), two},
		{"two targets that close the connection", cut, two},
		{"three turns about, with fallbacks", status(502), "strategy: round-robin, " + two + ", fallback: [one/other, two/other]"},
		{"one target, asked again", status(500), "targets: [{provider: one, model: m}], retry: {again: 2, backoff: 10ms}"},
		{"two that say wait", status(429), two},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var attempts atomic.Int64
			base := provider(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				attempts.Add(1)
				io.Copy(io.Discard, q.Body)
				row.says(w, q)
			}))
			var config strings.Builder
			config.WriteString("providers:\n")
			for _, name := range []string{"one", "two"} {
				fmt.Fprintf(&config, "  - {name: %s, type: openai, base_url: %s, api_key: a-key-for-%s, network: {allow_private_network: true}}\n", name, base, name)
			}
			fmt.Fprintf(&config, "models:\n  - {alias: fast, %s}\nvirtual_keys:\n  - {name: a, key: a-key-that-nobody-guesses}\n", row.model)
			g := serve(t, config.String(), "--loops", "2")
			c := &crowd{key: "a-key-that-nobody-guesses", rate: 2000}
			if !*full {
				c.rate = 300
			}
			c.run(g, keepsAlive(t), lasts(time.Second, 10*time.Second))
			c.quiet(t)
			if len(c.took) > 0 {
				t.Errorf("%d requests were answered", len(c.took))
			}
			ratio := float64(attempts.Load()) / float64(max(c.asked, 1))
			t.Logf("%d requests, %d attempts; failed at p50 after %v, at p99 after %v", c.asked, attempts.Load(), quantile(.5, c.turned), quantile(.99, c.turned))
			holds(t, promise{"attempts for a request", ratio, 1.1, "", false})
			if most := 1.1 + 30/float64(max(c.asked, 1)); ratio > most { // retries saved up in a quiet second
				t.Errorf("%.3f attempts for a request", ratio)
			}
		})
	}
}
