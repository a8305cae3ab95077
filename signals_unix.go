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

// watchSignals returns the signals this process acts on. Those that end it are among them from heed on:
// before that they end it at once.
func watchSignals() (signals <-chan os.Signal, heed, ignore func()) {
	c := make(chan os.Signal, 4)
	signal.Notify(c, sigReload, sigHandOver)
	return c, func() { signal.Notify(c, syscall.SIGTERM, os.Interrupt) }, func() { signal.Stop(c) }
}
