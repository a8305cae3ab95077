// Package leak is for tests: it fails a package whose tests leave goroutines or
// descriptors behind.
package leak

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"time"
)

// patience is how long what is ending may take to end.
const patience = 5 * time.Second

// Run runs the tests of m and returns the exit code for TestMain: that of m, or
// 1 with a report on stderr when more goroutines or descriptors are there
// afterwards than before. Under -fuzz it does not look: the fuzzer leaves its own.
func Run(m interface{ Run() int }) int {
	// The runtime keeps one goroutine for signals from the first use on.
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, os.Interrupt)
	signal.Stop(sig)
	goroutines, files := runtime.NumGoroutine(), descriptors()
	code := m.Run()
	if f := flag.Lookup("test.fuzz"); code != 0 || f != nil && f.Value.String() != "" {
		return code
	}
	return report(os.Stderr, goroutines, files)
}

func report(w io.Writer, goroutines, files int) int {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		runtime.GC() // files that were dropped and not closed are the finalizer's
		if runtime.NumGoroutine() <= goroutines && descriptors() <= files+pollers {
			return 0
		}
	}
	fmt.Fprintf(w, "the tests left something behind: goroutines %d, were %d; descriptors %d, were %d\n",
		runtime.NumGoroutine(), goroutines, descriptors(), files)
	pprof.Lookup("goroutine").WriteTo(w, 1)
	return 1
}

// pollers are the descriptors that the runtime opens once and keeps: its epoll
// and eventfd, and what a profile or the resolver holds.
const pollers = 4

// descriptors counts the open files of the process; 0 where the system does not
// tell.
func descriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}
