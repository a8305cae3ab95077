package hotpath

import (
	"net/http"
	"sync/atomic"
	"testing"

	"asbru/core"
)

// The stages of Sent run while the provider has the request and no answer is there: this one
// answers when they have run. All of the request is still at hand.
func TestSentRunsMeanwhile(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		ran := make(chan string, 2)
		early := say(saidChunk, finishChunk, doneChunk)
		var body atomic.Value
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			select {
			case s := <-ran:
				body.Store(s)
				early.ServeHTTP(w, q)
			case <-q.Context().Done():
			}
		}))
		var order atomic.Int32
		r.plan(core.Plan{
			Sent: []core.Stage{func(x *core.Exchange) core.Verdict {
				order.CompareAndSwap(0, 1)
				ran <- string(x.Body)
				return core.Continue
			}},
			Commit: []core.Stage{func(*core.Exchange) core.Verdict { order.CompareAndSwap(1, 2); return core.Continue }},
		})
		if a := <-r.asking(); a.status != 200 || a.body != saidChunk+finishChunk+doneChunk {
			t.Errorf("%v", a)
		}
		if got := body.Load(); got != askForStream || order.Load() != 2 {
			t.Errorf("Sent saw %q, then %d", got, order.Load())
		}
	})
}
