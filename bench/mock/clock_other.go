//go:build !linux

package mock

// monotonic has no portable source; stamps then count from the start of the process.
func monotonic() int64 { return 0 }
