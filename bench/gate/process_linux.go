package main

import "syscall"

// apart puts a server into a group of its own, so that it can be ended with its
// workers, and ends it should this program die.
func apart(end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: end}
}

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// openFiles is how many descriptors a process started here may have.
func openFiles() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0
	}
	return int(min(r.Max, 1<<20))
}
