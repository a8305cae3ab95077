package hotpath

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// TestDrainUnderLoad drains a server that is busy, on two listeners. No request
// of a client that heeds Connection: close may fail.
func TestDrainUnderLoad(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		r := wireRig(t, loops, w)
		second, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- r.srv.Serve(second) }()
		var served atomic.Int64
		var draining atomic.Bool
		var wg sync.WaitGroup
		for i := range 16 {
			addr := []string{r.addr, second.Addr().String()}[i%2]
			wg.Go(func() {
				for {
					tr := &http.Transport{MaxConnsPerHost: 1}
					q, _ := http.NewRequest("POST", "http://"+addr+"/v1/chat/completions", strings.NewReader(chat))
					q.Header.Set("X-Api-Key", testKey)
					for {
						q.Body = io.NopCloser(strings.NewReader(chat))
						q.GetBody = nil // or the client would try again by itself
						res, err := tr.RoundTrip(q)
						var dial *net.OpError
						if errors.As(err, &dial) && dial.Op == "dial" && draining.Load() {
							return // nobody listens any more
						}
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
							break
						}
					}
					tr.CloseIdleConnections()
					if draining.Load() {
						return
					}
				}
			})
		}
		eventually(t, "load", func() bool { return served.Load() > 200 })
		draining.Store(true)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.srv.Drain(ctx); err != nil {
			t.Errorf("Drain: %v", err)
		}
		wg.Wait()
		if err := <-ended; err != nil {
			t.Errorf("Serve of the second listener: %v", err)
		}
		third, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer third.Close()
		if err := r.srv.Serve(third); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Serve after Drain: %v; want %v", err, net.ErrClosed)
		}
	})
}

// TestDrainOfQuietAndStreaming checks that quiet connections end soon, and a
// stream when it is over.
func TestDrainOfQuietAndStreaming(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		began, goOn := make(chan struct{}), make(chan struct{})
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			event := fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+event)
			close(began)
			<-goOn
			io.WriteString(c, event+"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
			return true
		})
		r := wireRig(t, loops, w)
		got := make(chan string, 1)
		go func() { _, b, _ := r.ask("POST"); got <- b }()
		<-began
		quiet := r.dial()
		time.Sleep(20 * time.Millisecond)
		drained := make(chan error, 1)
		ctx, cancel := context.WithTimeout(context.Background(), ample)
		defer cancel()
		go func() { drained <- r.srv.Drain(ctx) }()
		quiet.SetReadDeadline(time.Now().Add(ample))
		if _, err := quiet.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("a quiet connection ended with %v", err)
		}
		select {
		case err := <-drained:
			t.Errorf("Drain did not wait for the stream: %v", err)
		default:
		}
		close(goOn)
		if b := <-got; strings.Count(b, delta) != 2 || !strings.HasSuffix(b, "[DONE]\n\n") {
			t.Errorf("the stream was %q", b)
		}
		if err := <-drained; err != nil {
			t.Errorf("Drain: %v", err)
		}
	})
}

// TestDrainCuts checks that Drain ends what does not end by itself when its time is up.
func TestDrainCuts(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		asked := make(chan struct{})
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			close(asked)
			io.Copy(io.Discard, c)
			return false
		})
		r := wireRig(t, loops, w)
		ended := make(chan struct{})
		go func() { r.ask("POST"); close(ended) }()
		<-asked
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		if err := r.srv.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Drain: %v", err)
		}
		select {
		case <-ended:
		case <-time.After(ample):
			t.Error("the client was not cut")
		}
	})
}

// TestDrainTakesWhatWaits fills the queue of a listener whose only loop is held,
// and drains: whoever connected before must be served.
func TestDrainTakesWhatWaits(t *testing.T) {
	hold, held := make(chan struct{}), make(chan struct{})
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the loop lane")
	}
	r := newRig(t, 1)
	r.change(func(snap *core.Snapshot) {
		for _, k := range snap.Keys {
			k.Policy.Plans[core.OpEmbed].Before = []core.Stage{func(x *core.Exchange) core.Verdict {
				close(held)
				<-hold
				x.Reply = core.Reply{Status: 200, Type: "a/b"}
				return core.Answer
			}}
		}
	})
	first := make(chan struct{})
	go func() {
		defer close(first)
		r.raw(strings.Replace(goodPost, "chat/completions", "embeddings", 1))
	}()
	<-held
	const many = 200
	var answered atomic.Int64
	var wg, connected sync.WaitGroup
	connected.Add(many)
	for range many {
		wg.Go(func() {
			c, err := net.Dial("tcp", r.addr)
			connected.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(ample))
			io.WriteString(c, "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Api-Key: "+testKey+"\r\n\r\n")
			if b, _ := io.ReadAll(c); strings.HasPrefix(string(b), "HTTP/1.1 200") {
				answered.Add(1)
			}
		})
	}
	connected.Wait()
	drained := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), ample)
		defer cancel()
		drained <- r.srv.Drain(ctx)
	}()
	time.Sleep(20 * time.Millisecond)
	close(hold)
	if err := <-drained; err != nil {
		t.Errorf("Drain: %v", err)
	}
	wg.Wait()
	<-first
	if n := answered.Load(); n != many {
		t.Errorf("%d of %d connections were served", n, many)
	}
}

// TestConnLimit checks that a connection too many is closed and that room made is used.
func TestConnLimit(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops)
		r.change(func(snap *core.Snapshot) { snap.Limits.Conns = 3 })
		var open []net.Conn
		for range 3 {
			open = append(open, r.dial())
		}
		eventually(t, "three connections", func() bool {
			n := int64(0)
			for _, st := range r.srv.Stats() {
				n += st.Conns.Load()
			}
			return n == 3
		})
		const models = "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Api-Key: " + testKey + "\r\n\r\n"
		if got := r.raw(models); got != "" {
			t.Errorf("the fourth got %q", got)
		}
		open[0].Close()
		eventually(t, "room for another", func() bool { return strings.HasPrefix(r.raw(models), "HTTP/1.1 200") })
	})
}
