package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"asbru/control/api"
	"asbru/core/config"
	"asbru/doors"
)

// A slowDoor is the listener for what the data plane does not serve itself:
// HTTP/2, HTTP/1.0, health, metrics. Connections arrive together with the bytes that were
// already read from them.
type slowDoor struct {
	queue chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newSlowDoor() *slowDoor {
	return &slowDoor{queue: make(chan net.Conn, slowQueue), done: make(chan struct{})}
}

// take is hotpath.Options.Slow. It never waits: a connection that finds the
// queue full, or the door closed, is closed.
func (d *slowDoor) take(c net.Conn) {
	select {
	case d.queue <- c:
	default:
		c.Close()
	}
	select {
	case <-d.done: // nobody accepts any more
		d.empty()
	default:
	}
}

// Accept returns the next connection.
func (d *slowDoor) Accept() (net.Conn, error) {
	select {
	case c := <-d.queue:
		return c, nil
	case <-d.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and closes what is left in the queue.
func (d *slowDoor) Close() error {
	d.once.Do(func() { close(d.done) })
	d.empty()
	return nil
}

func (d *slowDoor) empty() {
	for {
		select {
		case c := <-d.queue:
			c.Close()
		default:
			return
		}
	}
}

// Addr is a name: the door has no address of its own.
func (d *slowDoor) Addr() net.Addr { return doorName{} }

type doorName struct{}

func (doorName) Network() string { return "inside" }
func (doorName) String() string  { return "the slow door" }

// serveSlow serves the slow door until ctx ends, then lets open streams finish
// as the data plane does.
func (g *gateway) serveSlow(ctx context.Context) {
	all := doors.All()
	pages, front := g.pages(false), newFront(g.server, g.log)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if doors.Hot(all, r.RequestURI) {
			front.ServeHTTP(&paced{ResponseWriter: w}, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	o := api.Serving{HTTP2: true, Conns: slowConns, Write: -1, Grace: g.drainWait(), Log: g.log}
	if err := api.Serve(ctx, g.slow, h, o); err != nil {
		g.fail(err)
	}
}

// drainWait is how long open streams may take when the process ends.
func (g *gateway) drainWait() time.Duration {
	wait := config.DefaultDrainWait
	if doc := g.plane.Status().Document; doc != nil {
		wait = doc.Limits.DrainWait.Or(wait)
	}
	return wait
}

// A paced answer gives up on a client that does not read.
type paced struct{ http.ResponseWriter }

func (p *paced) Write(b []byte) (int, error) {
	// An answer that cannot have a deadline is written without one: the data
	// plane behind it stops waiting for its own reader after as long.
	http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(slowWrite))
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (p *paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }
