package systemd

import (
	"os"
	"sync"
	"time"
)

// A HandOver replaces the running process by a new one, usually of a new version,
// without closing its listening sockets: connections that arrive meanwhile wait in the
// kernel's queue, which both processes share.
//
//	old                                     new
//	 Start: fork, exec  ------------------>  main
//	 sockets by SCM_RIGHTS  -------------->  Inherit
//	 waits, bounded; continues to serve      reads its configuration, opens stores
//	                     <-----------------  ready(): "ready"
//	 MAINPID= to systemd
//	 "serve"  ---------------------------->  ready() returns nil: accept
//	 Start returns its pid: drain, exit
//
// On any failure before "serve" (the new program is broken, exits, or is not ready in
// time) the new process, which has not accepted anything by then, is killed, and the old
// one continues to serve. A new process whose predecessor dies before "serve" begins to
// serve, because no other process does.
//
// The zero HandOver is ready for use. Methods may be called concurrently.
type HandOver struct {
	// Path is the program to start; empty: the file that now has the name from which
	// this process was started. For packages that rename the old program instead of
	// replacing it, the path has to be recorded at the start.
	Path string

	// Args are its arguments, beginning with the program's name; nil: os.Args.
	Args []string

	// Wait is how long the successor may take to become ready; 0: 10 s.
	Wait time.Duration

	mu        sync.Mutex    // held while a successor starts
	successor int           // pid of the process that took over; 0: none yet
	heir      chan struct{} // closed once that has ended
}

// Heir reports whether a successor took over and has not ended.
func (h *HandOver) Heir() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.heir == nil {
		return false
	}
	select {
	case <-h.heir:
		return false
	default:
		return true
	}
}

// handOverVariable names the environment variable with the descriptor of a successor's
// end of the conversation.
const handOverVariable = "ASBRU_HANDOVER"

// The words of the conversation, one message each. The first is sent with the sockets
// and identifies the protocol; the sockets' names follow it, each after a NUL.
const (
	wordSockets = "asbru-sockets-1"
	wordReady   = "ready"
	wordServe   = "serve"
)

// Successor reports whether a predecessor started this process. It must be called before Inherit.
func Successor() bool { return os.Getenv(handOverVariable) != "" }

func (h *HandOver) wait() time.Duration {
	if h.Wait > 0 {
		return h.Wait
	}
	return readyWait
}
