package stores

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Postgres is the real server, started for a test in a directory of its own, as a user
// without privileges. Where the extension vector is not installed, a type of the same name
// over text and an operator in SQL stand in for it.
type Postgres struct {
	URL      string // postgres://127.0.0.1:port/postgres
	User     string
	Password string
	Real     bool // the extension itself is there

	bin, dir string
	as       *syscall.SysProcAttr
	server   *exec.Cmd
}

// ErrNoPostgres says that the server is not installed.
var ErrNoPostgres = errors.New("PostgreSQL is not installed: apt-get install postgresql")

const standInSQL = `
CREATE DOMAIN vector AS text CHECK (VALUE ~ '^\[[-+.,0-9e]*\]$');
CREATE FUNCTION standin_cosine(a text, b text) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	$$ SELECT 1 - sum(x * y) / sqrt(sum(x * x) * sum(y * y)) FROM unnest(string_to_array(trim(both '[]' from a), ',')::float8[], string_to_array(trim(both '[]' from b), ',')::float8[]) AS t(x, y) $$;
CREATE OPERATOR <=> (LEFTARG = text, RIGHTARG = text, FUNCTION = standin_cosine);`

// StartPostgres starts it. Close must be called.
func StartPostgres(ctx context.Context) (*Postgres, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return nil, ErrNoPostgres
	}
	p := &Postgres{User: "gate", Password: "sesame", bin: filepath.Dir(found[len(found)-1])}
	var err error
	if p.dir, err = os.MkdirTemp("", "asbru-postgres-"); err != nil {
		return nil, err
	}
	if err := p.start(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Postgres) start(ctx context.Context) error {
	secret, data := filepath.Join(p.dir, "secret"), filepath.Join(p.dir, "data")
	if err := os.WriteFile(secret, []byte(p.Password+"\n"), 0o644); err != nil {
		return err
	}
	if os.Getuid() == 0 { // it refuses to run with privileges
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		p.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(p.dir, uid, gid); err != nil {
			return err
		}
	}
	if _, err := p.run(ctx, "initdb", "-D", data, "-U", p.User, "-A", "scram-sha-256", "--pwfile", secret, "-N", "-E", "UTF8", "--locale=C"); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	p.URL = "postgres://127.0.0.1:" + port + "/postgres"
	p.server = p.command(context.Background(), "postgres", "-D", data, "-k", p.dir, "-p", port, "-c", "listen_addresses=127.0.0.1",
		"-c", "fsync=off", "-c", "shared_buffers=8MB", "-c", "max_connections=20")
	if err := p.server.Start(); err != nil {
		p.server = nil
		return err
	}
	for {
		out, err := p.sql(ctx, "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
		if err == nil {
			p.Real = strings.TrimSpace(out) == "1"
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("cannot reach PostgreSQL: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if !p.Real {
		_, err = p.sql(ctx, standInSQL)
	}
	return err
}

func (p *Postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	c.Dir, c.SysProcAttr = p.dir, p.as
	c.Env = append(os.Environ(), "PGPASSWORD="+p.Password, "LC_ALL=C")
	return c
}

func (p *Postgres) run(ctx context.Context, name string, args ...string) (string, error) {
	out, err := p.command(ctx, name, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("cannot run %s: %w: %s", name, err, out)
	}
	return string(out), err
}

func (p *Postgres) sql(ctx context.Context, what string) (string, error) {
	u := strings.Replace(p.URL, "//", "//"+p.User+"@", 1)
	return p.run(ctx, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", u, "-c", what)
}

// Count is how many rows a table has.
func (p *Postgres) Count(ctx context.Context, table string) (int, error) {
	out, err := p.sql(ctx, "SELECT count(*) FROM "+table)
	n, _ := strconv.Atoi(strings.TrimSpace(out))
	return n, err
}

// Close ends the server and removes what it has written.
func (p *Postgres) Close() {
	if p.server != nil {
		p.server.Process.Signal(syscall.SIGQUIT) // at once
		p.server.Wait()
	}
	os.RemoveAll(p.dir)
}
