//go:build unix

package ledger

import (
	"os"
	"syscall"
)

// errHeld is lockFile's error where another process has the lock.
const errHeld = syscall.EWOULDBLOCK

func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

func shareFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_SH) }
