package upstream

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"asbru/core"
)

// listener accepts connections and holds them; the last accepted comes first.
func listener(t *testing.T) (e core.Endpoint, accepted chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	accepted = make(chan net.Conn, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	return core.Endpoint{Scheme: "http", Host: host, Port: port}, accepted
}

func newPool(t *testing.T, e core.Endpoint) *Pool {
	t.Helper()
	p, err := New(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func get(t *testing.T, p *Pool, fresh bool) *Conn {
	t.Helper()
	c, err := p.Get(context.Background(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPoolLendsTheLastOne(t *testing.T) {
	e, _ := listener(t)
	p := newPool(t, e)
	a, b := get(t, p, false), get(t, p, false)
	if a.Reused || b.Reused {
		t.Error("a new connection says it was used")
	}
	a.Put()
	b.Put()
	if st := p.Stats(); st.Open != 2 || st.Idle != 2 || st.Dials != 2 {
		t.Errorf("got %+v", st)
	}
	if c := get(t, p, false); c != b || !c.Reused {
		t.Error("the last one put back was not the first one lent")
	}
	if c := get(t, p, true); c == a || c.Reused {
		t.Error("a fresh connection was asked for")
	}
	if c := get(t, p, false); c != a {
		t.Error("the one asked for fresh took an idle one with it")
	}
}

func TestPoolKeepsNothingThatSpoke(t *testing.T) {
	e, accepted := listener(t)
	p := newPool(t, e)
	for _, say := range []string{"HTTP/1.1 408 Request Timeout\r\n\r\n", ""} {
		c := get(t, p, true)
		peer := <-accepted
		c.Put()
		io.WriteString(peer, say)
		if say == "" {
			peer.Close()
		}
		time.Sleep(20 * time.Millisecond)
		if d := get(t, p, false); d == c {
			t.Errorf("after %q it was lent again", say)
		} else {
			d.Close()
			<-accepted
		}
	}
	if st := p.Stats(); st.Open != 0 || st.Idle != 0 {
		t.Errorf("got %+v", st)
	}
}

func TestPoolExpires(t *testing.T) {
	e, _ := listener(t)
	e.KeepAlive = 30 * time.Millisecond
	p := newPool(t, e)
	a, b := get(t, p, false), get(t, p, false)
	a.Put()
	b.Put()
	p.Sweep(time.Now())
	if st := p.Stats(); st.Idle != 2 {
		t.Errorf("swept too early: %+v", st)
	}
	time.Sleep(2 * e.KeepAlive)
	if c := get(t, p, false); c == a || c == b {
		t.Error("an old connection was lent")
	}
	p.Sweep(time.Now())
	for range 100 { // old ones are closed beside
		if p.Stats().Open == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("got %+v; want one open", p.Stats())
}

func TestPoolIsBounded(t *testing.T) {
	e, _ := listener(t)
	e.MaxConns = 2
	p := newPool(t, e)
	a, _ := get(t, p, false), get(t, p, false)
	if _, err := p.Get(context.Background(), false); !errors.Is(err, ErrBusy) {
		t.Errorf("the third: got %v; want %v", err, ErrBusy)
	}
	a.Close()
	a.Close() // counts once
	get(t, p, false)
	if _, err := p.Get(context.Background(), true); !errors.Is(err, ErrBusy) {
		t.Errorf("after one was closed twice: got %v; want %v", err, ErrBusy)
	}
}

func TestPoolCloses(t *testing.T) {
	e, accepted := listener(t)
	p := newPool(t, e)
	idle, used := get(t, p, false), get(t, p, false)
	first := <-accepted
	idle.Put()
	p.Close()
	first.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the idle connection: %v; want its end", err)
	}
	used.Put()
	if st := p.Stats(); st.Open != 0 || st.Idle != 0 || !p.Closed() {
		t.Errorf("got %+v, closed %v", st, p.Closed())
	}
}

func TestPoolFails(t *testing.T) {
	f := func(e core.Endpoint) {
		t.Helper()
		if _, err := New(e); err == nil {
			t.Errorf("%+v: want an error", e)
		}
	}
	f(core.Endpoint{Scheme: "https", Host: "a", Port: "443", CA: "/nonexistent.pem"})
	f(core.Endpoint{Scheme: "http", Host: "a", Port: "80", Proxy: "socks5://127.0.0.1:1"})
	f(core.Endpoint{Scheme: "http", Host: "a", Port: "80", Proxy: "http://"})
	p := newPool(t, core.Endpoint{Scheme: "http", Host: "10.255.255.1", Port: "80"})
	var told []error
	p.Tell(func(err error) { told = append(told, err) })
	if _, err := p.Get(context.Background(), false); !errors.Is(err, ErrPrivate) {
		t.Errorf("a private address: got %v; want %v", err, ErrPrivate)
	}
	if st := p.Stats(); st.Open != 0 || st.DialErrors != 1 {
		t.Errorf("got %+v", st)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, ctx := range []context.Context{t.Context(), left} { // once in a while, and never because somebody left
		if _, err := p.Get(ctx, false); err == nil {
			t.Error("a private address is connected to")
		}
	}
	if len(told) != 1 || !errors.Is(told[0], ErrPrivate) {
		t.Errorf("told %v; want once that the address is private", told)
	}
}
