package hotpath

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// waits makes the rig's route one whose exchanges need a goroutine.
func (r *rig) waits() {
	r.care(&core.Care{Hedge: &core.Hedge{
		Wait: func(*core.Exchange) time.Duration { return time.Hour },
		Pick: func(*core.Exchange, []core.Attempt) (*core.Target, *core.ProviderKey) { return nil, nil },
	}})
}

// A connection is lent for one exchange and comes back: the next request finds it on a loop.
func TestLent(t *testing.T) {
	w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
	r := wireRig(t, 2, w)
	r.waits()
	c := r.dial()
	ask := "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Api-Key: " + testKey + "\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(chat)) + "\r\n\r\n" + chat
	in := bufio.NewReader(c)
	for _, pipelined := range []int{1, 1, 3, 1} {
		io.WriteString(c, strings.Repeat(ask, pipelined))
		for range pipelined {
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, res); got != "ok" || res.StatusCode != 200 {
				t.Errorf("got %d %q", res.StatusCode, got)
			}
		}
		home := func() bool {
			var n int64
			for _, st := range r.srv.Stats() {
				if st.Name == "loop" {
					n += st.Conns.Load()
				}
			}
			return n == 1 && r.srv.lent.Load() == 0 && r.srv.fleet.live.Load() == 1
		}
		eventually(t, "the connection is a loop's again", home)
	}
	if n := r.srv.stats.Requests.Load(); n != 6 {
		t.Errorf("the goroutine lane carried %d of 6", n)
	}
	// What needs no care stays on the loop.
	io.WriteString(c, "GET /v1/models HTTP/1.1\r\nHost: a\r\nX-Api-Key: "+testKey+"\r\n\r\n")
	if res, err := http.ReadResponse(in, nil); err != nil || body(t, res) != `{"object":"list"}` {
		t.Errorf("the list after it: %v", err)
	}
	if n := r.srv.stats.Requests.Load(); n != 6 {
		t.Errorf("the goroutine lane carried %d of 6", n)
	}
	if n := w.conns.Load(); n != 1 {
		t.Errorf("the provider saw %d connections; want 1", n)
	}
}

// A client that leaves while its connection is lent ends the provider's work.
func TestLentLeaves(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	r := newRig(t, 2, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		cancel()
		<-q.Context().Done()
		close(gone)
	}))
	r.waits()
	q, _ := http.NewRequestWithContext(ctx, "POST", "http://"+r.addr+"/v1/chat/completions", strings.NewReader(chat))
	q.Header.Set("X-Api-Key", testKey)
	if _, err := http.DefaultClient.Do(q); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	select {
	case <-gone:
	case <-time.After(ample):
		t.Error("the provider still works")
	}
	eventually(t, "nothing is left", func() bool {
		return r.srv.lent.Load() == 0 && r.srv.fleet.live.Load() == 0 && r.srv.stats.Conns.Load() == 0
	})
}

// A drain waits for what is lent, and loses no request on its way between the lanes.
func TestLentDrain(t *testing.T) {
	w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
	r := wireRig(t, 2, w)
	r.waits()
	var served atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			tr := &http.Transport{MaxConnsPerHost: 1}
			defer tr.CloseIdleConnections()
			for {
				q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/chat/completions", io.NopCloser(strings.NewReader(chat)))
				q.Header.Set("X-Api-Key", testKey)
				res, err := tr.RoundTrip(q)
				if err != nil {
					t.Errorf("after %d: %v", served.Load(), err)
					return
				}
				b, err := io.ReadAll(res.Body)
				res.Body.Close()
				if string(b) != "ok" || err != nil {
					t.Errorf("got %d %q, %v", res.StatusCode, b, err)
				}
				if served.Add(1); res.Close {
					return
				}
			}
		})
	}
	eventually(t, "load", func() bool { return served.Load() > 100 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.srv.Drain(ctx); err != nil {
		t.Errorf("Drain: %v", err)
	}
	wg.Wait()
	if n := r.srv.fleet.live.Load() + r.srv.lent.Load(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}
