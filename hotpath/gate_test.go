package hotpath

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/gate"
)

// A watched gate notes who comes and how they leave.
type watched struct {
	*gate.Gate
	mu       sync.Mutex
	lanes    []core.Urgency
	firsts   int
	outcomes []core.Outcome
}

func (w *watched) Enter(now int64, t *core.Ticket) core.Entry {
	w.mu.Lock()
	w.lanes = append(w.lanes, t.Urgency)
	w.mu.Unlock()
	return w.Gate.Enter(now, t)
}

func (w *watched) First(now int64, t *core.Ticket) {
	w.mu.Lock()
	w.firsts++
	w.mu.Unlock()
	w.Gate.First(now, t)
}

func (w *watched) Leave(now int64, t *core.Ticket, o core.Outcome) {
	w.mu.Lock()
	w.outcomes = append(w.outcomes, o)
	w.mu.Unlock()
	w.Gate.Leave(now, t, o)
}

// left waits until nobody is at the gate and returns how they left.
func (w *watched) left(t *testing.T, want ...core.Outcome) {
	t.Helper()
	eventually(t, "everybody leaves the gate", func() bool {
		g := w.Gauges()
		w.mu.Lock()
		defer w.mu.Unlock()
		return g.Inflight == 0 && g.Waiting == [core.NumUrgencies]int{} && len(w.outcomes) >= len(want)
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.outcomes, want) {
		t.Errorf("they left with %v; want %v", w.outcomes, want)
	}
}

// gated puts a gate before the first target of r.
func (r *rig) gated(s gate.Spec) *watched {
	w := &watched{Gate: gate.New(s)}
	targets := slices.Clone(r.snap.Models["m"].Targets)
	first := *targets[0]
	first.Gate = w
	targets[0] = &first
	r.swap(targets)
	r.change(func(snap *core.Snapshot) { snap.Gated = true })
	return w
}

// A slow provider answers when it is let.
func slowProvider() (h http.HandlerFunc, asked chan struct{}, let chan struct{}) {
	asked, let = make(chan struct{}, 100), make(chan struct{})
	return func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		asked <- struct{}{}
		select {
		case <-let:
			io.WriteString(w, `{"choices":[]}`)
		case <-q.Context().Done():
		}
	}, asked, let
}

// asks sends the chat on another goroutine.
func (r *rig) asks() chan answer {
	c := make(chan answer, 1)
	go func() {
		status, body, _ := r.ask("POST")
		c <- answer{status, body}
	}()
	return c
}

// Who finds no place waits without holding anybody up, and goes on when one is free.
func TestGateWaits(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		h, asked, let := slowProvider()
		r := newRig(t, loops, h)
		g := r.gated(gate.Spec{Fixed: true, Max: 1, Wait: 10 * time.Second})
		first := r.asks()
		<-asked
		second, third := r.asks(), r.asks()
		eventually(t, "two wait", func() bool { return g.Gauges().Waiting[core.Interactive] == 2 })
		select {
		case <-asked:
			t.Error("the provider was asked beyond the limit")
		case <-time.After(20 * time.Millisecond):
		}
		close(let)
		for _, c := range []chan answer{first, second, third} {
			if a := <-c; a.status != 200 {
				t.Errorf("got %v", a)
			}
		}
		g.left(t, core.Served, core.Served, core.Served)
	})
}

// Who is refused is told at once, when to come back, or is served by the next target.
func TestGateRefuses(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		h, asked, let := slowProvider()
		spare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":[],"by":"spare"}`) })
		r := newRig(t, loops, h)
		g := r.gated(gate.Spec{Fixed: true, Max: 1, Queue: -1})
		first := r.asks()
		<-asked
		res := r.post("/v1/chat/completions", chat)
		got := body(t, res)
		retry, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		if res.StatusCode != 503 || retry < 1 || !strings.Contains(got, "overloaded_error") || !strings.Contains(got, "p0") {
			t.Errorf("refused with %d, Retry-After %d: %s", res.StatusCode, retry, got)
		}
		if rec := r.record(); rec.Fault != core.Overloaded || rec.Attempts != 1 {
			t.Errorf("recorded as %v after %d attempts", rec.Fault, rec.Attempts)
		}
		close(let)
		<-first
		g.left(t, core.Served)

		h, asked, let = slowProvider()
		r = newRig(t, loops, h, spare)
		g = r.gated(gate.Spec{Fixed: true, Max: 1, Queue: -1})
		first = r.asks()
		<-asked
		if a := <-r.asks(); a.status != 200 || !strings.Contains(a.body, "spare") {
			t.Errorf("with a second target: %v", a)
		}
		close(let)
		if a := <-first; a.status != 200 {
			t.Errorf("the first: %v", a)
		}
		g.left(t, core.Served)
	})
}

