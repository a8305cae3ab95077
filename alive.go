package main

import (
	"io"
	"net"
	"time"
)

// alive proves to the watchdog that work still moves: a request goes over the
// listening socket, which the event loops serve, and one through memory, which a
// goroutine serves; both end in the slow door. Any answer will do, a refusal or a
// closed connection too: a gateway with all its connections taken is busy,
// not dead. Only silence is death.
func (g *gateway) alive() bool {
	ours, theirs := duplex(doorName{})
	go g.server.ServeConn(theirs)
	if !answers(ours) {
		return false
	}
	addr := g.data.raw.Addr()
	c, err := net.DialTimeout(addr.Network(), addr.String(), aliveWait)
	if err != nil {
		return !isTimeout(err) // refused while it drains; no descriptor left
	}
	return answers(c)
}

// answers reports whether anything comes back, and closes c.
func answers(c net.Conn) bool {
	defer c.Close()
	c.SetDeadline(time.Now().Add(aliveWait))
	if _, err := io.WriteString(c, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return !isTimeout(err)
	}
	var b [1]byte
	_, err := c.Read(b[:])
	return !isTimeout(err)
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}
