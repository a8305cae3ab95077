package faults

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// closedPort is an address that nobody listens at, and nobody else gets as long as the test lasts:
// the tests of other packages ask for ports too.
func closedPort(t testing.TB) string {
	t.Helper()
	_, address := boundPort(t)
	return address
}

// fullPort is an address whose listener accepts nobody and whose queue is full: the
// kernel drops what else comes, as a dead route would.
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

// boundPort is a socket that has a port and does not listen yet.
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
