package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program measures the size of the binary, the time of its start and its memory at rest.
func program(_ context.Context, s *session, out *section) error {
	info, err := os.Stat(s.o.asbru)
	if err != nil {
		return err
	}
	out.add("binary", "MB", float64(info.Size())/1e6)
	st, err := s.stand()
	if err != nil {
		return err
	}
	defer st.close()
	var took []float64
	for range starts {
		ms, err := st.startOnce()
		if err != nil {
			return err
		}
		took = append(took, ms)
	}
	out.Figures = append(out.Figures, figure{"start", "ms", spreadOf(took)})
	provider, _, err := st.mock()
	if err != nil {
		return err
	}
	g, err := st.gateway(provider.addr, gatewayShape{})
	if err != nil {
		return err
	}
	time.Sleep(settle)
	idle, err := residentMB(g.pid)
	if err != nil {
		return err
	}
	out.add("idle_rss", "MB", idle)
	return nil
}

// startOnce returns the milliseconds from fork to READY=1, which the program sends when it listens.
func (st *stand) startOnce() (ms float64, err error) {
	path := filepath.Join(st.dir, "notify")
	_ = os.Remove(path) // of the previous start
	notify, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return 0, missing{"there is no notify socket here: " + err.Error()}
	}
	defer notify.Close()
	config := filepath.Join(st.dir, "start.yaml")
	text := "listen: 127.0.0.1:0\nproviders:\n  - {name: local, base_url: http://127.0.0.1:9/v1}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return 0, err
	}
	if err := notify.SetReadDeadline(time.Now().Add(readyWithin)); err != nil {
		return 0, err
	}
	began := time.Now()
	p, err := st.start("start", syscall.SIGKILL, []string{"NOTIFY_SOCKET=" + path}, st.s.o.asbru, "serve", "--config", config)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	b := make([]byte, 4096)
	for {
		n, err := notify.Read(b)
		if err != nil {
			return 0, fmt.Errorf("the program never said that it is ready: %w: %s", err, p.said())
		}
		if slices.Contains(strings.Split(string(b[:n]), "\n"), "READY=1") {
			return float64(time.Since(began).Microseconds()) / 1e3, nil
		}
	}
}

// residentMB returns the memory of a process, in millions of bytes.
func residentMB(pid int) (float64, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, missing{"there is no /proc here"}
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("the process has no VmRSS")
}

// spreadOf sorts xs.
func spreadOf(xs []float64) spread {
	if len(xs) == 0 {
		return spread{}
	}
	slices.Sort(xs)
	at := func(q float64) float64 {
		pos := q * float64(len(xs)-1)
		i := int(pos)
		if i+1 == len(xs) {
			return xs[i]
		}
		return xs[i] + (pos-float64(i))*(xs[i+1]-xs[i])
	}
	return spread{at(0.25), at(0.5), at(0.75), len(xs)}
}
