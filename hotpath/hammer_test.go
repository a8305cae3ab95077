package hotpath

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/upstream"
)

const (
	hammering = 1500 * time.Millisecond // on each lane, and
	hammered  = 100                     // requests served, however long a busy machine takes for them,
	hammersUp = 30 * time.Second        // up to this
)

// TestHammer lets many clients do everything at once, well and badly, while
// snapshots are swapped. Afterwards nothing counts as under way any more.
func TestHammer(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			event := fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
			switch n % 16 {
			case 0:
				return false
			case 1:
				io.WriteString(c, "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno")
			case 2:
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+event)
				return false
			case 3:
				io.WriteString(c, okReply+"more")
			case 4:
				io.WriteString(c, "garbage\r\n")
			case 5, 6, 7, 8:
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
				for range 5 {
					io.WriteString(c, event)
					time.Sleep(time.Millisecond)
				}
				io.WriteString(c, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
			case 9:
				io.WriteString(c, sized(100_000))
			case 10:
				io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nuntil the end")
				return false
			default:
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
			}
			return true
		})
		r := newRig(t, loops)
		targets := []*core.Target{target(t, "p0", w.base), target(t, "p1", w.base)}
		r.swap(targets)
		pools := map[*upstream.Pool]bool{}
		for _, tg := range targets {
			pools[tg.Pool.(*upstream.Pool)] = true
		}
		var stop atomic.Bool
		var served atomic.Int64
		var wg sync.WaitGroup
		long := strings.Replace(chat, "hi", strings.Repeat("x", 2*largeBody), 1)
		sends := []string{
			goodPost, goodPost, goodPost + goodPost, goodPost[:40], goodPost[:len(goodPost)-3],
			"GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Api-Key: " + testKey + "\r\n\r\n",
			"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", "nonsense\r\n\r\n",
			fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(long), long),
			fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", testKey, len(chat), chat),
		}
		for i := range 100 {
			rng := rand.New(rand.NewPCG(uint64(i), 7))
			wg.Go(func() {
				for !stop.Load() {
					c, err := net.Dial("tcp", r.addr)
					if err != nil {
						t.Error(err)
						return
					}
					c.SetDeadline(time.Now().Add(time.Second))
					br := bufio.NewReader(c)
					for range rng.IntN(6) {
						io.WriteString(c, sends[rng.IntN(len(sends))])
						if rng.IntN(4) == 0 {
							break // and hang up
						}
						res, err := http.ReadResponse(br, nil)
						if err != nil {
							break
						}
						if _, err := io.Copy(io.Discard, res.Body); err != nil || res.Close {
							break
						}
						served.Add(1)
					}
					if rng.IntN(2) == 0 {
						c.(*net.TCPConn).SetLinger(0)
					}
					c.Close()
				}
			})
		}
		enough := func(took time.Duration) bool {
			return took > hammering && served.Load() >= hammered || took > hammersUp
		}
		for began := time.Now(); !enough(time.Since(began)); time.Sleep(time.Millisecond) {
			next := *r.snap
			next.Version++
			r.snap = &next
			r.srv.Swap(&next)
			r.srv.Stats()
			for r.ring.Take(new(core.Record)) {
			}
		}
		stop.Store(true)
		wg.Wait()
		if served.Load() < hammered {
			t.Errorf("only %d requests were served", served.Load())
		}
		for _, tg := range targets {
			eventually(t, "nothing is in flight at "+tg.Name, func() bool { return tg.Tally.Inflight.Load() == 0 })
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.srv.Drain(ctx); err != nil {
			t.Errorf("Drain: %v", err)
		}
		if n := r.srv.large.Load(); n != 0 {
			t.Errorf("%d bytes count as large bodies", n)
		}
		for _, st := range r.srv.Stats() {
			if n := st.Conns.Load(); n != 0 {
				t.Errorf("lane %s counts %d connections", st.Name, n)
			}
		}
		r.srv.Close()
		for p := range pools {
			p.Close()
			eventually(t, "every upstream connection is closed", func() bool { return p.Open.Load() == 0 && p.Parked.Load() == 0 })
		}
		if n := r.srv.shared.Taken(); n != 0 {
			t.Errorf("the goroutine lane has %d buffers out", n)
		}
		for i, n := range r.srv.fleet.taken() {
			if n != 0 {
				t.Errorf("loop %d has %d buffers out", i, n)
			}
		}
	})
}
