package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Start runs the successor, passes it the listeners and waits until it is ready. It
// returns the successor's pid. From then on the successor accepts, and the caller has
// to close its listeners first, finish its connections and exit. It must not send
// Stopping to the supervisor, because the service continues.
//
// After an error nothing has changed: the caller still serves and there is no
// successor. The end of ctx is such an error. A call during another one waits for it;
// after a success every call returns an error.
//
// A listener has to be a *net.TCPListener or *net.UnixListener, or implement
// syscall.Conn. The file of a unix socket is no longer removed when its listener
// closes, since the successor listens there.
func (h *HandOver) Start(ctx context.Context, listeners map[string]net.Listener) (pid int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.successor != 0 {
		return 0, fmt.Errorf("cannot hand over: process %d has already taken over", h.successor)
	}
	names := slices.Sorted(maps.Keys(listeners))
	if len(names) == 0 || len(names) > maxListeners {
		return 0, fmt.Errorf("cannot hand over %d sockets: want 1 to %d", len(names), maxListeners)
	}
	var fds []int
	defer func() { closeFDs(fds) }()
	for _, name := range names {
		fd, err := duplicate(listeners[name])
		if err != nil {
			return 0, fmt.Errorf("cannot hand over socket %q: %w", name, err)
		}
		fds = append(fds, fd)
	}
	c, err := h.spawn()
	if err != nil {
		return 0, fmt.Errorf("cannot hand over: %w", err)
	}
	defer c.conn.Close()
	if err := c.agree(ctx, h.wait(), names, fds); err != nil {
		err = c.abandon(err) // before conn closes: see the successor's ready
		return 0, fmt.Errorf("cannot hand over: %w", err)
	}
	for _, l := range listeners {
		if u, ok := l.(*net.UnixListener); ok {
			u.SetUnlinkOnClose(false)
		}
	}
	h.successor, h.heir = c.cmd.Process.Pid, c.exited
	return h.successor, nil
}

// A child is a successor that has not taken over yet.
type child struct {
	cmd    *exec.Cmd
	conn   *net.UnixConn // our end of the conversation
	exited chan struct{} // closed once the process has ended and is reaped
}

// spawn starts the program with its end of the conversation as descriptor 3.
func (h *HandOver) spawn() (*child, error) {
	path := h.Path
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("cannot tell the program's own path: %w", err)
		}
	}
	args := h.Args
	if args == nil {
		args = os.Args
	}
	ours, theirs, err := conversation()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd := &exec.Cmd{
		Path: path, Args: args, Env: successorEnv(os.Environ()),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		ExtraFiles: []*os.File{theirs},
	}
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("cannot start the new program: %w", err)
	}
	c := &child{cmd: cmd, conn: ours, exited: make(chan struct{})}
	// Returns when the successor exits, which is usually after this process.
	go func() {
		_ = cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}

// agree carries out the conversation. A nil error means that the successor serves.
func (c *child) agree(ctx context.Context, wait time.Duration, names []string, fds []int) error {
	if err := c.conn.SetDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	message := strings.Join(append([]string{wordSockets}, names...), "\x00")
	if len(message) > maxNames {
		return fmt.Errorf("the names of the sockets take %d bytes, more than %d", len(message), maxNames)
	}
	_, _, err := c.conn.WriteMsgUnix([]byte(message), unix.UnixRights(fds...), nil)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, unix.EPIPE):
		return fmt.Errorf("process %d %w", c.cmd.Process.Pid, errGaveUp)
	case err != nil:
		return fmt.Errorf("cannot give the sockets to process %d: %w", c.cmd.Process.Pid, err)
	}
	word := make([]byte, len(wordReady)+1)
	n, err := c.conn.Read(word)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("process %d was not ready within %v", c.cmd.Process.Pid, wait)
	case errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET): // unread sockets
		return fmt.Errorf("process %d %w", c.cmd.Process.Pid, errGaveUp)
	case err != nil:
		return fmt.Errorf("cannot hear process %d: %w", c.cmd.Process.Pid, err)
	case string(word[:n]) != wordReady:
		return fmt.Errorf("process %d said %q instead of %q", c.cmd.Process.Pid, word[:n], wordReady)
	}
	// Sent before "serve", so that systemd knows the new main process when that
	// reports READY=1. If it is lost, or the successor dies at this point, the unit
	// ends and Restart= restarts it, so an error is ignored.
	_ = Notify(MainPID(c.cmd.Process.Pid))
	if _, err := c.conn.Write([]byte(wordServe)); err != nil {
		return fmt.Errorf("process %d went away when it was to serve: %w", c.cmd.Process.Pid, err)
	}
	return nil
}

// errGaveUp says that the successor closed its end of the conversation, most likely
// because it has exited.
var errGaveUp = errors.New("gave up before it was ready")

// abandon ends a successor that will not take over. It returns why, with the exit status
// if the successor ended by itself.
func (c *child) abandon(why error) error {
	if errors.Is(why, errGaveUp) {
		select {
		case <-c.exited:
			return fmt.Errorf("%w (%v)", why, c.cmd.ProcessState)
		case <-time.After(exitWait):
		}
	}
	_ = c.cmd.Process.Kill()
	<-c.exited
	return why
}

// conversation returns a pair of sockets that preserve message boundaries; theirs is for
// the child.
func conversation() (ours *net.UnixConn, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	theirs = os.NewFile(uintptr(pair[1]), "hand-over")
	f := os.NewFile(uintptr(pair[0]), "hand-over")
	defer f.Close()
	if ours, err = unixConn(f); err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

func unixConn(f *os.File) (*net.UnixConn, error) {
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, errors.New("it is not a unix socket")
	}
	return u, nil
}

// successorEnv returns env without the variables that are only for this process: a process
// id in them would make the successor ignore its watchdog.
func successorEnv(env []string) []string {
	out := make([]string, 0, len(env)+1)
	for _, kv := range env {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID", handOverVariable:
		default:
			out = append(out, kv)
		}
	}
	return append(out, handOverVariable+"="+strconv.Itoa(firstFD))
}

// duplicate returns a descriptor of l's socket, which the caller owns. It uses Control,
// which does not change the descriptor; os.File.Fd would make the shared description
// blocking.
func duplicate(l net.Listener) (int, error) {
	sc, ok := l.(syscall.Conn)
	if !ok {
		return -1, fmt.Errorf("a %T does not show its descriptor", l)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	dup, flags := -1, 0
	var fail error
	err = raw.Control(func(fd uintptr) {
		if flags, fail = unix.FcntlInt(fd, unix.F_GETFL, 0); fail == nil {
			dup, fail = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, firstFD)
		}
	})
	if err = errors.Join(err, fail); err != nil {
		return -1, err
	}
	if flags&unix.O_NONBLOCK == 0 {
		unix.Close(dup)
		return -1, errors.New("its description blocks; a process that accepts on it could not be stopped")
	}
	return dup, nil
}

func closeFDs(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
