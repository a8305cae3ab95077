package leak

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestReport(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for what never ends")
	}
	stop := make(chan struct{})
	before, files := runtime.NumGoroutine(), descriptors()
	go func() { <-stop }()
	var out strings.Builder
	if code := report(&out, before, files); code != 1 || !strings.Contains(out.String(), "goroutines") {
		t.Errorf("a goroutine that stayed: got %d, %q", code, out.String())
	}
	close(stop)
	if code := report(&out, before, files); code != 0 {
		t.Errorf("a goroutine that ended: got %d", code)
	}
}
