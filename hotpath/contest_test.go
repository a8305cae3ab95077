package hotpath

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// care gives the rig's route a Care.
func (r *rig) care(c *core.Care) {
	r.change(func(s *core.Snapshot) {
		m := *s.Models["m"]
		m.Care = c
		s.Models = map[string]*core.Route{"m": &m}
	})
}

// hedged gives the rig's route a hedge after wait.
func (r *rig) hedged(wait time.Duration) { r.hedgedTelling(wait, new(words)) }

// hedgedTelling is hedged, and n hears what the route is told.
func (r *rig) hedgedTelling(wait time.Duration, n *words) {
	targets := r.snap.Models["m"].Targets
	r.care(&core.Care{Hedge: &core.Hedge{
		Wait: func(*core.Exchange) time.Duration { return wait },
		Pick: func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
			if len(tried) >= len(targets) {
				return nil, nil
			}
			return targets[len(tried)], targets[len(tried)].Keys[0]
		},
	}})
	r.change(func(s *core.Snapshot) {
		m := *s.Models["m"]
		m.Note = n.note
		s.Models = map[string]*core.Route{"m": &m}
	})
}

// Words remember what a Route was told, a word each.
type words struct {
	mu   sync.Mutex
	said []string
}

func (n *words) note(x *core.Exchange, a *core.Attempt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	word := a.Target.Name + [...]string{"", " content", " failed", " complete"}[a.Phase]
	if a.Cause != core.NoCause {
		word += " " + a.Cause.String()
	}
	n.said = append(n.said, word)
}

func (n *words) all() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.said, ", ")
}

// slow waits, then answers as next does; whoever is cut off waits no more. busy is how many
// it works for: a loser that is cut off before it was heard at all was never among them.
func slow(wait time.Duration, busy *atomic.Int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		busy.Add(1)
		defer busy.Add(-1)
		b, _ := io.ReadAll(q.Body)
		select {
		case <-q.Context().Done():
			return
		case <-time.After(wait):
		}
		q.Body = io.NopCloser(strings.NewReader(string(b)))
		next.ServeHTTP(w, q)
	})
}

// once answers as next does when the route has been told of word: who is first is then the same
// on a machine of any speed.
func once(said *words, word string, busy *atomic.Int64, next http.Handler) http.Handler {
	return slow(0, busy, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		for !strings.Contains(said.all(), word) {
			select {
			case <-q.Context().Done():
				return
			case <-time.After(time.Millisecond):
			}
		}
		next.ServeHTTP(w, q)
	}))
}

