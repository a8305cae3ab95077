// Package postgres starts a separate Postgres for a test, without privileges, on a port and in a
// directory of its own. It refuses to use one that is running already.
package postgres

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Server is a Postgres of one test.
type Server struct {
	t    *testing.T
	dir  string // of its data
	bin  string
	port int
	as   *syscall.SysProcAttr
	cmd  *exec.Cmd
}

// Programs returns the folder of Postgres' programs: the one in the environment variable ASBRU_POSTGRES, or else
// that of Debian's newest version; "" if it is not installed.
func Programs() string {
	if dir := os.Getenv("ASBRU_POSTGRES"); dir != "" {
		return dir
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// Start starts a server until the end of the test, or skips the test if Postgres is not installed.
func Start(t *testing.T) *Server {
	t.Helper()
	programs := Programs()
	if programs == "" {
		t.Skip("Postgres is not installed (Debian's package postgresql); what needs it is not tested here")
	}
	dir, err := os.MkdirTemp("", "asbru-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{t: t, dir: filepath.Join(dir, "data"), bin: programs}
	if os.Getuid() == 0 { // it refuses to run as root
		var who *user.User
		for _, name := range []string{"postgres", "nobody"} {
			if who, err = user.Lookup(name); err == nil {
				break
			}
		}
		if who == nil {
			t.Skip("this is root, and there is neither postgres nor nobody to run Postgres as")
		}
		uid, _ := strconv.Atoi(who.Uid)
		gid, _ := strconv.Atoi(who.Gid)
		s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	init := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.dir, "-U", "asbru", "-A", "trust", "-N", "-E", "UTF8", "--no-locale")
	init.SysProcAttr, init.Dir = s.as, dir
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("cannot make a database: %v\n%s", err, out)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts the server again, with its data.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.dir, "-k", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(s.port),
		"-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=40")
	s.cmd.SysProcAttr, s.cmd.Dir = s.as, filepath.Dir(s.dir)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 300 {
		if err := exec.Command(filepath.Join(s.bin, "pg_isready"), "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-t", "1").Run(); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("Postgres does not answer")
}

// Stop ends the server at once, as a power cut would.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGCONT) // a paused one would never end
		s.cmd.Process.Signal(syscall.SIGQUIT)
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Pause stops all processes of the server where they are, as a machine does that hangs: connections stay open and
// nothing answers. Resume ends it.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

// signal sends a signal to the server and its children.
func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil { // first, so that it makes no more of them
		s.t.Fatal(err)
	}
	found, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	if len(found) == 0 {
		s.t.Skip("this system does not list the children of a process")
	}
	for _, path := range found {
		list, _ := os.ReadFile(path)
		for _, child := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(child); err == nil {
				syscall.Kill(pid, sig)
			}
		}
	}
}

// Address returns the address of the server in the driver's format.
func (s *Server) Address() string {
	return s.to("postgres")
}

// Database makes an empty database of that name and returns its address.
func (s *Server) Database(name string) string {
	s.t.Helper()
	command := exec.Command(filepath.Join(s.bin, "createdb"), "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "asbru", name)
	if out, err := command.CombinedOutput(); err != nil {
		s.t.Fatalf("cannot make database %s: %v\n%s", name, err, out)
	}
	return s.to(name)
}

func (s *Server) to(name string) string {
	return fmt.Sprintf("postgres://asbru@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}
