package systemd

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNotifyAbstractSocket(t *testing.T) {
	next := supervise(t, fmt.Sprintf("@asbru-test-%d", os.Getpid()))
	if err := Notify(Ready); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != Ready {
		t.Errorf("the supervisor got %q, want %q", got, Ready)
	}
}

func TestListenVariables(t *testing.T) {
	f := func(pid, fds, names, want string) {
		t.Helper()
		n, got, err := listenVariables(pid, fds, names, 42)
		if err != nil {
			t.Errorf("listenVariables(%q, %q, %q): %v", pid, fds, names, err)
		} else if s := strings.Join(got, " "); s != want || n != len(got) {
			t.Errorf("listenVariables(%q, %q, %q) = %d %q, want %q", pid, fds, names, n, s, want)
		}
	}
	f("", "", "", "")
	f("42", "", "", "")
	f("43", "2", "a:b", "") // meant for another process
	f("", "2", "a:b", "")
	f("42", "0", "", "")
	f("42", "1", "", "unknown")
	f("42", "2", "", "unknown unknown-2")
	f("42", "2", "listen:admin", "listen admin")
	f("42", "3", "listen:listen:listen", "listen listen-2 listen-3")
	f("42", "3", "listen:listen-2:listen", "listen listen-2 listen-3")
	f("42", "2", "listen:", "listen unknown")

	fails := func(fds, names string) {
		t.Helper()
		if n, got, err := listenVariables("42", fds, names, 42); err == nil {
			t.Errorf("listenVariables(%q, %q) = %d %q, want an error", fds, names, n, got)
		}
	}
	fails("-1", "")
	fails("two", "")
	fails("65", "")
	fails("2", "one")
	fails("1", "one:two")
}

// passSockets starts this test binary as systemd would start a service, with
// the files as descriptors 3 and up, and returns what it printed.
func passSockets(t *testing.T, names string, files ...*os.File) string {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0"`, self(t))
	cmd.Env = append(os.Environ(), roleVariable+"=listeners", quickExit, "LISTEN_FDNAMES="+names,
		fmt.Sprintf("LISTEN_FDS=%d", len(files)))
	cmd.ExtraFiles = files
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the service ended with %v after:\n%s", err, out)
	}
	return string(out)
}

func TestListeners(t *testing.T) {
	tcp := listen(t)
	file := func(l interface{ File() (*os.File, error) }) *os.File {
		t.Helper()
		f, err := l.File()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	// systemd passes sockets that block, and so does os/exec.
	got := passSockets(t, "listen", file(tcp.(*net.TCPListener)))
	want := fmt.Sprintf("listen %s nonblock=true, descriptor 3: bad file descriptor\nagain 0 <nil>\nenv \n", tcp.Addr())
	if got != want {
		t.Errorf("the service printed:\n%s\nwant:\n%s", got, want)
	}

	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	got = passSockets(t, "listen:query", file(tcp.(*net.TCPListener)), file(udp))
	if !strings.Contains(got, `cannot listen on inherited socket "query"`) {
		t.Errorf("a datagram socket passed for a listener:\n%s", got)
	}
}

// beListeners is the service of passSockets.
func beListeners() {
	all, err := Listeners()
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, l := range all {
		on, err := nonblock(l)
		if err != nil {
			fmt.Println(err)
		}
		// The descriptor of systemd itself is closed: the listener has its own.
		_, open := unix.FcntlInt(firstFD, unix.F_GETFD, 0)
		fmt.Printf("%s %s nonblock=%v, descriptor 3: %v\n", name, l.Addr(), on, open)
	}
	again, err := Listeners()
	fmt.Printf("again %d %v\n", len(again), err)
	fmt.Println("env", os.Getenv("LISTEN_PID")+os.Getenv("LISTEN_FDS")+os.Getenv("LISTEN_FDNAMES"))
}

func FuzzListenVariables(f *testing.F) {
	f.Add("42", "2", "listen:admin")
	f.Add("42", "3", "a:a-2:a")
	f.Add("42", "", ":::")
	f.Add("1", "99999999999999999999", "a")
	f.Fuzz(func(t *testing.T, pid, fds, fdnames string) {
		n, names, err := listenVariables(pid, fds, fdnames, 42)
		if err != nil && (n != 0 || names != nil) {
			t.Errorf("%d names %q beside the error %v", n, names, err)
		}
		if n > maxListeners || n != len(names) {
			t.Errorf("%d sockets, %d names; at most %d", n, len(names), maxListeners)
		}
		taken := map[string]bool{}
		for _, name := range names {
			if name == "" || taken[name] {
				t.Errorf("the name %q is empty or there twice in %q", name, names)
			}
			taken[name] = true
		}
	})
}
