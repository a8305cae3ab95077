package hotpath

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// Who watches sees what the client gets, and the plan is asked once, whatever the exchange needs.
func TestCareOfStages(t *testing.T) {
	first, broken := say(roleChunk, saidChunk, finishChunk, doneChunk), say(saying("Hello. I"), "cut")
	rows := []struct {
		name    string
		targets func(busy *atomic.Int64) []http.Handler
		care    func(*rig)
		has     string
	}{
		{"the second is first", func(busy *atomic.Int64) []http.Handler {
			return []http.Handler{slow(time.Minute, busy, first), say(otherAnswer)}
		}, func(r *rig) { r.hedged(20 * time.Millisecond) }, "two"},
		{"the first is first", func(busy *atomic.Int64) []http.Handler {
			return []http.Handler{slow(500*time.Millisecond, busy, first), slow(time.Minute, busy, first)}
		}, func(r *rig) { r.hedged(20 * time.Millisecond) }, "one"},
		{"continued", func(*atomic.Int64) []http.Handler {
			return []http.Handler{broken, say(roleChunk, "cut"), say(otherAnswer)}
		}, func(r *rig) { r.rescues() }, "two"},
		{"with a shadow", func(*atomic.Int64) []http.Handler { return []http.Handler{first, say(otherAnswer)} }, func(r *rig) { r.shaded(core.Care{}) }, "one"},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			var busy atomic.Int64
			var commits, settles, afters atomic.Int64
			w := new(witness)
			count := func(n *atomic.Int64) []core.Stage {
				return []core.Stage{func(x *core.Exchange) core.Verdict { n.Add(1); return core.Continue }}
			}
			r := newRig(t, loops, row.targets(&busy)...)
			row.care(r)
			r.plan(core.Plan{Before: []core.Stage{w.watch}, Commit: count(&commits), Settle: count(&settles), After: append(count(&afters), func(x *core.Exchange) core.Verdict {
				if x.Watch != w {
					t.Errorf("%s: another one watches in the end", row.name)
				}
				return core.Continue
			})})
			status, body := r.listen()
			r.record()
			w.mu.Lock()
			if status != 200 || w.seen != body || w.sure != 1 || w.anew != 0 || !strings.Contains(body, row.has) {
				t.Errorf("%s: saw %q, the client %d %q; sure %d, anew %d", row.name, w.seen, status, body, w.sure, w.anew)
			}
			w.mu.Unlock()
			if commits.Load() != 1 || settles.Load() != 1 || afters.Load() != 1 {
				t.Errorf("%s: %d commits, %d settles, %d ends", row.name, commits.Load(), settles.Load(), afters.Load())
			}
		}
	})
}

// A stage that refuses what would have been the client's answer ends the contest too.
func TestCareRefused(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		var busy atomic.Int64
		r := newRig(t, loops, slow(time.Minute, &busy, nil), say(otherAnswer))
		r.hedged(20 * time.Millisecond)
		r.plan(core.Plan{Commit: []core.Stage{func(x *core.Exchange) core.Verdict {
			refuse(x, core.Forbidden, "no", "")
			return core.Refuse
		}}})
		if status, body := r.listen(); status != 403 || strings.Contains(body, "two") {
			t.Errorf("got %d %s", status, body)
		}
		eventually(t, "the loser is cut off", func() bool { return busy.Load() == 0 })
		eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
	})
}
