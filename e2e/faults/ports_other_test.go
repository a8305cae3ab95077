//go:build !linux

package faults

import (
	"net"
	"testing"
)

// closedPort is an address that nobody listens at.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// fullPort needs a queue that fills: only Linux drops what comes then.
func fullPort(t testing.TB) string {
	t.Helper()
	t.Skip("only Linux drops connections to a full queue")
	return ""
}
