package hotpath

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// A recall answers from memory and wants the question asked behind its answer.
type recall struct {
	memory
	dropped atomic.Int64
	waits   atomic.Int64 // times that the stage of the question behind says Wait
	breaks  bool         // that stage panics

	mu   sync.Mutex
	over []string // what each question behind came to
}

// A trailed is the watcher of a question behind.
type trailed struct {
	memory
	sure atomic.Bool
}

func (t *trailed) Sure(*core.Exchange) { t.sure.Store(true) }

// Behind implements core.Behind.
func (c *recall) Behind(*core.Exchange) core.Watcher { return new(trailed) }

// Dropped implements core.Behind.
func (c *recall) Dropped(*core.Exchange) { c.dropped.Add(1) }

func (c *recall) look(x *core.Exchange) core.Verdict {
	if x.Watch == nil {
		x.Watch = c
		x.Reply = core.Reply{Status: 200, Type: "text/event-stream", Body: []byte("remembered")}
		return core.Answer
	}
	if c.breaks {
		panic("on purpose")
	}
	if c.waits.Add(-1) >= 0 {
		x.Until = core.Clock() + int64(time.Millisecond)
		return core.Wait
	}
	return core.Continue
}

func (c *recall) keep(x *core.Exchange) core.Verdict {
	t, ok := x.Watch.(*trailed)
	if !ok {
		return core.Continue
	}
	came := string(t.seen)
	if x.Fault != nil {
		came = x.Fault.Code.String()
	} else if n := len(x.Attempts()); !t.sure.Load() || !strings.Contains(came, "data:") && x.Attempts()[n-1].Status == 200 {
		came = "unsure"
	}
	c.mu.Lock()
	c.over = append(c.over, came)
	c.mu.Unlock()
	return core.Continue
}

func (c *recall) came(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	eventually(t, "the question behind is over", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		out = append(out[:0], c.over...)
		return len(out) >= n
	})
	return out
}

// What memory answers is asked upstream behind the answer, once, and passes the stages.
func TestBehind(t *testing.T) {
	whole := saidChunk + finishChunk + doneChunk // the client did not ask for the usage in between
	sent := saidChunk + finishChunk + usageChunk + doneChunk
	rows := []struct {
		name  string
		up    []http.Handler
		waits int64
		want  string
	}{
		{"whole", []http.Handler{say(saidChunk, "20", finishChunk, usageChunk, doneChunk)}, 0, whole},
		{"after a wait", []http.Handler{say(sent)}, 3, whole},
		{"from the second", []http.Handler{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), say(sent)}, 0, whole},
		{"cut", []http.Handler{say(saidChunk, "cut")}, 0, "upstream_failed"},
		{"nobody", []http.Handler{http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })}, 0, "upstream_failed"},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			c := new(recall)
			r := newRig(t, loops, row.up...)
			c.waits.Store(row.waits)
			r.plan(core.Plan{Before: []core.Stage{c.look}, After: []core.Stage{c.keep}})
			if status, got := r.listen(); status != 200 || got != "remembered" {
				t.Errorf("%s: the client got %d %s", row.name, status, got)
			}
			if got := c.came(t, 1); len(got) != 1 || got[0] != row.want {
				t.Errorf("%s: came to %q, want %q", row.name, got, row.want)
			}
			eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
			if rec := r.record(); rec.Attempts != 0 {
				t.Errorf("%s: recorded %+v", row.name, rec)
			}
			last := r.snap.Models["m"].Targets[len(row.up)-1]
			eventually(t, "nothing is in flight", func() bool { return last.Tally.Inflight.Load() == 0 })
			if row.want == whole && last.Tally.TokensOut.Load() != 2 {
				t.Errorf("%s: %d tokens are counted", row.name, last.Tally.TokensOut.Load())
			}
		}
	})
}

// With too many under way none is asked; the end of the server ends those that are, and
// everybody is told.
func TestBehindBounds(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var busy atomic.Int64
		c := new(recall)
		r := newRig(t, loops, slow(time.Minute, &busy, nil))
		r.plan(core.Plan{Before: []core.Stage{c.look}, After: []core.Stage{c.keep}})
		for range trailQueue + 5 {
			if status, got := r.listen(); status != 200 || got != "remembered" {
				t.Fatalf("got %d %s", status, got)
			}
		}
		if n := c.dropped.Load(); n != 5 {
			t.Errorf("%d were dropped, want 5", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := r.srv.Drain(ctx); err != nil {
			t.Error(err)
		}
		if got := c.came(t, trailQueue); len(got) != trailQueue {
			t.Errorf("%d of %d were told", len(got), trailQueue)
		}
	})
}

// A panic ends one question, and who waits for its answer is told.
func TestBehindPanics(t *testing.T) {
	var bugs atomic.Int64
	c := &recall{breaks: true}
	r := tunedRig(t, -1, func(o *Options) { o.Bug = func(any, []byte) { bugs.Add(1) } }, say(saidChunk, finishChunk, doneChunk))
	r.plan(core.Plan{Before: []core.Stage{c.look}, After: []core.Stage{c.keep}})
	r.listen()
	if got := c.came(t, 1); got[0] != "internal" || bugs.Load() != 1 {
		t.Errorf("came to %q, %d bugs", got, bugs.Load())
	}
}
