//go:build unix

package loadgen

import "syscall"

// openFiles is how many descriptors this process may have; 0 when unknown.
func openFiles() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(min(l.Cur, 1<<30))
}
