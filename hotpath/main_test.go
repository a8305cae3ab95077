package hotpath

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

// TestMain checks that the tests leave no goroutine and no descriptor behind.
func TestMain(m *testing.M) {
	flag.Parse()
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil { // the runtime's poller opens its own
		l.Close()
	}
	goroutines, files := runtime.NumGoroutine(), descriptors()
	code := m.Run()
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		os.Exit(code) // the fuzz engine keeps a goroutine for signals
	}
	if code == 0 && !settled(goroutines, files) {
		fmt.Printf("left behind: %d goroutines, %d descriptors\n", runtime.NumGoroutine()-goroutines, descriptors()-files)
		pprof.Lookup("goroutine").WriteTo(os.Stdout, 1)
		code = 1
	}
	os.Exit(code)
}

func settled(goroutines, files int) bool {
	for range 500 {
		http.DefaultClient.CloseIdleConnections()
		if runtime.NumGoroutine() <= goroutines && descriptors() <= files {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// descriptors counts those of the process; 0 where that cannot be known.
func descriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}
