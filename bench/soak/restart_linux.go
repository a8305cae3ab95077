package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const loopback = "--listen=127.0.0.1:0"

// restartsUnderLoad hands over repeatedly under requests and streams.
func (s *soak) restartsUnderLoad() error {
	const step = "restarts"
	g, err := s.open(step, "", "", loopback)
	if err != nil {
		return err
	}
	if err := g.ask("fast"); err != nil {
		return err
	}
	g.mark()
	length := time.Duration(s.restarts)*restartEvery + 6*time.Second
	l, err := s.loaded(g, loadRate, length)
	if err != nil {
		return err
	}
	st, err := streaming(g, streamCount)
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	var slowest time.Duration
	for i := range s.restarts {
		begun := time.Now()
		if err := g.handOver(); err != nil {
			return fmt.Errorf("hand-over %d: %w", i+1, err)
		}
		slowest = max(slowest, time.Since(begun))
		reap()
		time.Sleep(restartEvery - time.Since(begun))
	}
	inTime := time.Now().Before(l.end)
	st.result(s, step)
	if err := l.result(s, step); err != nil {
		return err
	}
	s.exactly(step, "hand-overs", float64(g.told), float64(s.restarts))
	s.tell(step, "ms, the slowest hand-over", slowest.Seconds()*1e3)
	if !inTime {
		return fmt.Errorf("the hand-overs took longer than the load lasted")
	}
	g.back(s)
	return g.stop(s)
}

// restartsWithoutTraffic measures the time until the predecessor has ended.
func (s *soak) restartsWithoutTraffic() error {
	const step = "idle"
	g, err := s.open(step, "", "", loopback)
	if err != nil {
		return err
	}
	var slowest, sum time.Duration
	for range s.idle {
		old, begun := g.pid, time.Now()
		if err := g.handOver(); err != nil {
			return err
		}
		if err := await("the predecessor to end", func() bool { return !alive(old) }); err != nil {
			return err
		}
		took := time.Since(begun)
		slowest, sum = max(slowest, took), sum+took
		reap()
		if err := g.ask("fast"); err != nil {
			return err
		}
	}
	s.tell(step, "s, the mean restart", sum.Seconds()/float64(s.idle))
	s.atMost(step, "s, the slowest restart", slowest.Seconds(), maxIdleRestart)
	return g.stop(s)
}

// brokenPrograms replaces the program by others that cannot take over.
func (s *soak) brokenPrograms() error {
	const step = "broken"
	g, err := s.open(step, "", "", loopback)
	if err != nil {
		return err
	}
	good := filepath.Join(s.dir, "good")
	if err := copyFile(good, s.binary); err != nil {
		return err
	}
	defer copyFile(s.binary, good)
	kinds := []string{"#!/bin/sh\nexit 3\n", "", "\x7fELF and nothing else", "#!/bin/sh\nkill -SEGV $$\n", "#!/no/such/interpreter\n"}
	l, err := s.loadedBy(g, good, 3*time.Second+time.Duration(s.broken)*200*time.Millisecond)
	if err != nil {
		return err
	}
	stayed := 0
	for i := range s.broken {
		bad := filepath.Join(s.dir, "bad")
		if err := os.WriteFile(bad, []byte(kinds[i%len(kinds)]), 0o755); err != nil {
			return err
		}
		if err := copyFile(s.binary, bad); err != nil {
			return err
		}
		if err := syscall.Kill(g.pid, syscall.SIGUSR2); err != nil {
			return err
		}
		if err := await("the refusal", func() bool { return len(g.lines("hand-over refused; this process goes on")) > i }); err != nil {
			return err
		}
		if alive(g.pid) && g.ask("fast") == nil {
			stayed++
		}
	}
	if err := l.result(s, step); err != nil {
		return err
	}
	s.exactly(step, "times the old process went on", float64(stayed), float64(s.broken))
	if err := copyFile(s.binary, good); err != nil {
		return err
	}
	if err := g.handOver(); err != nil {
		return err
	}
	if err := g.ask("fast"); err != nil {
		return err
	}
	s.exactly(step, "hand-overs to the mended program", float64(g.told), 1)
	return g.stop(s)
}

// loadedBy is loaded, with a program that is not replaced.
func (s *soak) loadedBy(g *gateway, program string, length time.Duration) (*load, error) {
	was := s.binary
	defer func() { s.binary = was }()
	s.binary = program
	return s.loaded(g, loadRate, length)
}

// restartsBehindSocket restarts like a supervisor with socket activation: it holds the socket, ends the
// process, and starts a new one once that has ended.
func (s *soak) restartsBehindSocket() error {
	const step = "held"
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer held.Close()
	socket, err := held.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer socket.Close()
	dir, err := os.MkdirTemp(s.dir, step+"-")
	if err != nil {
		return err
	}
	g := &gateway{step: step, config: filepath.Join(dir, "asbru.yaml"), log: filepath.Join(dir, "log")}
	base, err := g.provider(s.binary, filepath.Join(dir, "mock"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(g.config, []byte(configured(base, "listen: systemd\nallow_anonymous: true\n")), 0o600); err != nil {
		return err
	}
	begin := func() error {
		c := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=asbru.socket exec "$0" serve "$1"`, s.binary, g.config)
		c.ExtraFiles = []*os.File{socket}
		return g.start(c)
	}
	if err := begin(); err != nil {
		return err
	}
	l, err := s.loaded(g, heldRate, time.Duration(s.held)*5*time.Second+4*time.Second)
	if err != nil {
		return err
	}
	st, err := streaming(g, streamCount/4)
	if err != nil {
		return err
	}
	for range s.held {
		time.Sleep(2 * time.Second)
		old := g.pid
		if err := syscall.Kill(old, syscall.SIGTERM); err != nil {
			return err
		}
		if err := await("the old process to end", func() bool { return !alive(old) }); err != nil {
			return err
		}
		if err := begin(); err != nil {
			return err
		}
	}
	st.result(s, step)
	if err := l.result(s, step); err != nil {
		return err
	}
	s.exactly(step, "restarts", float64(len(g.lines("listening"))-1), float64(s.held))
	return g.stop(s)
}
