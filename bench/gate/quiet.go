package main

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// quiet waits until others leave the CPUs alone, at most quietWithin. It only
// helps: windows that others disturb are thrown away in any case.
func (s *session) quiet(ctx context.Context, out *section) {
	began := time.Now()
	for time.Since(began) < quietWithin && ctx.Err() == nil {
		busy, total := cpuTicks()
		time.Sleep(quietLook)
		busy2, total2 := cpuTicks()
		if total2 == total || 100*float64(busy2-busy)/float64(total2-total) <= s.o.foreign {
			break
		}
	}
	if waited := time.Since(began); waited > 2*quietLook {
		out.note("waited %.0f s for a quiet machine", waited.Seconds())
	}
}

// cpuTicks is the time all CPUs were at work, and all time, since boot; zero
// where nobody tells.
func cpuTicks() (busy, total int64) {
	line, _, _ := strings.Cut(string(readQuietly("/proc/stat")), "\n")
	for i, word := range strings.Fields(line) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil || i > 8 { // the name; guests are counted as user already
			continue
		}
		total += n
		if i != 4 && i != 5 { // idle, waiting for a disk
			busy += n
		}
	}
	return busy, total
}
