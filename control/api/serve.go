package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serving configures how a listener is served. The zero value is unencrypted HTTP/1.1
// with the bounds of this package.
type Serving struct {
	TLS   *tls.Config   // nil: unencrypted
	HTTP2 bool          // also HTTP/2: by ALPN over TLS, with prior knowledge otherwise
	Conns int           // open connections; more wait in the listen queue; 0: MaxConns
	Write time.Duration // for a complete answer; 0: 65 s; negative: no limit, nor for request bodies
	Grace time.Duration // for answers in progress when ctx ends; 0: 5 s
	Log   *slog.Logger  // for connection errors, at debug level; nil: silent
}

// Serve serves ln until ctx ends, then lets answers in progress finish for
// o.Grace and cuts off the rest. It closes ln. It returns nil after ctx ended,
// otherwise the error that broke the listener.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, o Serving) error {
	srv := server(h, o)
	limited := limit(ln, o.Conns)
	broken := make(chan error, 1)
	go func() {
		if o.TLS != nil {
			broken <- srv.ServeTLS(limited, "", "")
		} else {
			broken <- srv.Serve(limited)
		}
	}()
	select {
	case err := <-broken:
		srv.Close()
		return fmt.Errorf("cannot serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(o.Grace, grace))
	defer cancel()
	limited.Close() // an Accept that waits for a free place would block Shutdown
	if err := srv.Shutdown(end); err != nil {
		srv.Close()
	}
	if err := <-broken; !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("cannot serve %s: %w", ln.Addr(), err)
	}
	return nil
}

func server(h http.Handler, o Serving) *http.Server {
	var p http.Protocols
	p.SetHTTP1(true)
	p.SetHTTP2(o.HTTP2 && o.TLS != nil)
	p.SetUnencryptedHTTP2(o.HTTP2 && o.TLS == nil)
	srv := &http.Server{
		Handler:           h,
		Protocols:         &p,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ReadHeaderTimeout: headWait,
		ReadTimeout:       bodyWait,
		WriteTimeout:      writeWait,
		IdleTimeout:       idleWait,
		MaxHeaderBytes:    maxHead,

		DisableGeneralOptionsHandler: true, // OPTIONS * is refused like any other request
	}
	if o.TLS != nil {
		srv.TLSConfig = o.TLS.Clone()
	}
	switch {
	case o.Write > 0:
		srv.WriteTimeout = o.Write
	case o.Write < 0:
		srv.WriteTimeout, srv.ReadTimeout = 0, 0
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	srv.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	return srv
}

// A limited listener bounds the number of open connections.
type limited struct {
	net.Listener
	room chan struct{}
	done chan struct{}
	once sync.Once
}

func limit(ln net.Listener, n int) *limited {
	if n <= 0 {
		n = MaxConns
	}
	return &limited{Listener: ln, room: make(chan struct{}, n), done: make(chan struct{})}
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &counted{Conn: c, leave: sync.OnceFunc(func() { <-l.room })}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// A counted connection frees its place when closed.
type counted struct {
	net.Conn
	leave func()
}

func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
