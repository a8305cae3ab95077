package systemd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// firstFD is the first descriptor of a supervisor: SD_LISTEN_FDS_START in
// sd_listen_fds(3). os/exec numbers its extra files from the same 3.
const firstFD = 3

// Listeners returns the listening sockets that systemd passed (a .socket unit), by
// FileDescriptorName=, which defaults to the name of the socket unit. A second socket
// with the same name is "name-2", a third "name-3"; a socket without a name is
// "unknown". Without sockets it returns nil, nil.
//
// The caller owns the listeners. The variables are unset and the descriptors closed on
// exec, so that no child takes them for its own; a second call finds nothing. On an
// error no listener is left open.
func Listeners() (map[string]net.Listener, error) {
	n, names, err := listenVariables(os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS"),
		os.Getenv("LISTEN_FDNAMES"), os.Getpid())
	for _, v := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		os.Unsetenv(v)
	}
	if err != nil || n == 0 {
		return nil, err
	}
	fds := make([]int, n)
	for i := range fds {
		fds[i] = firstFD + i
		unix.CloseOnExec(fds[i])
	}
	return adopt(fds, names)
}

// listenVariables reads the variables of sd_listen_fds(3): the number of sockets for the
// process self, and a unique name for each.
func listenVariables(pid, fds, fdnames string, self int) (int, []string, error) {
	if fds == "" || pid != strconv.Itoa(self) {
		return 0, nil, nil
	}
	n, err := strconv.Atoi(fds)
	if err != nil || n < 0 || n > maxListeners {
		return 0, nil, fmt.Errorf("cannot read LISTEN_FDS=%q: want a number from 0 to %d", fds, maxListeners)
	}
	given := []string{}
	if fdnames != "" {
		given = strings.Split(fdnames, ":")
		if len(given) != n {
			return 0, nil, fmt.Errorf("cannot read LISTEN_FDNAMES=%q: want %d names", fdnames, n)
		}
	}
	names, taken := make([]string, n), map[string]bool{}
	for i := range names {
		base := "unknown"
		if len(given) > 0 && given[i] != "" {
			base = given[i]
		}
		name := base
		for k := 2; taken[name]; k++ {
			name = base + "-" + strconv.Itoa(k)
		}
		names[i], taken[name] = name, true
	}
	return n, names, nil
}

// adopt makes listeners of descriptors, which it always closes, because a listener has
// a duplicate.
func adopt(fds []int, names []string) (map[string]net.Listener, error) {
	all := make(map[string]net.Listener, len(fds))
	var problems []error
	for i, fd := range fds {
		l, err := listenerOf(fd, names[i])
		if err != nil {
			problems = append(problems, fmt.Errorf("cannot listen on inherited socket %q: %w", names[i], err))
			continue
		}
		all[names[i]] = l
	}
	if len(problems) > 0 {
		closeAll(all)
		return nil, errors.Join(problems...)
	}
	return all, nil
}

// listenerOf sets O_NONBLOCK before the descriptor is passed to package os. If it is set,
// os.NewFile and net.FileListener leave the flag alone; otherwise they would clear and
// set it while another process accepts on the shared description.
func listenerOf(fd int, name string) (net.Listener, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	accepts, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil {
		return nil, os.NewSyscallError("getsockopt", err)
	}
	if accepts == 0 {
		return nil, errors.New("it does not listen for connections; want ListenStream= in the socket unit")
	}
	return net.FileListener(f)
}

func closeAll(all map[string]net.Listener) {
	for _, l := range all {
		l.Close()
	}
}

// monotonicMicros returns CLOCK_MONOTONIC in microseconds.
func monotonicMicros() (int64, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0, os.NewSyscallError("clock_gettime", err)
	}
	return now.Nano() / 1000, nil
}
