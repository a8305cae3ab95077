package hotpath

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// told collects what the route of r is told, as "phase status cause".
func (r *rig) told() func() []core.Attempt {
	var mu sync.Mutex
	var all []core.Attempt
	r.change(func(s *core.Snapshot) {
		route := *s.Models["m"]
		route.Note = func(_ *core.Exchange, a *core.Attempt) {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, *a)
		}
		s.Models = map[string]*core.Route{"m": &route}
	})
	return func() []core.Attempt {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// A route is told once of each attempt what came of it, before it is asked for the next.
func TestRouteIsTold(t *testing.T) {
	limited := func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
	}
	vain := func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-Should-Retry", "False")
		w.WriteHeader(500)
	}
	gone := func(w http.ResponseWriter, q *http.Request) { panic(http.ErrAbortHandler) }
	good := func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"id":"x","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`)
	}
	streams := func(w http.ResponseWriter, q *http.Request) { sse(w, delta, finish, usage, "[DONE]") }
	broken := func(w http.ResponseWriter, q *http.Request) {
		sse(w, delta)
		panic(http.ErrAbortHandler)
	}
	page := func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, "<!doctype html><p>hello") }
	half := func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"id":"x","choices":[`)
	}
	none := func(w http.ResponseWriter, q *http.Request) { sse(w, "[DONE]") }
	banner := func(w http.ResponseWriter, q *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(c, "SSH-2.0-x\r\n")
		c.Close()
	}
	const ask = `{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	f := func(t *testing.T, loops int, body string, want []core.Attempt, providers ...http.HandlerFunc) {
		t.Helper()
		var hs []http.Handler
		for _, p := range providers {
			hs = append(hs, p)
		}
		r := newRig(t, loops, hs...)
		told := r.told()
		res := r.post("/v1/chat/completions", body)
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		eventually(t, "the route is told", func() bool { return len(told()) >= len(want) })
		got := told()
		for i, w := range want {
			g := got[i]
			if g.Phase != w.Phase || g.Status != w.Status || g.Cause != w.Cause || g.RetryAfter != w.RetryAfter || g.Vain != w.Vain || g.Out != w.Out {
				t.Errorf("told %d: %+v, want %+v", i, g, w)
			}
			if g.At == 0 || g.Status != 0 && (g.Took <= 0 || g.Began == 0) || g.Phase == core.PhaseContent && g.TTFT <= 0 {
				t.Errorf("told %d: times are missing in %+v", i, g)
			}
		}
		if len(got) != len(want) {
			t.Errorf("told %d times, want %d: %+v", len(got), len(want), got)
		}
	}
	lanes(t, func(t *testing.T, loops int) {
		f(t, loops, chat, []core.Attempt{
			{Phase: core.PhaseFailed, Status: 429, RetryAfter: 7 * time.Second},
			{Phase: core.PhaseFailed, Cause: core.Unreachable},
			{Phase: core.PhaseComplete, Status: 200, Out: 3},
		}, limited, gone, good)
		f(t, loops, ask, []core.Attempt{{Phase: core.PhaseContent, Status: 200}, {Phase: core.PhaseComplete, Status: 200, Out: 2}}, streams)
		f(t, loops, ask, []core.Attempt{{Phase: core.PhaseContent, Status: 200}, {Phase: core.PhaseFailed, Status: 200, Cause: core.Cut}}, broken)
		f(t, loops, chat, []core.Attempt{{Phase: core.PhaseFailed, Status: 429, RetryAfter: 7 * time.Second}}, limited)
		f(t, loops, chat, []core.Attempt{{Phase: core.PhaseFailed, Status: 500, Vain: true}, {Phase: core.PhaseComplete, Status: 200, Out: 3}}, vain, good)
		f(t, loops, chat, []core.Attempt{
			{Phase: core.PhaseFailed, Status: 502, Cause: core.Garbled},
			{Phase: core.PhaseFailed, Cause: core.Garbled},
			{Phase: core.PhaseComplete, Status: 200, Out: 3},
		}, page, half, good)
		f(t, loops, ask, []core.Attempt{
			{Phase: core.PhaseFailed, Cause: core.Garbled},
			{Phase: core.PhaseFailed, Cause: core.Garbled},
			{Phase: core.PhaseContent, Status: 200}, {Phase: core.PhaseComplete, Status: 200, Out: 2},
		}, banner, none, streams)
	})
}

func TestSession(t *testing.T) {
	f := func(lines string, want string, ttl time.Duration) {
		t.Helper()
		b := []byte("POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n")
		var r http1.Request
		if _, err := http1.ParseRequest(b, &r); err != nil {
			t.Fatal(err)
		}
		var x core.Exchange
		session(&x, &r, b)
		if string(x.Session) != want || x.SessionTTL != ttl {
			t.Errorf("%q: session %q for %v, want %q for %v", lines, x.Session, x.SessionTTL, want, ttl)
		}
	}
	f("", "", 0)
	f("X-BF-Session-Id: s1\r\n", "s1", 0)
	f("x-bf-session-id: s1\r\nx-bf-session-ttl: 30m\r\n", "s1", 30*time.Minute)
	f("x-bf-session-id: s1\r\nx-bf-session-ttl: 90\r\n", "s1", 90*time.Second)
	f("x-bf-session-id: s1\r\nx-bf-session-ttl: soon\r\n", "s1", 0)
	f("x-bf-session-id: s1\r\nx-bf-session-ttl: 999999h\r\n", "s1", maxSessionTTL)
	f("x-bf-session-id: s1\r\nx-bf-session-affinity: Off\r\n", "", 0)
	f("x-bf-session-id: s1\r\nx-bf-session-affinity: on\r\n", "s1", 0)
	f("X-Claude-Code-Session-Id: cc\r\n", "cc", 0)
	f("x-opencode-session: oc\r\nx-session-affinity: of\r\n", "oc", 0)
	f("x-session-affinity: of\r\n", "of", 0)
	f("session-id: cx\r\nx-bf-session-id: s1\r\n", "s1", 0)
	f("session-id: cx\r\n", "cx", 0)
}

func TestRetryAfter(t *testing.T) {
	f := func(lines string, want time.Duration) {
		t.Helper()
		b := []byte("HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n" + lines + "\r\n")
		var r http1.Reply
		if _, err := http1.ParseReply(b, &r); err != nil {
			t.Fatal(err)
		}
		if got := retryAfter(&r, b); got != want {
			t.Errorf("%q: %v, want %v", strings.TrimSpace(lines), got, want)
		}
	}
	f("", 0)
	f("Retry-After: 7\r\n", 7*time.Second)
	f("retry-after-ms: 250\r\nRetry-After: 1\r\n", 250*time.Millisecond)
	f("Retry-After: 999999999\r\n", maxRetryAfter)
	f("Retry-After: -1\r\n", 0)
	f("Retry-After: soon\r\n", 0)
	f("Retry-After: Fri, 07 Nov 2025 23:59:59 GMT\r\nDate: Fri, 07 Nov 2025 23:59:29 GMT\r\n", 30*time.Second)
	f("Retry-After: Fri, 07 Nov 2025 23:59:29 GMT\r\nDate: Fri, 07 Nov 2025 23:59:59 GMT\r\n", 0)
}
