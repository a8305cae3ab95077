//go:build !linux

package loadgen

func monotonic() (nanos int64, ok bool) { return 0, false }
