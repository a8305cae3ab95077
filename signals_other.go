//go:build !unix

package main

import (
	"os"
	"os/signal"
)

// noSignal is a signal that never comes: there is no reload and no hand-over
// by signal here. A change of the file is still seen.
type noSignal struct{ name string }

func (s noSignal) Signal()        {}
func (s noSignal) String() string { return s.name }

var (
	sigReload   os.Signal = noSignal{"reload"}
	sigHandOver os.Signal = noSignal{"hand over"}
)

// watchSignals returns the signals this process acts on. Those that end it are among them from heed on:
// before that they end it at once.
func watchSignals() (signals <-chan os.Signal, heed, ignore func()) {
	c := make(chan os.Signal, 4)
	return c, func() { signal.Notify(c, os.Interrupt) }, func() { signal.Stop(c) }
}
