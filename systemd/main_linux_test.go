package systemd

import (
	"net"
	"os"
	"testing"

	"asbru/bench/leak"

	"golang.org/x/sys/unix"
)

// roleVariable makes this test binary play another program.
const roleVariable = "ASBRU_TEST_ROLE"

// quickExit takes out the second that the race detector sleeps at each exit.
const quickExit = "GORACE=atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(leak.Run(m))
	case "listeners":
		beListeners()
	case "server":
		beServer()
	default:
		beBroken(role)
	}
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// nonblock reports whether O_NONBLOCK is set on the description of l, which all
// processes that share the socket share.
func nonblock(l net.Listener) (bool, error) {
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return false, err
	}
	var flags int
	var fail error
	if err := raw.Control(func(fd uintptr) { flags, fail = unix.FcntlInt(fd, unix.F_GETFL, 0) }); err != nil {
		return false, err
	}
	return flags&unix.O_NONBLOCK != 0, fail
}
