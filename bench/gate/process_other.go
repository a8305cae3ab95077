//go:build !linux

package main

import (
	"os"
	"syscall"
)

func apart(syscall.Signal) *syscall.SysProcAttr { return nil }

func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

// openFiles is unknown here.
func openFiles() int { return 0 }
