package faults

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
)

// twice reports whether the client of the row sends its request twice with one key.
func (r *row) twice() bool { return strings.HasSuffix(r.Action, "same Idempotency-Key") }

// askUnder sends body with an Idempotency-Key.
func askUnder(t testing.TB, c *http.Client, addr, key, body string) *answer {
	t.Helper()
	start := time.Now()
	req, err := http.NewRequest("POST", "http://"+addr+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	res, err := c.Do(req)
	if err != nil {
		return &answer{err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	a := &answer{status: res.StatusCode, kind: res.Header.Get("Content-Type"), body: string(b), err: err, took: time.Since(start)}
	a.read()
	return a
}

// submit sends the request of the row twice at once, and once more, with one key, and then another body
// with that key.
func (r *row) submit(t *testing.T, g *gateway, bad, good *provider) {
	t.Helper()
	body := question + "}"
	if r.Stream {
		body = question + `,"stream":true}`
	}
	var got [3]*answer
	var both sync.WaitGroup
	for i := range got[:2] {
		c := newClient(t)
		both.Go(func() { got[i] = askUnder(t, c, g.addr, "call-1", body) })
	}
	both.Wait()
	c := newClient(t)
	got[2] = askUnder(t, c, g.addr, "call-1", body)
	for i, a := range got {
		a.invariant(t)
		r.checkTail(t, a)
		if a.status != 200 || a.err != nil || a.body != got[0].body || a.kind != got[0].kind || a.from(t) != "bad" {
			t.Errorf("answer %d is %d %s, %v: %.400s", i, a.status, a.kind, a.err, a.body)
		}
	}
	if n, m := bad.asked.Load(), good.asked.Load(); n != 1 || m != 0 {
		t.Errorf("the first provider was asked %d times and the fallback %d times; want one request", n, m)
	}
	paid := 0
	for range got {
		rec := g.record(t)
		switch {
		case rec.Recall == core.NoRecall:
			paid++
			r.checkBill(t, &rec, true)
		case rec.Cost != 0:
			t.Errorf("a repetition (%v) is charged %v", rec.Recall, rec.Cost)
		}
	}
	if paid != 1 {
		t.Errorf("%d of three are charged; want one", paid)
	}
	a := askUnder(t, c, g.addr, "call-1", strings.Replace(body, `"hi"`, `"ho"`, 1))
	if rec := g.record(t); a.status != 422 || !strings.Contains(a.body, "idempotency_key_reused") || rec.Cost != 0 {
		t.Errorf("another body with the same key: %d %.400s, charged %v", a.status, a.body, rec.Cost)
	}
}

// Clients that share a call which breaks off get one error each, after complete events.
func TestRepeatOfWhatBreaks(t *testing.T) {
	t.Parallel()
	for _, lane := range lanes {
		t.Run(lane.name, func(t *testing.T) {
			sc, err := parse([]string{"status 200", "event token x40", "fin"})
			if err != nil {
				t.Fatal(err)
			}
			bad := newProvider(t, "bad", sc)
			bad.pace = 5 * time.Millisecond
			g := newGateway(t, lane.loops, document(ample, bad.base))
			var all sync.WaitGroup
			for range 4 {
				c := newClient(t)
				all.Go(func() {
					a := askUnder(t, c, g.addr, "call-2", question+`,"stream":true}`)
					a.invariant(t)
					if a.status != 200 || a.err != nil || a.errors+a.terminators != 1 { // a late one makes a new call, which is answered
						t.Errorf("%d, %v, %d errors, %d terminators: %s", a.status, a.err, a.errors, a.terminators, last(a.body))
					}
				})
			}
			all.Wait()
			if n := bad.asked.Load(); n > 2 {
				t.Errorf("the provider was asked %d times", n)
			}
		})
	}
}
