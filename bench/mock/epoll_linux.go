//go:build amd64 || arm64

package mock

import (
	"syscall"
	"unsafe"
)

// The system calls of the loop. Those that cannot block are made without notifying the scheduler
// (RawSyscall), which would cost more than the calls themselves. The one that blocks notifies it.

const (
	sysEpollPwait2 = 441 // the same number on every architecture; Linux 5.11
	epollET        = 1 << 31
)

// poll returns what is ready now.
func poll(ep int, events []syscall.EpollEvent) int {
	n, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(ep), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), 0, 0, 0)
	if e != 0 {
		return 0
	}
	return int(n)
}

// wait blocks until something is ready, for at most nanos; negative: without a limit.
func wait(ep int, events []syscall.EpollEvent, nanos int64) int {
	ts := syscall.NsecToTimespec(max(nanos, 0))
	limit := unsafe.Pointer(&ts)
	if nanos < 0 {
		limit = nil
	}
	n, _, e := syscall.Syscall6(sysEpollPwait2, uintptr(ep), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), uintptr(limit), 0, 0)
	if e == syscall.ENOSYS {
		millis := -1
		if nanos >= 0 {
			millis = int((nanos + 999_999) / 1_000_000)
		}
		got, _ := syscall.EpollWait(ep, events, millis)
		return max(got, 0)
	}
	if e != 0 {
		return 0
	}
	return int(n)
}

// read and write transfer without blocking; the descriptors are non-blocking.
func read(fd int32, b []byte) (int, syscall.Errno) {
	n, _, e := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return int(n), e
}

func write(fd int32, b []byte) (int, syscall.Errno) {
	n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		syscall.MSG_NOSIGNAL|syscall.MSG_DONTWAIT, 0, 0)
	return int(n), e
}

// newEventFD makes the descriptor that wakes a loop.
func newEventFD() (int, error) {
	fd, _, e := syscall.RawSyscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

// write64 and read64 set and reset an eventfd. It does not matter if it is full or empty already.
func write64(fd int) {
	one := uint64(1)
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&one)), 8)
}

func read64(fd int) {
	var n uint64
	syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&n)), 8)
}