func TestHedge(t *testing.T) {
	const ever = time.Minute
	first, second := say(roleChunk, saidChunk, finishChunk, doneChunk), say(otherAnswer)
	fails := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { w.WriteHeader(500) })
	rows := []struct {
		name     string
		wait     time.Duration
		targets  func(busy *atomic.Int64, said *words) []http.Handler
		has      string
		hasNot   string
		attempts uint8
		hedged   bool
		told     string
	}{
		{name: "the first is quick", wait: ever, targets: func(busy *atomic.Int64, said *words) []http.Handler { return []http.Handler{first, second} },
			has: "one", hasNot: "two", attempts: 1, told: "p0 content, p0 complete"},
		{name: "the first is slow", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{slow(ever, busy, first), second}
		},
			has: "two", hasNot: "one", attempts: 2, hedged: true, told: "p1 content, p0 complete outrun, p1 complete"},
		{name: "a head and a role are no content", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{say(roleChunk, "60000", saidChunk), second}
		}, has: "two", hasNot: "role", attempts: 2, hedged: true, told: "p1 content, p0 complete outrun, p1 complete"},
		{name: "the first is there first all the same", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{slow(time.Second, busy, first), slow(ever, busy, second)}
		}, has: "one", hasNot: "two", attempts: 2, hedged: true, told: "p0 content, p1 complete outrun, p0 complete"},
		{name: "the first fails before", wait: ever, targets: func(busy *atomic.Int64, said *words) []http.Handler { return []http.Handler{fails, second} },
			has: "two", attempts: 2, told: "p0 failed, p1 content, p1 complete"},
		{name: "the first fails meanwhile", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{slow(time.Second, busy, fails), once(said, "p0 failed", busy, second)}
		}, has: "two", attempts: 2, hedged: true, told: "p0 failed, p1 content, p1 complete"},
		{name: "the second fails", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{once(said, "p1 failed", busy, first), fails}
		}, has: "one", attempts: 2, hedged: true, told: "p1 failed, p0 content, p0 complete"},
		{name: "both fail, a third does not", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{once(said, "p1 failed", busy, fails), fails, second}
		}, has: "two", attempts: 3, hedged: true, told: "p1 failed, p0 failed, p2 content, p2 complete"},
		{name: "nobody else", wait: 20 * time.Millisecond, targets: func(busy *atomic.Int64, said *words) []http.Handler {
			return []http.Handler{slow(100*time.Millisecond, busy, first)}
		},
			has: "one", attempts: 1, told: "p0 content, p0 complete"},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			var busy atomic.Int64
			said := new(words)
			r := newRig(t, loops, row.targets(&busy, said)...)
			r.hedgedTelling(row.wait, said)
			status, got := r.listen()
			if status != 200 || !strings.Contains(got, row.has) || row.hasNot != "" && strings.Contains(got, row.hasNot) || strings.Count(got, "[DONE]") != 1 {
				t.Errorf("%s: got %d %s", row.name, status, got)
			}
			rec := r.record()
			if rec.Attempts != row.attempts || rec.Hedged != row.hedged || rec.Fault != core.None {
				t.Errorf("%s: %d attempts, hedged is %v, fault %s", row.name, rec.Attempts, rec.Hedged, rec.Fault)
			}
			if got := said.all(); got != row.told {
				t.Errorf("%s: the route was told %s; want %s", row.name, got, row.told)
			}
			eventually(t, row.name+": the loser is cut off", func() bool { return busy.Load() == 0 })
			for _, tg := range r.snap.Models["m"].Targets {
				eventually(t, row.name+": nothing under way", func() bool { return tg.Tally.Inflight.Load() == 0 })
			}
			eventually(t, row.name+": every buffer is back", func() bool { return r.srv.Buffers() == 0 })
		}
	})
}

// Of a reply that is no stream the whole is what counts.
func TestHedgeWhole(t *testing.T) {
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":"`+text+`"},"finish_reason":"stop"}]}`)
		})
	}
	half := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"choices":[`)
		w.(http.Flusher).Flush()
		<-q.Context().Done()
	})
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, half, answer("two"))
		r.hedged(20 * time.Millisecond)
		res := r.post("/v1/chat/completions", chat)
		if got := body(t, res); res.StatusCode != 200 || !strings.Contains(got, "two") {
			t.Errorf("got %d %s", res.StatusCode, got)
		}
		// Both fail, the second with a word of its own: the client gets one error.
		r = newRig(t, loops, slow(time.Second, new(atomic.Int64), http.NotFoundHandler()), half)
		r.hedged(20 * time.Millisecond)
		res = r.post("/v1/chat/completions", chat)
		if got := body(t, res); res.StatusCode != 404 {
			t.Errorf("got %d %s", res.StatusCode, got)
		}
	})
}

// A client that leaves while two providers work for it ends both.
func TestHedgeLeaves(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var came, left atomic.Int64
		works := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			io.Copy(io.Discard, q.Body)
			came.Add(1)
			<-q.Context().Done()
			left.Add(1)
		})
		r := newRig(t, loops, works, works)
		r.hedged(10 * time.Millisecond)
		ctx, cancel := context.WithCancel(t.Context())
		q, _ := http.NewRequestWithContext(ctx, "POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
		q.Header.Set("X-Api-Key", testKey)
		go func() {
			for came.Load() < 2 {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		if _, err := http.DefaultClient.Do(q); err == nil {
			t.Error("an answer came")
		}
		eventually(t, "both are ended", func() bool { return left.Load() == 2 })
		if rec := r.record(); rec.Fault != core.ClientGone || rec.Attempts != 2 {
			t.Errorf("got fault %s after %d attempts", rec.Fault, rec.Attempts)
		}
		eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
	})
}
