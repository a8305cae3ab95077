//go:build unix

package upstream

import "syscall"

func silentSocket(rc syscall.RawConn) (silent bool) {
	err := rc.Read(func(fd uintptr) bool {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		silent = n <= 0 && (err == syscall.EAGAIN || err == syscall.EINTR)
		return true
	})
	return silent && err == nil
}
