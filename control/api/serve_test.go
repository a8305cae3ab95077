package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// serve runs Serve on a port of its own until the test ends, and returns its
// address.
func serve(t *testing.T, h http.Handler, o Serving) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, h, o) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return ln.Addr().String()
}

// client speaks the given protocols and trusts c.
func client(t *testing.T, c *Certs, set func(*http.Protocols)) *http.Client {
	var p http.Protocols
	set(&p)
	tr := &http.Transport{Protocols: &p}
	if c != nil {
		roots := x509.NewCertPool()
		roots.AddCert(c.now.Load().Leaf)
		tr.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "asbru.test"}
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 10 * time.Second}
}

func fetch(t *testing.T, c *http.Client, url string) (proto, body string) {
	t.Helper()
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.Proto, string(b)
}

func TestServeProtocols(t *testing.T) {
	h := New(options(false))
	certs := openCerts(t)
	one := func(p *http.Protocols) { p.SetHTTP1(true) }
	two := func(p *http.Protocols) { p.SetHTTP2(true) }
	clear2 := func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }
	f := func(o Serving, scheme string, set func(*http.Protocols), want string) {
		t.Helper()
		var trust *Certs
		if scheme == "https" {
			trust = certs
		}
		proto, body := fetch(t, client(t, trust, set), scheme+"://"+serve(t, h, o)+"/health/live")
		if proto != want || body != "{\"status\":\"ok\"}\n" {
			t.Errorf("%s: %q %q, want %s", scheme, proto, body, want)
		}
	}
	f(Serving{}, "http", one, "HTTP/1.1")
	f(Serving{HTTP2: true}, "http", one, "HTTP/1.1")
	f(Serving{HTTP2: true}, "http", clear2, "HTTP/2.0")
	f(Serving{TLS: certs.ServerConfig(0, false)}, "https", one, "HTTP/1.1")
	f(Serving{TLS: certs.ServerConfig(0, true), HTTP2: true}, "https", one, "HTTP/1.1")
	f(Serving{TLS: certs.ServerConfig(0, true), HTTP2: true}, "https", two, "HTTP/2.0")
}

func TestServeWithoutHTTP2RefusesIt(t *testing.T) {
	c := client(t, nil, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })
	r, err := c.Get("http://" + serve(t, New(options(false)), Serving{}) + "/health/live")
	if err == nil {
		r.Body.Close()
		t.Error("HTTP/2 was spoken without being asked for")
	}
}

func TestServeBoundsConnections(t *testing.T) {
	addr := serve(t, New(options(false)), Serving{Conns: 2})
	var held []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
		ping(t, c, true)
	}
	third, err := net.Dial("tcp", addr) // waits in the listen queue
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	third.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	ping(t, third, false)
	third.SetReadDeadline(time.Now().Add(10 * time.Second))
	for _, c := range held {
		c.Close()
	}
	if _, err := third.Read(make([]byte, 1)); err != nil {
		t.Errorf("no answer after room was made: %v", err)
	}
}

// ping asks for /health/live on c and checks whether there is an answer.
func ping(t *testing.T, c net.Conn, want bool) {
	t.Helper()
	if _, err := io.WriteString(c, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_, err := c.Read(make([]byte, 1))
	if got := err == nil; got != want {
		t.Errorf("answered: %v (%v), want %v", got, err, want)
	}
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-end
		io.WriteString(w, "whole")
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, h, Serving{}) }()
	body := make(chan string, 1)
	c := client(t, nil, func(p *http.Protocols) { p.SetHTTP1(true) })
	go func() {
		r, err := c.Get("http://" + ln.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		body <- string(b)
	}()
	<-begun
	cancel()
	close(end)
	if got := <-body; got != "whole" {
		t.Errorf("answer %q, want whole", got)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeCutsAfterGrace(t *testing.T) {
	begun := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, ln, h, Serving{Grace: 20 * time.Millisecond}) }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Read(make([]byte, 1)); errors.Is(err, context.DeadlineExceeded) || err == nil {
		t.Errorf("the connection was not cut: %v", err)
	}
}

// A broken listener fails at once.
type broken struct{ net.Listener }

var errBroken = errors.New("broken")

func (broken) Accept() (net.Conn, error) { return nil, errBroken }

func TestServeNamesBrokenListener(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), broken{ln}, http.NotFoundHandler(), Serving{}); !errors.Is(err, errBroken) {
		t.Errorf("Serve: %v, want %v", err, errBroken)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("the listener is still open")
	}
}
