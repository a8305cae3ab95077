package hotpath

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/gate"
)

// hurried asks for a stream that the client does not wait for as long as the provider may take.
func (r *rig) hurried(budget, ask string) (*http.Response, string) {
	r.t.Helper()
	q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(ask))
	q.Header.Set("Authorization", "Bearer "+testKey)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("X-Latency-Budget", budget)
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Error(err)
	}
	return a, string(b)
}

// What a client has of patience is shared among the attempts, and ends the last.
func TestLatencyBudget(t *testing.T) {
	slow := func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		select {
		case <-time.After(time.Minute):
		case <-q.Context().Done():
		}
	}
	lanes(t, func(t *testing.T, loops int) {
		t.Parallel()
		f := func(name, budget, ask string, status int, has string, providers ...http.Handler) *http.Response {
			t.Helper()
			r := newRig(t, loops, providers...)
			r.change(func(s *core.Snapshot) { s.Limits.Explain, s.Limits.ServerTiming = true, true })
			began := time.Now()
			a, body := r.hurried(budget, ask)
			if a.StatusCode != status || !strings.Contains(body, has) {
				t.Errorf("%s: %d %s", name, a.StatusCode, body)
			}
			if d := time.Since(began); d > ample {
				t.Errorf("%s: took %v", name, d)
			}
			return a
		}
		other := say(otherAnswer)
		f("silent, then another", "ttft=1500ms", askForStream, 200, "two", http.HandlerFunc(slow), other)
		f("a role and no more, then another", "ttft=1500ms,total=20s", askForStream, 200, "two", say(roleChunk, "60000"), other)
		a := f("nobody in time", "ttft=200ms", askForStream, 504, "x-latency-budget", http.HandlerFunc(slow), http.HandlerFunc(slow))
		if got := a.Header.Get("X-Latency-Skipped"); got != "retry" {
			t.Errorf("skipped: %q", got)
		}
		f("the end too late", "total=300ms", chat, 504, "", http.HandlerFunc(slow))
		f("a stream that is too long", "total=2s", askForStream, 200, `"error"`, say(saidChunk, "60000", doneChunk))
		f("a stream that says something", "ttft=2s", askForStream, 200, "[DONE]", say(saidChunk, "2300", finishChunk, doneChunk))
		f("nonsense", "ttft=soon", askForStream, 400, "x-latency-budget", other)
		f("nothing of that name", "first=1s", askForStream, 400, "x-latency-budget", other)
		f("negative", "total=-1s", askForStream, 400, "x-latency-budget", other)
	})
}

// What could be of no use in the client's time is left out, and it is said: in the head where
// that is still to come, and always in the record.
func TestLatencySkipped(t *testing.T) {
	other := say(otherAnswer)
	lanes(t, func(t *testing.T, loops int) {
		t.Parallel()
		f := func(name, budget, ask string, r *rig, status int, told, noted string) {
			t.Helper()
			a, body := r.hurried(budget, ask)
			if got := a.Header.Get("X-Latency-Skipped"); a.StatusCode != status || got != told {
				t.Errorf("%s: %d, left out %q, want %d, %q; %s", name, a.StatusCode, got, status, told, body)
			}
			var got []string
			rec := r.record()
			for i, name := range core.SkipNames {
				if rec.Skipped&(1<<i) != 0 {
					got = append(got, name)
				}
			}
			if strings.Join(got, " ") != noted {
				t.Errorf("%s: noted %q, want %q", name, got, noted)
			}
		}
		hedging := func(wait time.Duration) *rig {
			r := newRig(t, loops, other, other)
			r.hedged(wait)
			return r
		}
		f("a hedge in time", "ttft=60s", askForStream, hedging(30*time.Second), 200, "", "")
		f("a hedge after two thirds", "ttft=60s", askForStream, hedging(45*time.Second), 200, "hedge", "hedge")
		f("of all", "total=60s", askForStream, hedging(45*time.Second), 200, "", "")
		f("a hedge after all", "total=60s", chat, hedging(time.Minute), 200, "hedge", "hedge")

		h, asked, let := slowProvider()
		r := newRig(t, loops, h)
		g := r.gated(gate.Spec{Fixed: true, Max: 1, Wait: time.Minute})
		first := r.asks()
		<-asked
		f("a place", "total=60ms", chat, r, 503, "retry, queue", "retry queue")
		if n := g.Gauges().Refused[core.TooLate]; n != 1 {
			t.Errorf("%d came too late; want 1", n)
		}
		close(let)
		<-first

		h, asked, let = slowProvider()
		r = newRig(t, loops, h, other)
		r.gated(gate.Spec{Fixed: true, Max: 1, Wait: time.Minute})
		first = r.asks()
		<-asked
		f("a place, and another target", "total=1500ms", chat, r, 200, "queue", "queue")
		close(let)
		<-first

		late := say("700", saying("Hello. I"), "700", "cut")
		r = newRig(t, loops, late, other)
		r.rescues()
		f("a continuation", "total=1750ms", askForStream, r, 200, "", "rescue")
		r = newRig(t, loops, late, other)
		r.rescues()
		f("a continuation in time", "total=20s", askForStream, r, 200, "", "")
	})
}

