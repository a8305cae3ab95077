package hotpath

import (
	"bufio"
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

// plan makes p what requests for chat go through.
func (r *rig) plan(p core.Plan) {
	r.change(func(snap *core.Snapshot) {
		for _, k := range snap.Keys {
			k.Policy = &core.Policy{Name: "staged"}
			k.Policy.Plans[core.OpChat] = p
		}
	})
}

// A bar lets stages through once it is lifted.
type bar struct {
	mu    sync.Mutex
	open  bool
	asked atomic.Int64
	wakes []core.Waker
}

func (b *bar) stage(x *core.Exchange) core.Verdict {
	b.asked.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		return core.Continue
	}
	b.wakes = append(b.wakes, x.Waker())
	return core.Wait
}

func (b *bar) lift() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = true
	for _, w := range b.wakes {
		w.Wake()
		w.Wake() // twice does no harm
	}
}

// answer reads the whole reply to a stream that was asked for.
type answer struct {
	status int
	body   string
}

func (r *rig) asking() chan answer {
	c := make(chan answer, 1)
	go func() {
		status, body := r.listen()
		c <- answer{status, body}
	}()
	return c
}

// A stage that waits holds its own exchange and no other, wherever it stands, and goes on
// as soon as it is woken.
func TestStageWaits(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, at := range []string{"admit", "before", "commit", "settle"} {
			b, after := new(bar), new(atomic.Int64)
			r := newRig(t, loops, say(saidChunk, finishChunk, doneChunk))
			p := core.Plan{After: []core.Stage{func(*core.Exchange) core.Verdict { after.Add(1); return core.Continue }}}
			stages := []core.Stage{func(*core.Exchange) core.Verdict { return core.Continue }, b.stage}
			switch at {
			case "admit":
				p.Admit = stages
			case "before":
				p.Before = stages
			case "commit":
				p.Commit = stages
			case "settle":
				p.Settle = stages
			}
			r.plan(p)
			first, second := r.asking(), r.asking()
			eventually(t, "the stage is asked", func() bool { return b.asked.Load() >= 2 })
			select {
			case a := <-first:
				t.Errorf("%s: answered without waiting: %v", at, a)
			case <-time.After(50 * time.Millisecond):
			}
			b.lift()
			for _, c := range []chan answer{first, second} {
				if a := <-c; a.status != 200 || a.body != saidChunk+finishChunk+doneChunk {
					t.Errorf("%s: %v", at, a)
				}
			}
			eventually(t, "After runs", func() bool { return after.Load() == 2 })
		}
	})
}

// What the plan keeps back at the end is the end alone.
func TestSettleKeepsTheEnd(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		b, finished := new(bar), make(chan struct{})
		early := say(saidChunk, "20", finishChunk)
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			early.ServeHTTP(w, q)
			select { // what comes in one read with the end is kept back with it
			case <-finished:
				io.WriteString(w, doneChunk)
			case <-q.Context().Done():
			}
		}))
		r.plan(core.Plan{Settle: []core.Stage{b.stage}})
		q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
		q.Header.Set("Authorization", "Bearer "+testKey)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		lines := bufio.NewReader(a.Body)
		got := ""
		for err == nil && !strings.Contains(got, `"stop"`) {
			var s string
			s, err = lines.ReadString('\n')
			got += s
		}
		close(finished)
		if err != nil {
			t.Fatal(err, got)
		}
		if strings.Contains(got, "[DONE]") {
			t.Fatal("the end came too early")
		}
		eventually(t, "the stage is asked", func() bool { return b.asked.Load() > 0 })
		b.lift()
		rest, err := io.ReadAll(lines)
		if err != nil || !strings.HasSuffix(string(rest), doneChunk) {
			t.Errorf("%q, %v", rest, err)
		}
	})
}

// A stage may refuse what the provider has answered already: the client gets the fault and
// nothing else.
func TestCommitRefuses(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, waits := range []bool{false, true} {
			var asked atomic.Int64
			r := newRig(t, loops, say(saidChunk, "20", finishChunk, doneChunk))
			r.plan(core.Plan{Commit: []core.Stage{func(x *core.Exchange) core.Verdict {
				if n := asked.Add(1); waits && n < 3 {
					x.Until = core.Clock() + int64(5*time.Millisecond)
					return core.Wait
				}
				x.Fault = &core.Fault{Code: core.Overloaded, Message: "no room in the ledger"}
				return core.Refuse
			}}})
			status, body := r.listen()
			if status != 503 || !strings.Contains(body, "no room in the ledger") || strings.Contains(body, "one") {
				t.Errorf("waits %v: %d %s", waits, status, body)
			}
			if n := asked.Load(); waits && n < 3 {
				t.Errorf("asked %d times", n)
			}
		}
	})
}

