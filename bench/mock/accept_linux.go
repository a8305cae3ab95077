//go:build amd64 || arm64

package mock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// serveLoops serves a TCP listener with event loops. served is false if l is of another kind, which is
// then untouched.
func (s *server) serveLoops(ctx context.Context, l net.Listener) (served bool, err error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return false, nil
	}
	defer l.Close()
	file, err := listenerFile(tcp)
	if err != nil {
		return true, err
	}
	defer file.Close()
	loops, err := newLoops(s)
	if err != nil {
		return true, err
	}
	var wg sync.WaitGroup
	for _, lp := range loops {
		wg.Go(lp.run)
	}
	stop := context.AfterFunc(ctx, func() { file.SetReadDeadline(time.Unix(1, 0)) })
	err = acceptInto(ctx, file, loops)
	stop()
	l.Close()
	s.stopping.Store(true)
	for _, lp := range loops {
		lp.stop()
	}
	wg.Wait()
	return true, err
}

func newLoops(s *server) ([]*loop, error) {
	n := s.shards
	if n == 0 {
		n = max(1, runtime.GOMAXPROCS(0)/2)
	}
	var loops []*loop
	for range min(n, maxShards) {
		lp, err := newLoop(s)
		if err != nil {
			for _, made := range loops {
				made.release()
			}
			return nil, fmt.Errorf("cannot make an event loop: %w", err)
		}
		loops = append(loops, lp)
	}
	return loops, nil
}

// listenerFile duplicates the listening descriptor, which stays non-blocking, so that connections can
// be accepted without becoming net.Conns first.
func listenerFile(l *net.TCPListener) (*os.File, error) {
	rc, err := l.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("cannot reach the descriptor of %v: %w", l.Addr(), err)
	}
	var fd uintptr
	var errno syscall.Errno
	err = rc.Control(func(f uintptr) {
		fd, _, errno = syscall.Syscall(syscall.SYS_FCNTL, f, syscall.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil && errno != 0 {
		err = errno
	}
	if err != nil {
		return nil, fmt.Errorf("cannot duplicate the descriptor of %v: %w", l.Addr(), err)
	}
	return os.NewFile(fd, "listener"), nil
}

// acceptInto distributes connections to the loops until ctx ends.
func acceptInto(ctx context.Context, file *os.File, loops []*loop) error {
	rc, err := file.SyscallConn()
	if err != nil {
		return fmt.Errorf("cannot accept: %w", err)
	}
	turn := 0
	for {
		var why error
		err := rc.Read(func(fd uintptr) bool {
			why = acceptAll(int(fd), func(conn int) {
				loops[turn%len(loops)].adopt(conn)
				turn++
			}, loops[0].srv)
			return why != nil // nil: all were accepted, wait for more
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("cannot accept: %w", err)
		case exhausted(why):
			time.Sleep(acceptWait) // they stay in the backlog until descriptors are free
		case errors.Is(why, syscall.EBADF) || errors.Is(why, syscall.EINVAL):
			return fmt.Errorf("cannot accept: %w", why)
		}
	}
}

// acceptAll accepts all connections in the backlog; nil means that it is empty.
func acceptAll(fd int, give func(conn int), s *server) error {
	for {
		conn, _, err := syscall.Accept4(fd, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch err {
		case nil:
		case syscall.EAGAIN:
			return nil
		case syscall.EINTR, syscall.ECONNABORTED:
			continue
		default:
			return err
		}
		if !s.admit() {
			syscall.Close(conn)
			continue
		}
		syscall.SetsockoptInt(conn, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		give(conn)
	}
}
