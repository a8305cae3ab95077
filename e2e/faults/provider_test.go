package faults

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A provider plays a script, and afterwards answers normally.
type provider struct {
	who    string
	script *script
	pace   time.Duration
	base   string

	conns  atomic.Int64 // accepted
	open   atomic.Int64
	asked  atomic.Int64 // requests read, and plays begun without one
	played atomic.Int64 // plays begun

	over  chan struct{} // the test has ended
	mu    sync.Mutex
	ended []time.Time // times at which the other side left during a play
}

// newProvider starts a provider and returns it with its base URL.
func newProvider(t testing.TB, who string, sc *script) *provider {
	t.Helper()
	p := &provider{who: who, script: sc, over: make(chan struct{})}
	switch sc.door {
	case "refuse":
		p.base = "http://" + closedPort(t) + "/v1"
		return p
	case "drop":
		p.base = "http://" + fullPort(t) + "/v1"
		return p
	case "nxdomain":
		p.base = "http://no-such-host.invalid/v1"
		return p
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.base = "http://" + l.Addr().String() + "/v1"
	switch sc.door {
	case "expired":
		p.base = strings.Replace(p.base, "http:", "https:", 1)
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{expired(t)}})
	case "alert":
		p.base = strings.Replace(p.base, "http:", "https:", 1)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	all := map[net.Conn]bool{}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			all[c] = true
			mu.Unlock()
			p.conns.Add(1)
			p.open.Add(1)
			wg.Go(func() {
				defer p.open.Add(-1)
				defer func() {
					mu.Lock()
					delete(all, c)
					mu.Unlock()
				}()
				defer c.Close()
				p.serve(c)
			})
		}
	})
	t.Cleanup(func() {
		close(p.over)
		l.Close()
		mu.Lock()
		for c := range all {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return p
}

// serve answers the requests of one connection.
func (p *provider) serve(c net.Conn) {
	switch p.script.door {
	case "alert": // fatal, handshake_failure
		c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		p.asked.Add(1)
		time.Sleep(50 * time.Millisecond)
		return
	case "mute":
		if p.played.Add(1) == 1 {
			p.asked.Add(1)
			<-p.over
			return
		}
	}
	br := bufio.NewReader(c)
	for {
		if p.script.early && p.played.Load() < int64(len(p.script.plays)) {
			p.asked.Add(1)
			p.play(c, br, p.played.Add(1)-1)
			return
		}
		q, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, q.Body); err != nil {
			return
		}
		p.asked.Add(1)
		if !p.play(c, br, p.played.Add(1)-1) {
			return
		}
	}
}

// play plays the part for one request. It reports whether the connection stays open.
func (p *provider) play(c net.Conn, br *bufio.Reader, n int64) bool {
	gone, quit := make(chan struct{}), make(chan struct{})
	s := &stage{c: c, who: p.who, gone: gone, pace: p.pace}
	if n >= int64(len(p.script.plays)) {
		s.code = 200
		return s.finish()
	}
	done := make(chan struct{})
	go func() { // the other side sends nothing until it has an answer, so bytes or an end mean that it leaves
		defer close(done)
		_, err := br.Peek(1)
		select {
		case <-quit: // the play is over
		default:
			if err != nil {
				p.mu.Lock()
				p.ended = append(p.ended, time.Now())
				p.mu.Unlock()
				close(gone)
			}
		}
	}()
	stop := func() {
		close(quit)
		c.SetReadDeadline(time.Unix(1, 0))
		<-done
		c.SetReadDeadline(time.Time{})
	}
	go func() {
		select {
		case <-p.over:
			c.Close()
		case <-quit:
		}
	}()
	for _, a := range p.script.plays[n] {
		if !a(s) {
			stop()
			return false
		}
	}
	alive := s.finish()
	stop()
	return alive && !s.last
}

// left returns when the other side left during a play.
func (p *provider) left() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.ended...)
}