// A client that leaves while a stage waits is gone at once, and After has run.
func TestClientLeavesAtAStage(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		b, after := new(bar), make(chan core.Code, 1)
		r := newRig(t, loops, say(otherAnswer))
		r.plan(core.Plan{Before: []core.Stage{b.stage}, After: []core.Stage{func(x *core.Exchange) core.Verdict {
			after <- x.Fault.Code
			return core.Continue
		}}})
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			q, _ := http.NewRequestWithContext(ctx, "POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
			q.Header.Set("Authorization", "Bearer "+testKey)
			if a, err := http.DefaultClient.Do(q); err == nil {
				a.Body.Close()
			}
		}()
		eventually(t, "the stage is asked", func() bool { return b.asked.Load() > 0 })
		cancel()
		select {
		case c := <-after:
			if c != core.ClientGone {
				t.Error(c)
			}
		case <-time.After(ample):
			t.Error("the exchange outlives its client")
		}
		b.lift() // for nobody
	})
}

// A spring is a Source that gives pieces, waiting between them.
type spring struct {
	pieces []string
	cut    bool
	now    bool // a wake came
	closed atomic.Int64
}

func (s *spring) Next(x *core.Exchange, dst []byte) ([]byte, core.Pour) {
	if len(s.pieces) == 0 {
		if s.cut {
			x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "it broke off"}
			return dst, core.PourCut
		}
		return dst, core.PourEnd
	}
	p := s.pieces[0]
	switch {
	case p == "wake" && !s.now:
		s.now = true
		w := x.Waker()
		go w.Wake()
		return dst, core.PourWait
	case p == "soon" && !s.now:
		s.now = true
		x.Until = core.Clock() + int64(5*time.Millisecond)
		return dst, core.PourWait
	}
	s.pieces, s.now = s.pieces[1:], false
	if p == "wake" || p == "soon" {
		return dst, core.PourMore
	}
	return append(dst, p...), core.PourMore
}

func (s *spring) Close(*core.Exchange) { s.closed.Add(1) }

// An answer from memory comes as it is there, with the end that it has.
func TestSource(t *testing.T) {
	long := strings.Repeat("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a longer piece than any socket takes at once\"}}]}\n\n", 4000)
	lanes(t, func(t *testing.T, loops int) {
		for _, s := range []*spring{
			{pieces: []string{saidChunk, "wake", finishChunk, "soon", doneChunk}},
			{pieces: []string{"wake", saidChunk, "soon"}, cut: true},
			{pieces: []string{long, long, long, "soon", doneChunk}},
			{pieces: append(strings.SplitAfter(long, "\n\n"), doneChunk)},
		} {
			r := newRig(t, loops)
			want := ""
			for _, p := range s.pieces {
				if p != "wake" && p != "soon" {
					want += p
				}
			}
			r.plan(core.Plan{Before: []core.Stage{func(x *core.Exchange) core.Verdict {
				x.Reply = core.Reply{Status: 200, Type: "text/event-stream", Fields: []byte("X-Cache: hit\r\n"), Source: s}
				return core.Answer
			}}})
			status, body := r.listen()
			if status != 200 || !strings.HasPrefix(body, want) {
				t.Fatalf("%d, %d bytes, want %d", status, len(body), len(want))
			}
			if rest := body[len(want):]; s.cut != strings.Contains(rest, "it broke off") || !s.cut && rest != "" {
				t.Errorf("after the pieces: %q", rest)
			}
			eventually(t, "the Source is closed", func() bool { return s.closed.Load() == 1 })
		}
	})
}

// A witness is a Watcher that keeps what it saw.
type witness struct {
	mu         sync.Mutex
	seen       string
	sure, anew int
	stays      atomic.Bool
}

func (w *witness) Saw(_ *core.Exchange, p []byte) { w.add(string(p)) }
func (w *witness) add(s string)                   { w.mu.Lock(); w.seen += s; w.mu.Unlock() }
func (w *witness) Sure(*core.Exchange)            { w.mu.Lock(); w.sure++; w.mu.Unlock() }
func (w *witness) Anew(*core.Exchange)            { w.mu.Lock(); w.anew++; w.seen = ""; w.mu.Unlock() }
func (w *witness) Stays() bool                    { return w.stays.Load() }

func (w *witness) watch(x *core.Exchange) core.Verdict {
	x.Watch = w
	return core.Continue
}

// Who watches sees what the client gets, of the target that answered.
func TestWatcher(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, first := range [][]string{{saidChunk, finishChunk, doneChunk}, {roleChunk, "cut"}, {saidChunk, finishChunk}, {saidChunk, "cut"}} {
			w := new(witness)
			r := newRig(t, loops, say(first...), say(otherAnswer))
			r.plan(core.Plan{Before: []core.Stage{w.watch}})
			_, body := r.listen()
			if i := strings.Index(body, `data: {"error"`); i >= 0 {
				body = body[:i] // a fault is not part of the answer
			}
			eventually(t, "the Watcher is shown what was sent", func() bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				return len(w.seen) >= len(body)
			})
			w.mu.Lock()
			if w.seen != body || w.sure != 1 || (w.anew == 1) != (first[0] == roleChunk) {
				t.Errorf("%q: saw %q, the client %q; sure %d, anew %d", first, w.seen, body, w.sure, w.anew)
			}
			w.mu.Unlock()
		}
	})
}

// An exchange that others wait for goes on without its client, and ends when they leave.
func TestStays(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, leave := range []bool{false, true} {
			w, fault, woken := new(witness), make(chan *core.Fault, 1), make(chan core.Waker, 1)
			w.stays.Store(true)
			r := newRig(t, loops, say(saidChunk, "300", saidChunk, finishChunk, doneChunk))
			r.plan(core.Plan{
				Before: []core.Stage{w.watch, func(x *core.Exchange) core.Verdict { woken <- x.Waker(); return core.Continue }},
				After:  []core.Stage{func(x *core.Exchange) core.Verdict { fault <- x.Fault; return core.Continue }},
			})
			ctx, cancel := context.WithCancel(context.Background())
			q, _ := http.NewRequestWithContext(ctx, "POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
			q.Header.Set("Authorization", "Bearer "+testKey)
			a, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			a.Body.Close()
			if leave {
				time.Sleep(50 * time.Millisecond)
				w.stays.Store(false)
				(<-woken).Wake()
			}
			var f *core.Fault
			select {
			case f = <-fault:
			case <-time.After(ample):
				t.Fatal("it never ends")
			}
			w.mu.Lock()
			whole := strings.HasSuffix(w.seen, doneChunk)
			w.mu.Unlock()
			if whole == leave || (f == nil) == leave {
				t.Errorf("others leave %v: whole %v, fault %v", leave, whole, f)
			}
		}
	})
}

// An attempt that is to come later comes then, and not before.
func TestPauseBeforeAnAttempt(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var times [2]atomic.Int64
		r := newRig(t, loops,
			http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { times[0].Store(core.Clock()); w.WriteHeader(503) }),
			http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				times[1].Store(core.Clock())
				say(otherAnswer).ServeHTTP(w, q)
			}))
		r.change(func(snap *core.Snapshot) {
			m := snap.Models["m"]
			pick := m.Pick
			m.Pick = func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
				if n := int32(len(tried)); n == 1 && x.Ahead.After != n {
					x.Ahead = core.Ahead{After: n, At: core.Clock() + int64(60*time.Millisecond)}
				}
				return pick(x, tried)
			}
		})
		status, body := r.listen()
		if d := time.Duration(times[1].Load() - times[0].Load()); status != 200 || !strings.Contains(body, "two") || d < 60*time.Millisecond {
			t.Errorf("%d after %v: %s", status, d, body)
		}
	})
}

// TestHalted: what a stage does once it has called the kernel is no part of the decision.
func TestHalted(t *testing.T) {
	var halted int64
	f := newFlight().(*flight)
	f.x.Plan = &core.Plan{Settle: []core.Stage{func(x *core.Exchange) core.Verdict {
		halted = core.Clock()
		x.Halted = halted
		time.Sleep(time.Millisecond)
		return core.Wait
	}}}
	before := core.Clock()
	if s := new(Server); s.settles(f) {
		t.Fatal("it does not wait")
	}
	if f.decide < 0 || f.decide > halted-before {
		t.Errorf("the decision took %d ns, of %d until it was halted", f.decide, halted-before)
	}
	f.x.Plan = &core.Plan{Settle: []core.Stage{func(*core.Exchange) core.Verdict { time.Sleep(time.Millisecond); return core.Continue }}}
	if s := new(Server); !s.settles(f) || f.decide < int64(time.Millisecond) {
		t.Errorf("a stage that does not wait took %d ns", f.decide)
	}
}
