package systemd

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Watchdog sends a sign of life twice in each watchdog period if alive returns true,
// and returns when ctx ends. Without WatchdogSec= in the unit it returns at once. If
// alive returns false, only that sign of life is left out; systemd acts after a whole
// period without one.
//
// alive is called by the calling goroutine and should prove that the service makes
// progress, in well under half a period. The error says that the variables of the
// watchdog are malformed; a message that could not be sent is not an error, since the
// next one may arrive.
func Watchdog(ctx context.Context, alive func() bool) error {
	period, err := watchdogPeriod(os.Getenv("WATCHDOG_USEC"), os.Getenv("WATCHDOG_PID"), os.Getpid())
	if err != nil || period == 0 {
		return err
	}
	tick := time.NewTicker(period / 2)
	defer tick.Stop()
	for {
		if alive() {
			_ = Notify(Alive)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// watchdogPeriod reads the variables of sd_watchdog_enabled(3); 0: this process has no
// watchdog.
func watchdogPeriod(usec, pid string, self int) (time.Duration, error) {
	if usec == "" {
		return 0, nil
	}
	if pid != "" && pid != strconv.Itoa(self) {
		return 0, nil // meant for another process, whose environment we inherited
	}
	n, err := strconv.ParseInt(usec, 10, 64)
	const longest = int64(1<<63-1) / int64(time.Microsecond)
	if err != nil || n < 2 || n > longest {
		return 0, fmt.Errorf("cannot read WATCHDOG_USEC=%q: want a number of microseconds", usec)
	}
	return time.Duration(n) * time.Microsecond, nil
}
