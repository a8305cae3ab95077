package hotpath

import (
	"net"

	"asbru/hotpath/http1"
)

// A replay is a connection whose first bytes were read already.
type replay struct {
	net.Conn
	head []byte
}

// Read gives the bytes read before, then what follows.
func (r *replay) Read(p []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(p, r.head)
		if r.head = r.head[n:]; len(r.head) == 0 {
			r.head = nil
		}
		return n, nil
	}
	return r.Conn.Read(p)
}

// CloseWrite ends our side, if the connection can.
func (r *replay) CloseWrite() error {
	if w, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return net.ErrClosed
}

// oneShot prepares a connection for the slow door. b starts with a head that
// the strict parser accepted, or with the preface of HTTP/2. The head is given
// Connection: close, so that net/http, which is less strict, never reads a second one: also in place
// of what it says itself, since net/http lets the keep-alive of HTTP/1.0 go before a close.
func (s *Server) oneShot(c net.Conn, r *http1.Request, b []byte) net.Conn {
	const bye = "Connection: close\r\n\r\n"
	if match, _ := http1.IsHTTP2Preface(b); match || r.HeadLen == 0 {
		return &replay{Conn: c, head: append([]byte(nil), b...)}
	}
	head := make([]byte, 0, len(b)+len(bye))
	head = append(head, b[:r.HeadLen-2]...)
	for _, fd := range r.Fields[:r.N] {
		if v := fd.Value.Of(head); fd.ID == http1.Connection && len(v) >= len("close") {
			for i := copy(v, "close"); i < len(v); i++ {
				v[i] = ' '
			}
		}
	}
	head = append(head, bye...)
	return &replay{Conn: c, head: append(head, b[r.HeadLen:]...)}
}
