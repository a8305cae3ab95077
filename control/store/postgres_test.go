package store

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A server is a Postgres of the test's own.
type server struct {
	t    *testing.T
	dir  string // of its data
	bin  string
	port int
	as   *syscall.SysProcAttr
	cmd  *exec.Cmd
}

// startPostgres starts a Postgres as somebody without privileges, or skips the test.
func startPostgres(t *testing.T) *server {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("Postgres is not installed (Debian's package postgresql); its part of the store is not tested here")
	}
	dir, err := os.MkdirTemp("", "asbru-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &server{t: t, dir: filepath.Join(dir, "data"), bin: filepath.Dir(found[len(found)-1])}
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
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.dir, "-k", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(s.port),
		"-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=20")
	s.cmd.SysProcAttr, s.cmd.Dir = s.as, filepath.Dir(s.dir)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	db, err := sql.Open("postgres", s.address())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for range 300 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err = db.PingContext(ctx)
		cancel()
		if err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("Postgres does not answer: %v", err)
}

// stop ends it at once, as a power cut would.
func (s *server) stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGQUIT)
		s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *server) address() string {
	return fmt.Sprintf("postgres://asbru@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}