// A wait ends with a refusal when it is due.
func TestGateDue(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		h, asked, let := slowProvider()
		r := newRig(t, loops, h)
		g := r.gated(gate.Spec{Fixed: true, Max: 1, Wait: 30 * time.Millisecond})
		first := r.asks()
		<-asked
		if a := <-r.asks(); a.status != 503 {
			t.Errorf("got %v", a)
		}
		if n := g.Gauges().Refused[core.WaitedOut]; n != 1 {
			t.Errorf("%d waited out; want 1", n)
		}
		close(let)
		<-first
		g.left(t, core.Served)
	})
}

// A client that leaves gives back its seat, or its place.
func TestGateClientGone(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		h, asked, let := slowProvider()
		defer close(let)
		r := newRig(t, loops, h)
		g := r.gated(gate.Spec{Fixed: true, Max: 1, Wait: 10 * time.Second})
		dial := func() net.Conn {
			c := r.dial()
			fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(chat), chat)
			return c
		}
		inside := dial()
		<-asked
		waiting := dial()
		eventually(t, "one waits", func() bool { return g.Gauges().Waiting[core.Interactive] == 1 })
		waiting.Close()
		eventually(t, "its seat is free", func() bool { return g.Gauges().Waiting[core.Interactive] == 0 })
		inside.Close()
		g.left(t, core.Left)
		for range 2 {
			if rec := r.record(); rec.Fault != core.ClientGone {
				t.Errorf("recorded as %v", rec.Fault)
			}
		}
	})
}

// What came of an attempt is told in the gate's words.
func TestGateOutcomes(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(h http.Handler, ask func(*rig), want ...core.Outcome) {
			t.Helper()
			r := newRig(t, loops, h)
			if slices.Contains(want, core.TimedOut) {
				r.snap.Models["m"].Targets[0].Waits.Answer = 200 * time.Millisecond // nothing was asked yet
			}
			g := r.gated(gate.Spec{})
			ask(r)
			g.left(t, want...)
			if streams := slices.Contains(want, core.Streamed); streams != (g.firsts == 1) {
				t.Errorf("%v: the first content was told %d times", want, g.firsts)
			}
		}
		status := func(n int) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":{}}`, n) }
		}
		ask := func(r *rig) { <-r.asks() }
		f(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":[]}`) }), ask, core.Served)
		f(say(saidChunk, finishChunk, doneChunk), func(r *rig) { <-r.asking() }, core.Streamed)
		f(status(429), ask, core.Throttled)
		f(status(503), ask, core.Throttled)
		f(status(500), ask, core.Failed)
		f(status(400), ask, core.Failed)
		f(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { io.Copy(io.Discard, q.Body); <-q.Context().Done() }), ask, core.TimedOut)
	})
}

// A client can say that nobody waits for its answer, and no more.
func TestGateLane(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":[]}`) }))
		f := func(key core.Urgency, header string, want core.Urgency) {
			t.Helper()
			g := r.gated(gate.Spec{})
			r.change(func(snap *core.Snapshot) {
				keys := map[[32]byte]*core.VirtualKey{}
				for id, k := range snap.Keys {
					other := *k
					other.Urgency = key
					keys[id] = &other
				}
				snap.Keys = keys
			})
			got := r.raw(fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s", testKey, header, len(chat), chat))
			g.mu.Lock()
			defer g.mu.Unlock()
			if !strings.Contains(got, "HTTP/1.1 200 ") || // behind an interim answer, if it took a while: its own side is shut
				!slices.Equal(g.lanes, []core.Urgency{want}) {
				t.Errorf("%v with %q came as %v: %s", key, header, g.lanes, got)
			}
		}
		f(core.Interactive, "", core.Interactive)
		f(core.Interactive, "X-BF-Lane: Batch\r\n", core.Batch)
		f(core.Interactive, "x-bf-lane: express\r\n", core.Interactive)
		f(core.Batch, "", core.Batch)
		f(core.Batch, "x-bf-lane: interactive\r\n", core.Batch)
	})
}
