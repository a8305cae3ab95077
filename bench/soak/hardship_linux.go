package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// brokenFiles repeatedly sends SIGHUP with an invalid file.
func (s *soak) brokenFiles() error {
	const step = "reload"
	g, err := s.open(step, "", "", loopback)
	if err != nil {
		return err
	}
	good, err := os.ReadFile(g.config)
	if err != nil {
		return err
	}
	if err := g.ask("fast"); err != nil {
		return err
	}
	g.mark()
	l, err := s.loaded(g, loadRate, time.Duration(s.reloads)*reloadEvery+5*time.Second)
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	for i := range s.reloads {
		begun := time.Now()
		if err := os.WriteFile(g.config, fmt.Appendf(good, "lisen: %d\n", i), 0o600); err != nil {
			return err
		}
		if err := syscall.Kill(g.pid, syscall.SIGHUP); err != nil {
			return err
		}
		if err := await("the refusal", func() bool { return g.refused() > i }); err != nil {
			return err
		}
		time.Sleep(reloadEvery - time.Since(begun))
	}
	s.atLeast(step, "configurations refused", float64(g.refused()), float64(s.reloads))
	better := append(good, "  - {alias: new, provider: local, model: mock}\n"...)
	if err := os.WriteFile(g.config, better, 0o600); err != nil {
		return err
	}
	if err := syscall.Kill(g.pid, syscall.SIGHUP); err != nil {
		return err
	}
	applied := await("the good file", func() bool { return g.ask("new") == nil && len(g.lines("configuration applied")) > 0 })
	if err := l.result(s, step); err != nil {
		return err
	}
	if applied != nil {
		return applied
	}
	g.back(s)
	return g.stop(s)
}

// slowClients runs slowhttptest together with normal clients, one kind after the other.
func (s *soak) slowClients() error {
	const step = "slow"
	tool, err := exec.LookPath("slowhttptest")
	if err != nil {
		fmt.Printf("%-10s skipped: slowhttptest is not installed (Debian has it)\n", step)
		return nil
	}
	g, err := s.open(step, "", "", loopback)
	if err != nil {
		return err
	}
	if err := g.warm(); err != nil {
		return err
	}
	g.mark()
	for _, kind := range []struct {
		name string
		args []string
	}{
		{"heads", []string{"-H", "-i", "5", "-x", "24", "-u", "/v1/chat/completions"}},
		{"bodies", []string{"-B", "-i", "5", "-s", "8192", "-x", "10", "-u", "/v1/chat/completions"}},
		{"readers", []string{"-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3", "-u", "/v1/models"}},
		{"ranges", []string{"-R", "-a", "10", "-b", "3000", "-u", "/v1/models"}},
	} {
		if err := s.slowKind(g, tool, step+" "+kind.name, kind.args); err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
	}
	g.back(s)
	return g.stop(s)
}

// slowKind runs one kind of slow clients. The normal ones begin before them and end after.
func (s *soak) slowKind(g *gateway, tool, name string, args []string) error {
	l, err := s.loaded(g, honestRate, s.seconds+3*time.Second)
	if err != nil {
		return err
	}
	time.Sleep(time.Second)
	args[len(args)-1] = "http://" + g.addr + args[len(args)-1]
	c := exec.Command(tool, append([]string{"-c", fmt.Sprint(s.slow), "-r", fmt.Sprint(slowRate), "-l", fmt.Sprint(int(s.seconds / time.Second)), "-p", "5"}, args...)...)
	if err := c.Start(); err != nil {
		return err
	}
	most, used := 0, cpu(g.pid)
	done := make(chan error, 1)
	go func() { done <- ends(c, s.seconds+patience) }()
	for begun := time.Now(); ; time.Sleep(looking) {
		most = max(most, files(g.pid))
		select {
		case <-done: // the verdict of slowhttptest does not matter
			s.tell(name, "descriptors at most", float64(most))
			s.tell(name, "% of a CPU", 100*(cpu(g.pid)-used).Seconds()/time.Since(begun).Seconds())
			return l.result(s, name)
		default:
		}
	}
}

// warm lets the gateway serve all kinds of requests once, so that its memory is that of a
// gateway at work.
func (g *gateway) warm() error {
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for range 64 {
		wg.Go(func() {
			for range 20 {
				if err := g.ask("fast"); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// slowReaders request long answers and read nothing.
func (s *soak) slowReaders() error {
	const step = "readers"
	g, err := s.open(step, "", fmt.Sprintf("limits: {slow_client: %v}\n", slowCut), loopback)
	if err != nil {
		return err
	}
	if err := g.ask("fast"); err != nil {
		return err
	}
	g.mark()
	begun := time.Now()
	body := fmt.Sprintf(`{"model":"mock-bytes-%d","messages":[]}`, readerBytes)
	for range slowReaders {
		c, err := dial(g.addr)
		if err != nil {
			return err
		}
		defer c.Close()
		c.SetReadBuffer(4096)
		fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	l, err := s.loaded(g, honestRate, slowCut+4*time.Second)
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	s.tell(step, "MB resident with them", memory(g.pid))
	s.atLeast(step, "connections with them", float64(clients(g.addr)), slowReaders)
	if err := l.result(s, step); err != nil {
		return err
	}
	// They may take minutes to read what the kernel has buffered; what counts is
	// that the gateway has closed its side.
	if err := await("the slow readers to be cut", func() bool { return clients(g.addr) == 0 }); err != nil {
		fmt.Println(err)
	}
	s.tell(step, "s until all were cut", time.Since(begun).Seconds())
	s.exactly(step, "slow readers not cut", float64(clients(g.addr)), 0)
	g.back(s)
	return g.stop(s)
}

// outOfFiles gives the gateway more connections than descriptors.
func (s *soak) outOfFiles() error {
	const step = "files"
	g, err := s.open(step, fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, fileLimit), "", loopback)
	if err != nil {
		return err
	}
	if err := g.ask("fast"); err != nil {
		return err
	}
	g.mark()
	var conns []*net.TCPConn
	for range crowd {
		c, err := dial(g.addr)
		if err != nil {
			return err
		}
		defer c.Close()
		conns = append(conns, c)
	}
	if err := await("the descriptors to run out", func() bool { return files(g.pid) > fileLimit-8 }); err != nil {
		return err
	}
	used := cpu(g.pid)
	time.Sleep(spinWatch)
	s.tell(step, "descriptors in use", float64(files(g.pid)))
	s.atMost(step, "% of a CPU meanwhile", 100*(cpu(g.pid)-used).Seconds()/spinWatch.Seconds(), maxSpin)
	for _, c := range conns {
		c.Close()
	}
	begun := time.Now()
	if err := g.ask("fast"); err != nil {
		return fmt.Errorf("it did not recover: %w", err)
	}
	s.atMost(step, "s until it answered again", time.Since(begun).Seconds(), 2)
	b, _ := os.ReadFile(g.log)
	s.atMost(step, "log lines", float64(strings.Count(string(b), "\n")), 50)
	g.back(s)
	return g.stop(s)
}
