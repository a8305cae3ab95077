//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

const (
	sigReload   = syscall.SIGHUP
	sigHandOver = syscall.SIGUSR2
)

// watchSignals returns the signals this process acts on.
func watchSignals() (signals <-chan os.Signal, ignore func()) {
	c := make(chan os.Signal, 4)
	signal.Notify(c, sigReload, sigHandOver, syscall.SIGTERM, os.Interrupt)
	return c, func() { signal.Stop(c) }
}
