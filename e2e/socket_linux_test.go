package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"asbru/bench/mock"
)

// A public socket does not accept callers without a key, even if the file's address is on loopback.
func TestPassedSocketIsJudged(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, oneProvider+"virtual_keys: [{name: a, key: short}]\n")
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" serve "$1"`, binary, file)
	cmd.Env = append(environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=listen")
	cmd.ExtraFiles = []*os.File{socket}
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "virtual_keys[0].key") {
		t.Errorf("a short key on an open socket: %v\n%s", err, out)
	}
}

// TestSupervisor acts as systemd: it passes the listening socket and reads the notifications of the program.
func TestSupervisor(t *testing.T) {
	base := standIn(t, mock.Options{})
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, local(base)+"listen: 127.0.0.1:1\n") // the socket passed replaces it
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	notify, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify")})
	if err != nil {
		t.Fatal(err)
	}
	defer notify.Close()
	// A shell knows its own process id before it executes the program.
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" serve "$1"`, binary, file)
	cmd.Env = append(environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=listen", "NOTIFY_SOCKET="+notify.LocalAddr().String(), "WATCHDOG_USEC=200000")
	cmd.ExtraFiles = []*os.File{socket}
	errs := newOutput(t)
	cmd.Stderr = errs.File
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	says := func(want string) {
		t.Helper()
		b := make([]byte, 4096)
		notify.SetReadDeadline(time.Now().Add(patience))
		for {
			n, err := notify.Read(b)
			if err != nil {
				t.Fatalf("it never reports %s: %v\n%s", want, err, errs.String())
			}
			if strings.Contains("\n"+string(b[:n])+"\n", "\n"+want+"\n") {
				return
			}
		}
	}
	says("READY=1")
	if a := ask(t, "POST", "http://"+l.Addr().String()+"/v1/chat/completions", chatBody("fast", "")); a.status != 200 {
		t.Errorf("on the socket that was passed: %d %s", a.status, a.body)
	}
	says("WATCHDOG=1")
	says("WATCHDOG=1")
	cmd.Process.Signal(syscall.SIGHUP)
	says("RELOADING=1")
	says("READY=1")
	cmd.Process.Signal(syscall.SIGTERM)
	says("STOPPING=1")
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v\n%s", err, errs.String())
	}
}
