//go:build !linux

package loadgen

import "sync/atomic"

func openLane(k clock, stop *atomic.Bool) (lane, error) { return openPortable(k, stop) }
