package systemd

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Inherit returns the listening sockets that this process has inherited: from a
// predecessor (HandOver), otherwise from systemd (Listeners), otherwise none. It
// should be called once, early in the process; the caller owns the listeners.
//
// ready has to be called when everything else is ready and before the first Accept. It
// notifies the predecessor, and returns nil once that has handed over; on an error
// this process must not serve and has to exit. Without a predecessor it returns nil at
// once. ready is never nil; a second call repeats the first result.
func Inherit() (listeners map[string]net.Listener, ready func() error, err error) {
	value, ok := os.LookupEnv(handOverVariable)
	if !ok {
		listeners, err = Listeners()
		return listeners, func() error { return nil }, err
	}
	os.Unsetenv(handOverVariable)
	listeners, conn, err := receive(value)
	if err != nil {
		err = fmt.Errorf("cannot take over from process %d: %w", os.Getppid(), err)
		return nil, func() error { return err }, err
	}
	return listeners, sync.OnceValue(func() error {
		defer conn.Close()
		if err := takeOver(conn, agreeWait); err != nil {
			return fmt.Errorf("cannot take over from process %d: %w", os.Getppid(), err)
		}
		return nil
	}), nil
}

// receive reads the sockets and their names from the predecessor's first message.
func receive(value string) (map[string]net.Listener, *net.UnixConn, error) {
	fd, err := strconv.Atoi(value)
	if err != nil || fd < firstFD {
		return nil, nil, fmt.Errorf("%s=%q is not a descriptor", handOverVariable, value)
	}
	f := os.NewFile(uintptr(fd), "hand-over")
	conn, err := unixConn(f)
	f.Close()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot use descriptor %d: %w", fd, err)
	}
	if err := conn.SetDeadline(time.Now().Add(agreeWait)); err != nil {
		conn.Close()
		return nil, nil, err
	}
	names, fds, err := readSockets(conn)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	listeners, err := adopt(fds, names)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return listeners, conn, nil
}

// readSockets returns the descriptors and a unique name for each. The caller owns the
// descriptors, which are closed on exec.
func readSockets(conn *net.UnixConn) (names []string, fds []int, err error) {
	message, rights := make([]byte, maxNames), make([]byte, unix.CmsgSpace(4*maxListeners))
	n, oobn, flags, _, err := conn.ReadMsgUnix(message, rights) // sets MSG_CMSG_CLOEXEC
	if err != nil {
		return nil, nil, fmt.Errorf("cannot receive the sockets: %w", err)
	}
	if fds, err = rightsIn(rights[:oobn]); err != nil {
		return nil, nil, fmt.Errorf("cannot receive the sockets: %w", err)
	}
	names = strings.Split(string(message[:n]), "\x00")
	switch {
	case flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0:
		err = fmt.Errorf("the message is too long or a descriptor did not fit (limit of open files?)")
	case names[0] != wordSockets:
		err = fmt.Errorf("the predecessor speaks %.32q, this program %q", names[0], wordSockets)
	case len(names)-1 != len(fds):
		err = fmt.Errorf("%d sockets arrived with %d names", len(fds), len(names)-1)
	default:
		return names[1:], fds, nil
	}
	closeFDs(fds)
	return nil, nil, err
}

// rightsIn returns all descriptors in the control data of one message. If it cannot read
// all of them, it closes them.
func rightsIn(control []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	var all []int
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			closeFDs(all)
			return nil, err
		}
		all = append(all, fds...)
	}
	return all, nil
}

// takeOver sends "ready" and waits for "serve". A predecessor kills a successor that it
// rejects before it closes its end, so if this process is alive and reads an end of file,
// the predecessor is gone and no other process serves.
func takeOver(conn *net.UnixConn, wait time.Duration) error {
	if err := conn.SetWriteDeadline(time.Now().Add(agreeWait)); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte(wordReady)); err != nil {
		if errors.Is(err, unix.EPIPE) {
			return nil
		}
		return err
	}
	word := make([]byte, len(wordServe)+1)
	n, err := conn.Read(word)
	late := errors.Is(err, os.ErrDeadlineExceeded)
	if late {
		n, err = lastWord(conn, word, err)
	}
	switch {
	case late && err != nil:
		return err
	case errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET):
		return nil
	case err != nil:
		return err
	case string(word[:n]) != wordServe:
		return fmt.Errorf("it said %q instead of %q", word[:n], wordServe)
	}
	return nil
}

// lastWord reads what the predecessor said while this process did not run, as when the machine was halted or the process stopped: the
// predecessor may have handed over by then and be about to end. It cannot say anything afterwards, so both know
// who serves. late is the error if it said nothing.
func lastWord(conn *net.UnixConn, word []byte, late error) (n int, err error) {
	if err := conn.CloseRead(); err != nil {
		return 0, errors.Join(late, err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(agreeWait)); err != nil {
		return 0, errors.Join(late, err)
	}
	if n, _ = conn.Read(word); n > 0 {
		return n, nil
	}
	return 0, late
}
