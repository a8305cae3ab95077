package hotpath

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"asbru/core"
)

// Serve takes connections from l until Drain, which closes l. A plain TCP
// listener is served by the loop lane where there is one, through a descriptor of
// its own: closing l alone does not end it. Everything else is the goroutine
// lane's.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.draining.Load() {
		s.mu.Unlock()
		return net.ErrClosed
	}
	s.ends[l] = struct{}{}
	s.mu.Unlock()
	if ok, err := s.fleet.serve(s, l); ok {
		return err
	}
	for {
		c, err := l.Accept()
		if err == nil {
			s.arriving.Add(1)
			go s.admit(c)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) && !errors.Is(err, syscall.ECONNABORTED) {
			return err
		}
		time.Sleep(acceptRest)
	}
}

// admit serves a connection that was just accepted.
func (s *Server) admit(c net.Conn) {
	t, ok := c.(*tls.Conn)
	if !ok {
		s.serveConn(c, true)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), handWait)
	err := t.HandshakeContext(ctx)
	cancel()
	if err != nil {
		s.arriving.Add(-1)
		s.stats.Refused.Add(1)
		tellPlain(err)
		c.Close()
		return
	}
	if t.ConnectionState().NegotiatedProtocol == "h2" {
		s.arriving.Add(-1)
		s.stats.HandedOver.Add(1)
		s.opt.Slow(c)
		return
	}
	s.serveConn(c, true)
}

// tellPlain answers a client that spoke HTTP where TLS is spoken; err is that of the handshake.
func tellPlain(err error) {
	var bad tls.RecordHeaderError
	if !errors.As(err, &bad) || bad.Conn == nil {
		return
	}
	switch string(bad.RecordHeader[:]) { // of no TLS record
	case "GET /", "POST ", "HEAD ", "PUT /", "OPTIO", "DELET", "PATCH":
		bad.Conn.SetWriteDeadline(time.Now().Add(handWait))
		io.WriteString(bad.Conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThis port speaks TLS; write https:// in place of http://\n")
	}
}

// enter counts a connection in; false when there are too many.
func (s *Server) enter(k *conn) bool {
	limit := or(k.limits().Conns, defaultConns)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns)+s.fleet.conns()-int(s.lent.Load()) >= limit {
		s.stats.Refused.Add(1)
		return false
	}
	s.stats.Accepted.Add(1)
	s.conns[k] = struct{}{}
	return true
}

func (s *Server) leave(k *conn) {
	s.mu.Lock()
	delete(s.conns, k)
	s.mu.Unlock()
}

// Drain stops accepting, lets every exchange under way finish, tells clients
// to close, and returns when no connection is left or ctx ends. New requests on
// open connections are still served: none that was accepted is lost.
//
// Requests made behind answers from memory are cut off with the last connection: no client waits
// for them.
func (s *Server) Drain(ctx context.Context) error {
	s.draining.Store(true)
	defer s.trailing.close()
	s.mu.Lock()
	for l := range s.ends {
		l.Close()
	}
	s.mu.Unlock()
	s.fleet.drain(s)
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	for {
		if s.closeQuiet()+s.fleet.busy()+int(s.arriving.Load()) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			s.farewell()
			s.cut()
			s.parts()
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// parts waits a moment for the exchanges of connections that were cut: their last stages write down what they cost, and who
// calls Drain closes next what that is written to.
func (s *Server) parts() {
	for until := core.Clock() + int64(closeWait); core.Clock() < until; time.Sleep(drainLook) {
		if s.closeQuiet()+s.fleet.busy() == 0 {
			return
		}
	}
}

// Close cuts what is left and ends the event loops, which outlive a Drain. Only a
// process that lives on needs it, once; s serves nothing afterwards.
func (s *Server) Close() {
	s.draining.Store(true)
	s.warden.rest()
	s.cut()
	s.fleet.close(s)
	s.shadows.close()
	s.trailing.close()
}

// closeQuiet closes connections that have been idle for a while, and
// returns how many are left.
func (s *Server) closeQuiet() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := core.Clock()
	for k := range s.conns {
		if q := k.quiet.Load(); q > 0 && now-q > int64(drainQuiet) {
			k.c.SetReadDeadline(time.Unix(1, 0))
		}
	}
	return len(s.conns)
}

// farewell sends close frames on all WebSockets because the process ends, and gives the peers a
// moment to answer.
func (s *Server) farewell() {
	told := s.judge(func(k *conn) *core.Fault {
		if !k.bridged.Load() {
			return nil
		}
		return &core.Fault{Code: core.Overloaded, Message: "the gateway is restarting", Hint: "connect again"}
	})
	for until := core.Clock() + 2*int64(closeWait); told && core.Clock() < until; time.Sleep(drainLook) {
		told = false
		s.mu.Lock()
		for k := range s.conns {
			told = told || k.bridged.Load()
		}
		s.mu.Unlock()
	}
}

// judge ends what is under way on the connections of the goroutine lane that why has a fault for.
// It reports whether there were any.
func (s *Server) judge(why func(*conn) *core.Fault) (some bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.conns {
		if f := why(k); f != nil {
			key, _ := k.charge.who()
			some = k.charge.rule(key, f) || some
		}
	}
	return some
}

// cut ends every connection at once.
func (s *Server) cut() {
	s.fleet.cut(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.conns {
		k.c.Close()
	}
}
