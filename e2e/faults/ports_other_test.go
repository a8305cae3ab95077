//go:build !linux

package faults

import (
	"net"
	"testing"
)

// closedPort returns an address where nothing listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// fullPort needs a queue that can be full: only Linux drops connections then.
func fullPort(t testing.TB) string {
	t.Helper()
	t.Skip("only Linux drops connections to a full queue")
	return ""
}
