package systemd

import (
	"os"
	"sync"
	"time"
)

// A HandOver replaces the running process by a new one, usually of a new
// version, without closing its listening sockets: connections that arrive
// meanwhile wait in the kernel's queue, which both processes share.
//
//	old                                     new
//	 Start: fork, exec  ------------------>  main
//	 sockets by SCM_RIGHTS  -------------->  Inherit
//	 waits, bounded; goes on serving         reads its configuration, opens stores
//	                     <-----------------  ready(): "ready"
//	 MAINPID= to systemd
//	 "serve"  ---------------------------->  ready() returns nil: accept
//	 Start returns its pid: drain, exit
//
// Whatever goes wrong before "serve" (the new program is broken, exits, or is
// not ready in time) kills the new process and leaves the old one serving; the
// new one has not accepted anything by then. A new process whose predecessor
// dies before "serve" serves: nobody else does.
//
// The zero HandOver is ready to use. Methods may be called concurrently.
type HandOver struct {
	// Path is the program to start; empty: the file this process was started
	// from, as it stands now under that name. A package that renames the old
	// program instead of replacing it needs the path noted at start.
	Path string

	// Args are its arguments with the program's name first; nil: os.Args.
	Args []string

	// Wait is how long it may take to become ready; 0: 10 s.
	Wait time.Duration

	mu        sync.Mutex // held while a successor starts
	successor int        // pid of the process that took over; 0: none yet
}

// handOverVariable tells a successor the descriptor of its end of the
// conversation.
const handOverVariable = "ASBRU_HANDOVER"

// The words of the conversation, one message each. The first goes with the
// sockets and names the form of the whole; the sockets' names follow it, each
// after a NUL.
const (
	wordSockets = "asbru-sockets-1"
	wordReady   = "ready"
	wordServe   = "serve"
)

// Successor reports whether a predecessor started this process. It is asked before Inherit.
func Successor() bool { return os.Getenv(handOverVariable) != "" }

func (h *HandOver) wait() time.Duration {
	if h.Wait > 0 {
		return h.Wait
	}
	return readyWait
}
