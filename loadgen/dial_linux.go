package loadgen

import (
	"net/netip"
	"syscall"
)

// dial opens a connection for a request that was due at intended.
func (l *loop) dial(intended int64, retry bool) {
	t := l.shot.target
	fd, err := dialNow(t.addr)
	if err != nil {
		l.missed(kindConnect)
		return
	}
	l.generation++
	c := &conn{fd: fd, generation: l.generation, target: t, state: connDialing, retry: retry}
	c.reply.begin(intended, l.shot.stream)
	if n := len(l.free); n > 0 {
		c.slot, l.free = l.free[n-1], l.free[:n-1]
		l.conns[c.slot] = c
	} else {
		c.slot = int32(len(l.conns))
		l.conns = append(l.conns, c)
	}
	l.pools[t.index].open++
	l.busy++
	ev := syscall.EpollEvent{Events: interest, Fd: c.slot, Pad: c.generation}
	if err := syscall.EpollCtl(l.ep, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
		l.fail(c, kindConnect)
	}
}

// dialNow begins a connection without waiting for it.
func dialNow(to netip.AddrPort) (fd int, err error) {
	family, sa := sockaddr(to)
	fd, err = syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err == nil {
		err = syscall.Connect(fd, sa)
	}
	if err != nil && err != syscall.EINPROGRESS {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

func sockaddr(to netip.AddrPort) (family int, sa syscall.Sockaddr) {
	if a := to.Addr().Unmap(); a.Is4() {
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: a.As4()}
	}
	return syscall.AF_INET6, &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
}
