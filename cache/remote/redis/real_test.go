package redis

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

// modules are the paths of the search module, if it is not part of the server.
var modules = []string{"/usr/lib/valkey/modules/libsearch.so", "/usr/lib/valkey/libsearch.so", "/opt/redis-stack/lib/redisearch.so", "/usr/lib/redis/modules/redisearch.so"}

// started starts a real server for the test. It skips the test if none is installed.
func started(t *testing.T) (address string) {
	t.Helper()
	program := ""
	for _, name := range []string{"valkey-server", "redis-stack-server", "redis-server"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("neither Valkey nor Redis is installed (Debian's package redis-server); the stand-in is tested")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	args := []string{"--bind", "127.0.0.1", "--port", strconv.Itoa(l.Addr().(*net.TCPAddr).Port), "--save", "", "--appendonly", "no", "--requirepass", "sesame", "--dir", t.TempDir()}
	for _, m := range modules {
		if found, _ := filepath.Glob(m); len(found) > 0 {
			args = append(args, "--loadmodule", m)
			break
		}
	}
	c := exec.Command(program, args...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", program)
	return ""
}

// Tests everything on a real server that has search; without search, everything else.
func TestRealServer(t *testing.T) {
	s, err := Open(vector.Place{Kind: "redis", URL: "redis://" + started(t), Name: "questions", Secret: "sesame"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	switch err := s.Prepare(ctx, 8); {
	case err == nil:
		if err := s.client.Do(ctx, s.client.B().Arbitrary("FT.DROPINDEX", "questions_8").Build()).Error(); err != nil {
			t.Fatal(err)
		}
		s.index.Store(nil)
		exercise.Store(t, s)
		return
	case !strings.Contains(err.Error(), "unknown command") && !strings.Contains(err.Error(), "VECTOR"):
		t.Fatal(err)
	default:
		t.Logf("the server has no search for vectors (%v): what it holds is tested, the stand-in tests how it is found", err)
	}
	index := "questions_8"
	s.index.Store(&index)
	for n := range 5 {
		if err := s.Add(ctx, exercise.Row("a", n, 0, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add(ctx, exercise.Row("a", 6, 0, func(r *vector.Row) { r.Owner, r.Until = "key:x", time.Now().Add(-time.Second) })); err != nil {
		t.Fatal(err)
	}
	holds := func(want int) {
		t.Helper()
		keys, err := s.client.Do(ctx, s.client.B().Keys().Pattern(index+":*").Build()).AsStrSlice()
		if err != nil || len(keys) != want {
			t.Errorf("%d rows, want %d, %v", len(keys), want, err)
		}
	}
	holds(5) // the expired rows are gone by themselves
	f, err := s.client.Do(ctx, s.client.B().Hgetall().Key(index+":"+vector.Hex(exercise.Row("a", 3, 0, nil).Key[:])).Build()).AsStrMap()
	if want := exercise.Row("a", 3, 0, nil); err != nil || f["answer"] != want.Answer || f["text"] != want.Text || f["vector"] != floats(want.Vector) || f["space"] != vector.Hex(want.Space[:]) {
		t.Errorf("%q, %v", f, err)
	}
	key := exercise.Row("a", 1, 0, nil).Key
	for _, step := range []struct {
		f    vector.Filter
		left int
	}{{vector.Filter{Key: &key}, 4}, {vector.Filter{Owner: "nobody"}, 4}, {vector.Filter{Label: "part a", Model: "gpt-4o"}, 0}} {
		if err := s.Remove(ctx, &step.f); err != nil {
			t.Fatal(err)
		}
		holds(step.left)
	}
}
