package crash

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var full = flag.Bool("full", false, "kill at every one of the first 300 system calls that change something, cut the power of mounted disks; CRASHES=n kills at random, CUTS=n power cuts")

// times returns a number from the environment.
func times(name string, short, long int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	if *full {
		return long
	}
	return short
}

// start starts a driver. end waits for it and returns its exit code; -1: it was killed.
func start(t *testing.T, cmd *exec.Cmd) (out io.Reader, end func() int) {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return pipe, func() int {
		err := cmd.Wait()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if text := stderr.String(); strings.Contains(text, "damaged") || strings.Contains(text, "panic") {
			t.Errorf("the driver said %s", text)
		}
		return cmd.ProcessState.ExitCode()
	}
}

// kill -9 at random moments, the first of them before the ledger is open.
func TestKill(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	c := newClient()
	n := times("CRASHES", 5, 100)
	for i := range n {
		cmd := command(dir, 0)
		out, end := start(t, cmd)
		after := 1 + rand.IntN(2000) // lines
		if i%5 == 0 {
			after = 0
			time.AfterFunc(time.Duration(rand.Int64N(int64(30*time.Millisecond))), func() { cmd.Process.Kill() })
		}
		seen := 0
		if err := c.listen(out, func(string) {
			if seen++; after > 0 && seen == after {
				cmd.Process.Kill()
			}
		}); err != nil {
			t.Fatal(err)
		}
		if code := end(); code != -1 {
			t.Fatalf("life %d ended with %d", i, code)
		}
	}
	c.check(t, dir)
}

const changing = "pwrite64,fdatasync,fsync,rename,renameat,renameat2,ftruncate,fallocate,unlink,unlinkat"

// tracer returns the path of strace, or skips the test if it is not available.
func tracer(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed; it is what stops a process at a chosen system call")
	}
	if err := exec.Command(path, "-qq", "-o", "/dev/null", "true").Run(); err != nil {
		t.Skipf("strace may not trace here: %v", err)
	}
	return path
}

func inject(strace, calls, what string) []string {
	return []string{strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls, "-e", "signal=none", "-e", "inject=" + calls + ":" + what}
}

// For every n the process is killed at its n-th system call that changes something. strace counts them for
// each thread, so a run ends with the n-th call of any thread.
func TestKillAtCalls(t *testing.T) {
	strace := tracer(t)
	dir := filepath.Join(t.TempDir(), "ledger")
	c := newClient()
	killed := 0
	points := []int{1, 2, 3, 5, 9, 20, 60}
	if *full {
		points = nil
		for n := 1; n <= 300; n++ {
			points = append(points, n)
		}
	}
	for _, n := range points {
		out, end := start(t, command(dir, 30*n+50, inject(strace, changing, fmt.Sprintf("signal=SIGKILL:when=%d", n))...))
		if err := c.listen(out, nil); err != nil {
			t.Fatal(err)
		}
		if end() != 0 {
			killed++
		}
	}
	t.Logf("killed %d of %d", killed, len(points))
	if killed < len(points)*9/10 {
		t.Errorf("only %d of %d runs were killed", killed, len(points))
	}
	c.check(t, dir)
}

// A failed sync ends the process at once, with an error; nothing is acknowledged after it.
func TestSyncError(t *testing.T) {
	strace := tracer(t)
	dir := filepath.Join(t.TempDir(), "ledger")
	c := newClient()
	points := []int{4, 9}
	if *full {
		points = nil
		for n := 1; n <= 300; n += 5 {
			points = append(points, n)
		}
	}
	ended := 0
	for _, n := range points {
		out, end := start(t, command(dir, 30*n+50, inject(strace, "fdatasync", fmt.Sprintf("error=EIO:when=%d+", n))...))
		if err := c.listen(out, nil); err != nil {
			t.Fatal(err)
		}
		switch code := end(); code {
		case 0:
		case broken, opening: // it may fail before the ledger is open
			ended++
		default:
			t.Fatalf("ended with %d", code)
		}
	}
	if ended < len(points)/2 {
		t.Errorf("%d of %d runs ended for an error", ended, len(points))
	}
	c.check(t, dir)
}
