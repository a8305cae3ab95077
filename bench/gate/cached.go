package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The questions of a semantic hit: the answer to the first is given for the other, by the
// similarity of their embeddings and with the guard's consent.
const (
	askedBefore = "How does the heart pump blood?"
	askedNow    = "How will the heart pump blood?"
	rememberAll = "{exact: {ttl: 24h}, semantic: {mode: balanced}}"
	neighbours  = 1000 // other questions in the same space
)

// cached measures how much the exact cache adds to requests that miss it, and how much longer a
// semantic hit takes than an exact one, each in one run of the load generator.
func cached(ctx context.Context, s *session, out *section) error {
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	err = st.beside(ctx, out, provider.addr, comparison{
		name: "unknown",
		a:    gatewayShape{silent: true, name: "off"},
		b:    gatewayShape{silent: true, name: "on", cache: "{}"},
		load: []string{"--request-bytes", "1500", "--distinct"},
	})
	if err != nil {
		return err
	}
	body := filepath.Join(st.dir, "question.json")
	if err := os.WriteFile(body, question(askedNow), 0o600); err != nil {
		return err
	}
	return st.beside(ctx, out, provider.addr, comparison{
		name: "semantic",
		a:    gatewayShape{silent: true, name: "exact", cache: rememberAll},
		b:    gatewayShape{silent: true, name: "semantic", cache: rememberAll},
		ready: func(a, b server) error {
			if err := teach(a, askedNow, "exact"); err != nil {
				return err
			}
			return teach(b, askedBefore, "semantic")
		},
		load: []string{"--body-file", body},
	})
}

// A comparison runs two gateways under the same load.
type comparison struct {
	name  string // prefix of the figures, which are how much more b takes than a
	a, b  gatewayShape
	ready func(a, b server) error // prepares both before the load; nil: nothing to do
	load  []string                // arguments of the load generator
}

// beside measures how much more the second gateway of c takes than the first, in one run.
func (st *stand) beside(ctx context.Context, out *section, provider string, c comparison) error {
	a, err := st.gateway(provider, c.a)
	if err != nil {
		return err
	}
	b, err := st.gateway(provider, c.b)
	if err != nil {
		return err
	}
	if c.ready != nil {
		if err := c.ready(a, b); err != nil {
			return err
		}
	}
	load := append([]string{"--rate", besideRate, "--window", pick(st.s, "1s", "500ms"), "--rounds", pick(st.s, "15", "7")}, c.load...)
	if err := st.load(ctx, out, "", []server{a, b}, load...); err != nil {
		return err
	}
	for _, name := range []string{"p50", "p99", "cpu_us"} {
		x, y := out.Load.target(a.name).Figures[name], out.Load.target(b.name).Figures[name]
		out.add(c.name+"_"+name, "µs", y.Median-x.Median)
		out.note("%s %s: %s is %s, %s is %s", c.name, name, a.name, x.text(), b.name, y.text())
	}
	x, err := decided(a)
	if err != nil {
		return err
	}
	y, err := decided(b)
	if err != nil {
		return err
	}
	if c.name != "semantic" { // a cached answer needs no decision
		out.add(c.name+"_decision_p50", "µs", y-x)
		out.note("%s decision_p50: %s is %s, %s is %s", c.name, a.name, short(x), b.name, short(y))
	}
	out.Load = nil
	return nil
}

// paid measures the cost of holding, settling and recording each request.
func paid(ctx context.Context, s *session, out *section) error {
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	return st.beside(ctx, out, provider.addr, comparison{
		name: "paid",
		a:    gatewayShape{silent: true, name: "off"},
		b:    gatewayShape{silent: true, name: "on", governed: true},
		load: []string{"--request-bytes", "1500"},
	})
}

// decided returns the median of a gateway's own time per request since its start, in microseconds.
func decided(g server) (float64, error) {
	page, err := metricsPage(g.addr)
	if err != nil {
		return 0, err
	}
	h := bucketsOf(page, "asbru_decision_seconds")
	if len(h) == 0 || h[math.Inf(1)] == 0 {
		return 0, nil // there were no requests
	}
	x, err := h.quantile(0.5)
	return x * 1e6, err
}

func question(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return fmt.Appendf(nil, `{"model":"mock","max_tokens":500,"messages":[{"role":"user","content":%s}]}`, b)
}

// teach asks the first question, so that the gateway answers askedNow from memory, and checks how.
func teach(g server, first, way string) error {
	for i := range neighbours {
		if _, err := tell(g, fmt.Sprintf("What did year %d bring to the town of number %d?", 1000+i, i)); err != nil {
			return err
		}
	}
	if _, err := tell(g, first); err != nil {
		return err
	}
	for end := time.Now().Add(readyWithin); ; time.Sleep(pollEvery) {
		was, err := tell(g, first)
		if err != nil || time.Now().After(end) {
			return fmt.Errorf("%s does not remember: %s, %v", g.name, was, err)
		}
		if was == "exact" {
			break
		}
	}
	was, err := tell(g, askedNow)
	if err == nil && was != way {
		err = fmt.Errorf("%s answers by %s, not %s", g.name, was, way)
	}
	return err
}

// tell sends one question and returns how the cache answered it.
func tell(g server, text string) (how string, err error) {
	r, err := http.NewRequest("POST", "http://"+g.addr+"/v1/chat/completions", strings.NewReader(string(question(text))))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+virtualKey)
	r.Header.Set("Content-Type", "application/json")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, a.Body); err != nil {
		return "", err
	}
	if a.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %d", g.name, a.StatusCode)
	}
	return a.Header.Get("X-Cache"), nil
}
