package upstream

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// silent reports whether nothing has arrived on an idle connection: neither its end nor
// unexpected bytes, which the next exchange would take for its answer.
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

// silentTLS checks the bytes that crypto/tls has read from the socket already: with an
// expired deadline Read returns only those.
func silentTLS(t *tls.Conn) bool {
	var b [1]byte
	t.SetReadDeadline(time.Unix(1, 0))
	n, err := t.Read(b[:])
	t.SetReadDeadline(time.Time{})
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}
