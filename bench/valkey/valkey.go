// Package valkey starts a separate Valkey or Redis for a test, on a port and in a directory of its own, which does
// not persist its data. It refuses to use one that is running already.
package valkey

import (
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// password is required of clients.
const password = "sesame"

// startWait is how long a new server may take to answer.
const startWait = 20 * time.Second

// A Server is a server of one test.
type Server struct {
	t       *testing.T
	program string
	port    int
	cmd     *exec.Cmd
}

// Start starts a server until the end of the test, or skips the test if none is installed.
func Start(t *testing.T) *Server {
	t.Helper()
	s := &Server{t: t}
	for _, name := range []string{"valkey-server", "redis-server"} {
		if path, err := exec.LookPath(name); err == nil && s.program == "" {
			s.program = path
		}
	}
	if s.program == "" {
		t.Skip("neither Valkey nor Redis is installed (Debian's package redis-server); what needs it is not tested here")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts the server again, without its data.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command(s.program, "--bind", "127.0.0.1", "--port", strconv.Itoa(s.port), "--save", "", "--appendonly", "no",
		"--requirepass", password, "--dir", s.t.TempDir())
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(startWait); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", s.port)); err == nil {
			conn.Close()
			return
		}
	}
	s.t.Fatalf("%s does not answer", s.program)
}

// Stop ends the server at once.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Pause stops the server where it is, as a machine does that hangs: connections stay open and nothing answers.
// Resume ends it.
func (s *Server) Pause() { s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (s *Server) Resume() { s.cmd.Process.Signal(syscall.SIGCONT) }

// URL returns the server's address, with its password and a database.
func (s *Server) URL() string { return fmt.Sprintf("redis://:%s@127.0.0.1:%d/3", password, s.port) }
