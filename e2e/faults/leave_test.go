package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
)

// ledgerMu guards the ledger of parallel rows.
var ledgerMu sync.Mutex

// dial requests a stream on a connection of its own.
func dial(t testing.TB, addr string) net.Conn { return dialFor(t, addr, `,"stream":true}`) }

// dialFor is dial with further members at the end of the body.
func dialFor(t testing.TB, addr, more string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	body := question + more
	fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return c
}

// leave reads ten events and closes the connection. The upstream connection ends at once, and the record has the reason.
func leave(t *testing.T, g *gateway, bad *provider) {
	c := dial(t, g.addr)
	c.SetReadDeadline(time.Now().Add(patience))
	br := bufio.NewReader(c)
	for n := 0; n < 10; {
		line, err := br.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "data: ") {
			n++
		}
	}
	c.Close()
	at := time.Now()
	await(t, "the upstream to be closed", func() bool { return len(bad.left()) > 0 || bad.open.Load() == 0 })
	if took := time.Since(at); took > slack {
		t.Errorf("the upstream was closed after %v", took)
	}
	if r := g.record(t); r.Fault != core.ClientGone {
		t.Errorf("the record says %v", r.Fault)
	}
}

// stall sends a request and reads nothing. It is cut off after the wait, and its place is free again.
func stall(t *testing.T, g *gateway, bad *provider) {
	c := dial(t, g.addr)
	defer c.Close()
	await(t, "the upstream to be closed", func() bool { return bad.asked.Load() > 0 && bad.open.Load() == 0 })
	if r := g.record(t); r.Fault != core.ClientSlow {
		t.Errorf("the record says %v", r.Fault)
	}
	c.SetReadDeadline(time.Now().Add(patience))
	if b, _ := io.ReadAll(c); strings.Contains(string(b), "[DONE]") {
		t.Error("the answer that was cut has a terminator")
	}
}

// Many clients leave in the middle of their streams, or before an answer without a stream has begun, and their upstream
// connections end with them. The delay is measured at the provider.
func TestLeaving(t *testing.T) {
	clients := 100
	if *full {
		clients = 1000
	}
	for _, lane := range lanes {
		t.Run(lane.name+"/stream", func(t *testing.T) { leaving(t, lane.loops, clients, `,"stream":true}`, 2) })
		t.Run(lane.name+"/unary", func(t *testing.T) { leaving(t, lane.loops, clients, `}`, 0) })
	}
}

// leaving makes clients send requests, with more at the end of their bodies, and leave after that many events.
func leaving(t *testing.T, loops, clients int, more string, events int) {
	p := newProvider(t, "bad", &script{plays: slices.Repeat([][]act{{func(s *stage) bool {
		s.code = 200
		return (events == 0 || s.tokens(events, 0)) && s.hang(time.Minute)
	}}}, clients)})
	g := newGateway(t, loops, document(ample, p.base))
	var open []net.Conn
	for i := range clients {
		c := dialFor(t, g.addr, more)
		open = append(open, c)
		c.SetReadDeadline(time.Now().Add(patience))
		br := bufio.NewReader(c)
		for line := ""; events > 0 && !strings.Contains(line, "bad-1"); {
			var err error
			if line, err = br.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		await(t, "the provider to be asked", func() bool { return p.asked.Load() > int64(i) })
	}
	// One by one, so that each is a separate measurement.
	var waits []time.Duration
	for i, c := range open {
		at := time.Now()
		c.Close()
		await(t, "an upstream to be closed", func() bool { return len(p.left()) > i })
		waits = append(waits, max(p.left()[i].Sub(at), 0))
		if t.Failed() {
			return
		}
	}
	slices.Sort(waits)
	p99 := waits[len(waits)*99/100]
	t.Logf("%d clients left: upstreams closed after %v at the median, %v at p99, %v at most", clients, waits[len(waits)/2], p99, waits[len(waits)-1])
	if limit := map[bool]time.Duration{true: 50 * time.Millisecond, false: slack}[*full]; p99 > limit {
		t.Errorf("p99 is %v; want %v at most", p99, limit)
	}
}

// A client that has closed its sending side is still there.
func TestHalfClosed(t *testing.T) {
	for _, lane := range lanes {
		t.Run(lane.name, func(t *testing.T) {
			sc, err := parse([]string{"status 200", "event token", "hang 10 s", "event token", "done"})
			if err != nil {
				t.Fatal(err)
			}
			p := newProvider(t, "bad", sc)
			g := newGateway(t, lane.loops, document(ample, p.base))
			c := dial(t, g.addr)
			defer c.Close()
			c.(*net.TCPConn).CloseWrite()
			c.SetReadDeadline(time.Now().Add(patience))
			if b, err := io.ReadAll(c); err != nil || !strings.Contains(string(b), "bad-1") || !strings.Contains(string(b), "[DONE]") {
				t.Errorf("got %v: %s", err, b)
			}
		})
	}
}
