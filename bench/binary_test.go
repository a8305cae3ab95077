package bench

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the one binary may cost.
const (
	maxBinaryBytes = 30 << 20
	maxStart       = 20 * time.Millisecond
)

// A build is the program as it ships, made once for all tests of the package.
type build struct {
	path string
	deps []byte // the linker's dump: who keeps whom
	err  error
}

// theBuild is built by the first test that asks and removed by TestMain.
var theBuild struct {
	sync.Once
	build
}

func compile() (b build) {
	dir, err := os.MkdirTemp("", "asbru-binary-")
	if err != nil {
		return build{err: err}
	}
	b.path = filepath.Join(dir, "asbru")
	// The flags of `make build`; -dumpdep changes what is printed, not what is built.
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -dumpdep", "-o", b.path, "asbru")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	b.deps, err = cmd.CombinedOutput()
	if err != nil {
		b.err = fmt.Errorf("%w:\n%.4096s", err, b.deps)
	}
	return b
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theBuild.path != "" {
		os.RemoveAll(filepath.Dir(theBuild.path))
	}
	os.Exit(code)
}

func binary(t *testing.T) build {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the whole program; not with -short")
	}
	theBuild.Do(func() { theBuild.build = compile() })
	if theBuild.err != nil {
		t.Fatalf("cannot build asbru: %v", theBuild.err)
	}
	return theBuild.build
}

func TestBinarySize(t *testing.T) {
	b := binary(t)
	st, err := os.Stat(b.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("asbru is %.2f MB of at most %d MB", float64(st.Size())/(1<<20), maxBinaryBytes>>20)
	if st.Size() > maxBinaryBytes {
		t.Errorf("asbru is %d bytes, more than %d", st.Size(), maxBinaryBytes)
	}
}

// One call of reflect.Value.Method with a name known only at run time makes the
// linker keep every exported method of every type: about 13 MB here, and the
// attack surface that goes with it.
func TestBinaryReflectMethod(t *testing.T) {
	b := binary(t)
	if n := bytes.Count(b.deps, []byte(" -> ")); n < 1000 {
		t.Fatalf("the linker dumped %d dependencies; it no longer says who keeps whom", n)
	}
	var guilty []string
	for line := range strings.Lines(string(b.deps)) {
		if strings.Contains(line, "<ReflectMethod>") && len(guilty) < 20 {
			guilty = append(guilty, strings.TrimSpace(line))
		}
	}
	if len(guilty) > 0 {
		t.Errorf("these make the linker keep every exported method:\n%s", strings.Join(guilty, "\n"))
	}
}

const startConfig = `listen: 127.0.0.1:0
providers:
  - {name: local, base_url: http://127.0.0.1:9/v1}
`

// TestBinaryStart measures from fork to READY=1, which the program says when it
// listens. The machine may be busy with other tests, so the best of three
// medians counts; a program that is too slow is too slow in all three.
func TestBinaryStart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the notify socket that this test listens on")
	}
	b := binary(t)
	config := filepath.Join(t.TempDir(), "asbru.yaml")
	if err := os.WriteFile(config, []byte(startConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	for range 3 {
		var took []time.Duration
		for range 11 {
			took = append(took, startOnce(t, b.path, config))
		}
		slices.Sort(took)
		t.Logf("start to listening: median %v, fastest %v, slowest %v", took[5], took[0], took[10])
		if best = min(best, took[5]); best <= maxStart {
			return
		}
	}
	t.Errorf("asbru takes %v to listen, more than %v", best, maxStart)
}

func startOnce(t *testing.T, program, config string) time.Duration {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	notify, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer notify.Close()
	var output bytes.Buffer
	cmd := exec.Command(program, "serve", "--config", config)
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+path)
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		notify.Close() // nobody will speak any more
	}()
	took, err := awaitReady(notify, start)
	_ = cmd.Process.Kill()
	if end := <-ended; err != nil {
		t.Fatalf("asbru never said that it is ready: %v (%v)\n%s", err, end, output.String())
	}
	return took
}

func awaitReady(notify *net.UnixConn, start time.Time) (time.Duration, error) {
	message := make([]byte, 4096)
	if err := notify.SetReadDeadline(start.Add(10 * time.Second)); err != nil {
		return 0, err
	}
	for {
		n, err := notify.Read(message)
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		if slices.Contains(strings.Split(string(message[:n]), "\n"), "READY=1") {
			return took, nil
		}
	}
}
