//go:build !linux

package faults

import "testing"

// fullPort needs a queue that fills: only Linux drops what comes then.
func fullPort(t testing.TB) string {
	t.Helper()
	t.Skip("only Linux drops connections to a full queue")
	return ""
}
