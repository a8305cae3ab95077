package main

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// quiet waits until other processes leave the CPUs idle, at most quietWithin. That is only a help,
// since disturbed windows are discarded in any case.
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

// cpuTicks returns the busy time of all CPUs, and the total time, since boot; 0: unknown.
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
