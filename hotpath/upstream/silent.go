package upstream

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// silent reports whether nothing has come on an idle connection: no end, and
// no bytes that nobody asked for, which the next exchange would take for its answer.
func silent(c net.Conn) bool {
	if t, ok := c.(*tls.Conn); ok {
		if !silentTLS(t) {
			return false
		}
		c = t.NetConn()
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	rc, err := s.SyscallConn()
	return err == nil && silentSocket(rc)
}

// silentTLS looks at what was read from the socket already: with its time run
// out a Read gives only that.
func silentTLS(t *tls.Conn) bool {
	var b [1]byte
	t.SetReadDeadline(time.Unix(1, 0))
	n, err := t.Read(b[:])
	t.SetReadDeadline(time.Time{})
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}
