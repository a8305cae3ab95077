package mock

import "time"

// clock reads CLOCK_MONOTONIC without a system call: the runtime's monotonic
// clock is the same one, apart from its origin.
type clock struct {
	base   time.Time
	origin int64 // CLOCK_MONOTONIC at base, in nanoseconds; 0 where the system does not provide it
}

func newClock() *clock {
	return &clock{base: time.Now(), origin: monotonic()}
}

// now is in nanoseconds.
func (c *clock) now() int64 { return c.origin + int64(time.Since(c.base)) }
