package hotpath

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const scarceEnv = "HOTPATH_SCARCE_LOOPS"

// TestScarceDescriptors runs a server that has no descriptor left: it must wait
// without spinning, and serve again when some are free.
func TestScarceDescriptors(t *testing.T) {
	if v := os.Getenv(scarceEnv); v != "" {
		scarceChild(t, v)
		return
	}
	lanes(t, func(t *testing.T, loops int) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestScarceDescriptors$", "-test.timeout=60s")
		cmd.Env = append(os.Environ(), scarceEnv+"="+strconv.Itoa(loops))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		br := bufio.NewReader(out)
		line, err := br.ReadString('\n')
		addr, found := strings.CutPrefix(strings.TrimSpace(line), "ADDR ")
		if err != nil || !found {
			t.Fatalf("the child said %q, %v", line, err)
		}
		var open []net.Conn
		for range 100 {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			open = append(open, c)
		}
		time.Sleep(200 * time.Millisecond)
		const span = time.Second
		before := spent(t, cmd.Process.Pid)
		time.Sleep(span)
		if used := spent(t, cmd.Process.Pid) - before; used > span/5 {
			t.Errorf("used %v of a processor in %v without a descriptor left", used, span)
		}
		for _, c := range open {
			c.Close()
		}
		eventually(t, "it serves again", func() bool {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				return false
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(time.Second))
			io.WriteString(c, "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Api-Key: "+testKey+"\r\n\r\n")
			b, _ := io.ReadAll(c)
			return strings.HasPrefix(string(b), "HTTP/1.1 200")
		})
		in.Close()
		rest, _ := io.ReadAll(br)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the child: %v\n%s", err, rest)
		}
	})
}

func scarceChild(t *testing.T, loops string) {
	n, err := strconv.Atoi(loops)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, n)
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		t.Fatal(err)
	}
	lim.Cur = 50
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ADDR", r.addr)
	io.Copy(io.Discard, os.Stdin)
}

// spent is the processor time of a process so far, in the ticks of proc(5).
func spent(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
