package loadgen

import (
	"syscall"
	"unsafe"
)

const (
	sysEpollPwait2  = 441     // one number on every architecture, Linux 5.11
	prSetTimerSlack = 29      // prctl(2)
	pollIn          = 0x1     // ppoll(2)
	edgeTriggered   = 1 << 31 // EPOLLET; the syscall package has it negative

	interest         = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edgeTriggered
	interestingReads = syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
)

// pollFd is struct pollfd of ppoll(2).
type pollFd struct {
	fd      int32
	events  int16
	revents int16
}

// tightTimers asks the kernel to end this thread's waits when they are due
// and not up to 50 µs later.
func tightTimers() {
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 1, 0)
}

// poll waits at most d nanoseconds and fills l.events.
func (l *loop) poll(d int64) (n int, err error) {
	ts := syscall.NsecToTimespec(d)
	if !l.noNano {
		n, _, errno := syscall.RawSyscall6(sysEpollPwait2, uintptr(l.ep), uintptr(unsafe.Pointer(&l.events[0])),
			eventBatch, uintptr(unsafe.Pointer(&ts)), 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
			return 0, nil
		case syscall.ENOSYS, syscall.EPERM: // an old kernel, or a filter that does not know the call
			l.noNano = true
		default:
			return 0, errno
		}
	}
	if d > 0 { // ppoll sleeps with nanoseconds on every kernel
		fd := pollFd{fd: int32(l.ep), events: pollIn}
		syscall.RawSyscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&fd)), 1, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	}
	n, err = syscall.EpollWait(l.ep, l.events[:], 0)
	if err == syscall.EINTR {
		return 0, nil
	}
	return n, err
}

// readNow reads without notifying the scheduler. fd must be non-blocking.
func readNow(fd int, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return int(n), errno
}

// writeNow writes without notifying the scheduler. fd must be non-blocking and b not
// empty.
func writeNow(fd int, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return int(n), errno
}