// When all retries together have used up what they may, the client is told not to add its own,
// whatever the provider says of it.
func TestRetriesSpent(t *testing.T) {
	busy := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-Should-Retry", "true")
		w.WriteHeader(503)
	})
	gone := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	lanes(t, func(t *testing.T, loops int) {
		f := func(name string, h http.Handler, spent bool, status int, want string) {
			t.Helper()
			r := newRig(t, loops, h)
			r.change(func(s *core.Snapshot) {
				m := *s.Models["m"]
				m.Pick = func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
					if n := len(tried); n > 0 {
						x.Ahead = core.Ahead{After: int32(n), Spent: spent}
						return nil, nil
					}
					return m.Targets[0], m.Targets[0].Keys[0]
				}
				s.Models = map[string]*core.Route{"m": &m}
			})
			a, _ := r.hurried("total=1m", chat)
			if got := strings.Join(a.Header.Values("X-Should-Retry"), "|"); a.StatusCode != status || got != want {
				t.Errorf("%s, spent %v: %d %q, want %d %q", name, spent, a.StatusCode, got, status, want)
			}
		}
		f("an error", busy, false, 503, "true")
		f("an error", busy, true, 503, "false")
		f("no answer", gone, false, 502, "")
		f("no answer", gone, true, 502, "false")
		f("an answer", say(otherAnswer), true, 200, "")
	})
}

// A client that is told to come back much later is told not to wait for it in the middle of a call: some SDKs
// sleep as long as Retry-After says, others ask again at once when that is too long for them.
func TestNobodyWaitsForHours(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for retry, want := range map[int]string{0: "", 1: "", longestNap: "", longestNap + 1: "false", 7 * 24 * 3600: "false"} {
			r := newRig(t, loops, say(otherAnswer))
			r.plan(core.Plan{Before: []core.Stage{func(x *core.Exchange) core.Verdict {
				x.Fault = &core.Fault{Code: core.RateLimited, Message: "used up", Retry: retry}
				return core.Refuse
			}}})
			a, _ := r.hurried("total=1m", chat)
			if got := strings.Join(a.Header.Values("X-Should-Retry"), "|"); a.StatusCode != 429 || got != want {
				t.Errorf("after %d s: %d %q, want %q", retry, a.StatusCode, got, want)
			}
		}
	})
}

// So is the client of a provider that says so, in a header or in the body, in the client's format or another. Cohere's
// SDKs look at the status and Retry-After alone: they are not told a moment for which they would sleep in vain.
func TestNobodyWaitsForAProvidersHours(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for retry, want := range map[int]string{1: "", longestWait: "", longestWait + 1: "false", 24 * 3600: "false"} {
			refuses := func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After", strconv.Itoa(retry))
				w.Header().Set("X-Should-Retry", "true")
				w.WriteHeader(429)
				io.WriteString(w, `{"error":{"message":"quota","type":"rate_limit_error"}}`)
			}
			for _, face := range []*core.Dialect{openai.API, anthropic.API} {
				m := meet(t, loops, faceOf(face), refuses)
				for door, d := range map[string]*core.Dialect{"openai": openai.API, "anthropic": anthropic.API, "cohere": cohere.API} {
					a, body := m.say("/"+door+"/", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"u"}]}`)
					told, after := want, strconv.Itoa(retry)
					if told == "" {
						told = "true"
					} else if d.Sleepers {
						after = ""
					}
					if a.StatusCode != 429 || strings.Join(a.Header.Values("X-Should-Retry"), "|") != told || strings.Join(a.Header.Values("Retry-After"), "|") != after {
						t.Errorf("%s from %s after %d s: %d %q %q, want %q %q: %s", door, face.Name, retry, a.StatusCode, a.Header.Values("X-Should-Retry"), a.Header.Values("Retry-After"), told, after, body)
					}
				}
			}
		}
	})
}

// Operators who ask for it see who was asked.
func TestExplainHeaders(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, on := range []bool{false, true} {
			r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { w.WriteHeader(503) }), say(otherAnswer))
			r.change(func(s *core.Snapshot) { s.Limits.Explain, s.Limits.ServerTiming = on, on })
			a, _ := r.hurried("total=1m", askForStream)
			got := strings.Join([]string{a.Header.Get("X-Asbru-Route"), a.Header.Get("X-Asbru-Target"), a.Header.Get("X-Asbru-Key"), a.Header.Get("X-Asbru-Attempts")}, "|")
			if want := "m|p1|k|p0 503, p1 200"; on && got != want || !on && got != "|||" {
				t.Errorf("explain %v: %q", on, got)
			}
			if timing := a.Header.Get("Server-Timing"); on != strings.Contains(timing, "try1;dur=") {
				t.Errorf("explain %v: %q", on, timing)
			}
		}
	})
}
