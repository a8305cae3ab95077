package main

import "syscall"

// apart puts a server into a process group of its own, so that it can be ended together with its
// workers, and makes the kernel end it if this program dies.
func apart(end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: end}
}

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// openFiles returns how many descriptors a process started here may have.
func openFiles() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0
	}
	return int(min(r.Max, 1<<20))
}
