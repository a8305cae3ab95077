package faults

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// closedPort returns an address where nothing listens, and which no other process gets during the
// test, since tests of other packages use ports too.
func closedPort(t testing.TB) string {
	t.Helper()
	_, address := boundPort(t)
	return address
}

// fullPort returns the address of a listener that accepts no connection and whose queue is full, so
// that the kernel drops further ones, as on a dead route.
func fullPort(t testing.TB) string {
	t.Helper()
	fd, address := boundPort(t)
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		c, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address // full
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("the queue of a listener does not fill")
	return ""
}

// boundPort returns a socket that has a port but does not listen yet.
func boundPort(t testing.TB) (fd int, address string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fd, net.JoinHostPort("127.0.0.1", strconv.Itoa(at.(*syscall.SockaddrInet4).Port))
}
