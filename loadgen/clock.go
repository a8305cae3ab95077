package loadgen

import "time"

// clock reads the machine's monotonic clock in nanoseconds. On Linux its zero is that
// of CLOCK_MONOTONIC, so that stamps of other processes on this machine can be
// subtracted; on other systems it is the start of the run, and stamps are rejected
// as implausible.
type clock struct {
	base   time.Time
	offset int64
}

// newClock reads both clocks a few times and keeps the closest pair.
func newClock() clock {
	best, gap := clock{base: time.Now()}, time.Hour
	for range 16 {
		before := time.Now()
		mono, ok := monotonic()
		took := time.Since(before)
		if !ok {
			return best
		}
		if took < gap {
			best, gap = clock{base: before, offset: mono - int64(took/2)}, took
		}
	}
	return best
}

// now costs one clock read, no system call and no allocation.
func (c clock) now() int64 { return c.offset + int64(time.Since(c.base)) }
