package hotpath

import (
	"testing"

	"asbru/core"
)

// The first piece of a reply is shown to its Watcher once it was sent; a stage of Settle, which may read of it
// what it has to record, finds it shown. Either way that is before the stages of After.
func TestShownOnceItIsSent(t *testing.T) {
	for _, tolled := range []bool{false, true} {
		w := new(witness)
		seen := make(chan string, 2)
		look := func(*core.Exchange) core.Verdict {
			w.mu.Lock()
			defer w.mu.Unlock()
			seen <- w.seen
			return core.Continue
		}
		r := newRig(t, 1, say(saidChunk, finishChunk, doneChunk))
		p := core.Plan{Before: []core.Stage{w.watch}, After: []core.Stage{look}}
		if tolled {
			p.Settle = []core.Stage{look}
		}
		r.plan(p)
		_, body := r.listen()
		want := 1
		if tolled {
			want = 2
		}
		for range want {
			if got := <-seen; got != body {
				t.Errorf("Settle %v: shown %q of %q", tolled, got, body)
			}
		}
	}
}
