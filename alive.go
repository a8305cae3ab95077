package main

import (
	"io"
	"time"
)

// alive proves to the watchdog that work still moves: a request goes through
// the front door and the slow door. Any answer will do, a refusal too: a gateway
// with all its connections taken is busy, not dead.
func (g *gateway) alive() bool {
	ours, theirs := duplex(doorName{})
	defer ours.Close()
	go g.server.ServeConn(theirs)
	ours.SetDeadline(time.Now().Add(aliveWait))
	if _, err := io.WriteString(ours, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return !isTimeout(err)
	}
	var b [1]byte
	_, err := ours.Read(b[:])
	return !isTimeout(err)
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}
