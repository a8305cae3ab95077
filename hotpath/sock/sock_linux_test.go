package sock

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// pair is two ends of a connection: a descriptor of ours and a peer.
func pair(t *testing.T) (fd int, peer *net.TCPConn, from [16]byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rc, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	door := -1
	rc.Control(func(old uintptr) { door, err = Dup(int(old)) })
	if err != nil {
		t.Fatal(err)
	}
	defer Close(door)
	if _, e := Accept(door, &from); !Again(e) {
		t.Fatalf("an empty queue: %v", e)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	var e syscall.Errno
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if fd, e = Accept(door, &from); e == 0 {
			return fd, c.(*net.TCPConn), from
		}
		if !Again(e) || time.Now().After(end) {
			t.Fatalf("Accept: %v", e)
		}
	}
}

// soon asks until an event comes.
func soon(t *testing.T, p *Poll) []Event {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if evs, _ := p.Linger(0); len(evs) > 0 {
			return evs
		}
	}
	t.Fatal("no event came")
	return nil
}

func newPoll(t *testing.T) *Poll {
	t.Helper()
	p, err := NewPoll()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(p.FD) })
	return p
}

func TestReadWrite(t *testing.T) {
	fd, peer, from := pair(t)
	defer Close(fd)
	if want := [16]byte{10: 0xff, 11: 0xff, 12: 127, 15: 1}; from != want {
		t.Errorf("the peer is %v; want %v", from, want)
	}
	NoDelay(fd)
	KeepAlive(fd)
	b := make([]byte, 8)
	if n, e := Read(fd, b); n != 0 || !Again(e) {
		t.Errorf("nothing there: got %d, %v", n, e)
	}
	if n, e := Write(fd, []byte("hello")); n != 5 || e != 0 {
		t.Errorf("Write: %d, %v", n, e)
	}
	if n, err := io.ReadFull(peer, b[:5]); string(b[:n]) != "hello" {
		t.Errorf("the peer read %q, %v", b[:n], err)
	}
	ShutWrite(fd)
	if _, err := peer.Read(b); err != io.EOF {
		t.Errorf("after ShutWrite the peer read %v; want %v", err, io.EOF)
	}
	peer.Close()
	p := newPoll(t)
	if e := p.Add(fd, 1); e != 0 {
		t.Fatal(e)
	}
	soon(t, p)
	if n, e := Read(fd, b); n != 0 || e != 0 {
		t.Errorf("at the end: got %d, %v", n, e)
	}
	if _, e := Write(fd, b); e != syscall.EPIPE {
		t.Errorf("Write after ShutWrite: %v; want %v", e, syscall.EPIPE)
	}
}

func TestPollTellsOnce(t *testing.T) {
	fd, peer, _ := pair(t)
	defer Close(fd)
	p := newPoll(t)
	const tag = 0xfedcba98_76543210
	if e := p.Add(fd, tag); e != 0 {
		t.Fatal(e)
	}
	if evs := soon(t, p); evs[0].Tag() != tag || evs[0].Events&Out == 0 {
		t.Errorf("got %x, %x", evs[0].Tag(), evs[0].Events)
	}
	peer.Write([]byte("x"))
	if evs := soon(t, p); evs[0].Tag() != tag || evs[0].Events&In == 0 {
		t.Errorf("got %x, %x", evs[0].Tag(), evs[0].Events)
	}
	if evs, _ := p.Linger(0); len(evs) != 0 {
		t.Errorf("told twice: %x", evs[0].Events)
	}
	peer.CloseWrite()
	if evs := soon(t, p); evs[0].Events&RdHup == 0 {
		t.Errorf("a half-close: got %x", evs[0].Events)
	}
	p.Remove(fd)
	peer.Close()
	time.Sleep(5 * time.Millisecond)
	if evs, _ := p.Linger(0); len(evs) != 0 {
		t.Errorf("told after Remove: %x", evs[0].Events)
	}
}

func TestSignal(t *testing.T) {
	fd, err := NewSignal()
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	p := newPoll(t)
	if e := p.AddLevel(fd, 7); e != 0 {
		t.Fatal(e)
	}
	if evs, _ := p.Linger(0); len(evs) != 0 {
		t.Error("raised already")
	}
	Raise(fd)
	Raise(fd)
	for range 2 { // for as long as it is raised
		if evs := soon(t, p); evs[0].Tag() != 7 {
			t.Errorf("got tag %d", evs[0].Tag())
		}
	}
	Lower(fd)
	if evs, _ := p.Linger(0); len(evs) != 0 {
		t.Error("still raised")
	}
	Lower(fd) // does not wait
}
