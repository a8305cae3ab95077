//go:build !unix

package upstream

import "syscall"

// silentSocket cannot look at a socket without reading from it on these systems.
func silentSocket(syscall.RawConn) bool { return true }
