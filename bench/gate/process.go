package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a server that a step started.
type process struct {
	cmd   *exec.Cmd
	name  string
	end   syscall.Signal
	ended chan struct{}
	out   string // file with its output
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stand is the processes of one step, and a folder for them.
type stand struct {
	s     *session
	dir   string
	procs []*process
}

func (s *session) stand() (*stand, error) {
	dir, err := os.MkdirTemp("", "asbru-gate-")
	return &stand{s: s, dir: dir}, err
}

// start starts a program in the background. env is added to this program's own.
func (st *stand) start(name string, end syscall.Signal, env []string, argv ...string) (*process, error) {
	p := &process{name: name, end: end, ended: make(chan struct{}), out: filepath.Join(st.dir, name+".out")}
	f, err := os.Create(p.out)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p.cmd = exec.Command(argv[0], argv[1:]...)
	p.cmd.Dir, p.cmd.Env = st.dir, append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = f, f
	p.cmd.SysProcAttr = apart(end)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}
	go func() {
		_ = p.cmd.Wait() // the exit status of a server does not matter
		close(p.ended)
	}()
	st.procs = append(st.procs, p)
	return p, nil
}

func (p *process) runs() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// ready waits until the server accepts connections.
func (p *process) ready(addr string, within time.Duration) error {
	for until := time.Now().Add(within); time.Now().Before(until); {
		if !p.runs() {
			return fmt.Errorf("%s ended before it listened: %s", p.name, p.said())
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			return c.Close()
		}
		time.Sleep(pollEvery)
	}
	return fmt.Errorf("%s did not listen within %v: %s", p.name, within, p.said())
}

// said returns the end of the server's output.
func (p *process) said() string {
	b, err := os.ReadFile(p.out)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(b[max(0, len(b)-2000):]))
}

// stop ends the server, first with its own signal, then by force together with its children.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(p.end) // fails if it has ended already
	select {
	case <-p.ended:
	case <-time.After(endWithin):
		killGroup(p.pid())
		<-p.ended
	}
}

// close ends all processes in reverse order of their start.
func (st *stand) close() error {
	for i := len(st.procs) - 1; i >= 0; i-- {
		st.procs[i].stop()
	}
	return os.RemoveAll(st.dir)
}

// freePort returns an address where nothing listens at present.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// lookFor finds a tool, also in the folders of servers.
func lookFor(name string) (string, error) {
	for _, dir := range []string{"", "/usr/sbin/", "/usr/local/sbin/", "/sbin/"} {
		path, err := exec.LookPath(dir + name)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return "", missing{name + " is not installed"}
}
