package systemd

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// supervise stands in for systemd: it points NOTIFY_SOCKET at a fresh socket
// and returns a function that waits for the next message.
func supervise(t *testing.T, path string) (next func() string) {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		t.Helper()
		b := make([]byte, 4096)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(b)
		if err != nil {
			t.Fatalf("no message came: %v", err)
		}
		return string(b[:n])
	}
}

func TestNotify(t *testing.T) {
	next := supervise(t, filepath.Join(t.TempDir(), "notify"))
	f := func(want string, state ...string) {
		t.Helper()
		if err := Notify(state...); err != nil {
			t.Fatal(err)
		}
		if got := next(); got != want {
			t.Errorf("Notify(%q): the supervisor got %q, want %q", state, got, want)
		}
	}
	f("READY=1", Ready)
	f("STOPPING=1\nSTATUS=draining 3 streams", Stopping, Status("draining 3 streams"))
	f("STATUS=two lines READY=1", Status("two lines\nREADY=1")) // no state can be smuggled in
	f("MAINPID=4711", MainPID(4711))

	if err := NotifyReloading(); err != nil {
		t.Fatal(err)
	}
	got := next()
	usec, ok := strings.CutPrefix(got, "RELOADING=1\nMONOTONIC_USEC=")
	if !ok || usec == "" || strings.Trim(usec, "0123456789") != "" {
		t.Errorf("NotifyReloading: the supervisor got %q", got)
	}
}

func TestNotifyWithoutSupervisor(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	if err := errors.Join(Notify(Ready), NotifyReloading()); err != nil {
		t.Errorf("without NOTIFY_SOCKET: %v, want nothing to happen", err)
	}
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "nobody"))
	if err := Notify(Ready); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nobody listens: %v, want %v", err, fs.ErrNotExist)
	}
	t.Setenv("NOTIFY_SOCKET", "vsock:2:1234")
	if err := Notify(Ready); err == nil {
		t.Error("a vsock address was taken for a path")
	}
}

func TestWatchdogPeriod(t *testing.T) {
	f := func(usec, pid string, want time.Duration, fails bool) {
		t.Helper()
		got, err := watchdogPeriod(usec, pid, 42)
		if got != want || (err != nil) != fails {
			t.Errorf("watchdogPeriod(%q, %q) = %v, %v; want %v, error %v", usec, pid, got, err, want, fails)
		}
	}
	f("", "", 0, false)
	f("", "42", 0, false)
	f("30000000", "", 30*time.Second, false)
	f("30000000", "42", 30*time.Second, false)
	f("30000000", "43", 0, false) // a parent's
	f("2", "", 2*time.Microsecond, false)
	for _, bad := range []string{"0", "1", "-5", "soon", "9223372036854775807", "30s"} {
		f(bad, "", 0, true)
	}
}

func TestWatchdog(t *testing.T) {
	next := supervise(t, filepath.Join(t.TempDir(), "notify"))
	t.Setenv("WATCHDOG_PID", "")
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, cancel := context.WithCancel(t.Context())
	done, asked := make(chan error), 0
	go func() {
		// Alive at the first, third, fourth... question; asked belongs to this
		// goroutine until done.
		done <- Watchdog(ctx, func() bool { asked++; return asked != 2 })
	}()
	for range 3 {
		if got := next(); got != Alive {
			t.Fatalf("got %q, want %q", got, Alive)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if asked < 4 {
		t.Errorf("3 signs of life after %d questions, of which the second was answered no", asked)
	}

	t.Setenv("WATCHDOG_USEC", "")
	if err := Watchdog(t.Context(), func() bool { panic("asked without a watchdog") }); err != nil {
		t.Error(err)
	}
}
