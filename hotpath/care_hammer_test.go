package hotpath

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// Clients that stay and leave, providers that are slow, cut and fail, and every care there is:
// no stream has two ends, and nothing is left.
func TestCareHammer(t *testing.T) {
	whim := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch rand.IntN(6) {
		case 0:
			slow(50*time.Millisecond, new(atomic.Int64), say(saidChunk, finishChunk, doneChunk)).ServeHTTP(w, q)
		case 1:
			say(roleChunk, saying("Hello. I"), "cut").ServeHTTP(w, q)
		case 2:
			say(saying("Hello. I"), errorChunk).ServeHTTP(w, q)
		case 3:
			w.WriteHeader(503)
		default:
			say(roleChunk, saying("Hello. I"), "2", saying(" am. "), finishChunk, doneChunk).ServeHTTP(w, q)
		}
	})
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops, whim, whim, whim, whim)
		all := r.snap.Models["m"].Targets
		tally, _ := r.shaded(core.Care{Rescue: true, Hedge: &core.Hedge{
			Wait: func(*core.Exchange) time.Duration { return 5 * time.Millisecond },
			Pick: func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
				to := all[len(tried)%3]
				return to, to.Keys[0]
			},
		}})
		r.srv.opt.Shadowed = nil
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				for range 12 {
					ctx, cancel := context.WithCancel(t.Context())
					if rand.IntN(4) == 0 {
						time.AfterFunc(time.Duration(rand.IntN(20))*time.Millisecond, cancel)
					}
					q, _ := http.NewRequestWithContext(ctx, "POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(askForStream))
					q.Header.Set("X-Api-Key", testKey)
					if a, err := http.DefaultClient.Do(q); err == nil {
						b, err := io.ReadAll(a.Body)
						a.Body.Close()
						got := string(b)
						if ends := strings.Count(got, "[DONE]") + strings.Count(got, `"error"`); err == nil && ends != 1 || ends > 1 {
							t.Errorf("%d ends (%v) in %s", ends, err, got)
						}
						if strings.Count(got, `"role"`) > 1 {
							t.Errorf("two beginnings in %s", got)
						}
					}
					cancel()
				}
			})
		}
		wg.Wait()
		http.DefaultClient.CloseIdleConnections()
		for _, tg := range all[:3] {
			eventually(t, "nothing is in flight at "+tg.Name, func() bool { return tg.Tally.Inflight.Load() == 0 })
		}
		eventually(t, "every shadow has ended", func() bool {
			r.srv.shadows.mu.Lock()
			defer r.srv.shadows.mu.Unlock()
			return r.srv.shadows.n == 0
		})
		eventually(t, "every buffer is back", func() bool { return r.srv.Buffers() == 0 })
		eventually(t, "nothing is lent", func() bool { return r.srv.lent.Load() == 0 })
		if tally.Sent.Load() == 0 {
			t.Error("no shadow was cast")
		}
	})
}
