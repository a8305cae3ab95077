//go:build linux

package sock

import (
	"net"
	"syscall"
	"testing"
	"unsafe"
)

// BenchmarkRead is what Read is beside the system call that it is not: 1.7 KB that wait, sent anew each time.
func BenchmarkRead(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	raw, err := s.(*net.TCPConn).SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	var fd int
	raw.Control(func(d uintptr) { fd = int(d) })
	sent, into := make([]byte, 1700), make([]byte, 16<<10)
	f := func(name string, read func() (int, syscall.Errno)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Write(sent); err != nil {
					b.Fatal(err)
				}
				if n, e := read(); n != len(sent) || e != 0 {
					b.Fatal(n, e)
				}
			}
		})
	}
	f("recvfrom", func() (int, syscall.Errno) { return Read(fd, into) })
	f("read", func() (int, syscall.Errno) {
		n, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)))
		return int(n), e
	})
}
