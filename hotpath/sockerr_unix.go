//go:build unix

package hotpath

import "syscall"

func sockError(fd uintptr) bool {
	e, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	return err != nil || e != 0
}
