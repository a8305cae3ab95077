//go:build amd64 || arm64

package mock

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// starve serves with few descriptors until its standard input ends, then
// prints the processor time it used.
func starve(limit string) {
	n, _ := strconv.ParseUint(limit, 10, 64)
	syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	if os.Getenv("MOCK_TEST_LANE") != "" {
		l = hide{l}
	}
	ctx, cancel := context.WithCancel(context.Background())
	go Serve(ctx, l, Options{})
	fmt.Println(l.Addr())
	os.Stdin.Read(make([]byte, 1))
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	cancel()
	fmt.Println((r.Utime.Nano() + r.Stime.Nano()) / 1e6)
}

// TestExhaustion takes all descriptors of a server away: it must not spin, and
// must serve those who waited as soon as others leave.
func TestExhaustion(t *testing.T) {
	for _, lane := range []string{"", "lane"} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "MOCK_TEST_DESCRIPTORS=40", "MOCK_TEST_LANE="+lane)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out := &lines{got: make(chan string, 4)}
		cmd.Stdout = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		addr := strings.TrimSpace(<-out.got)
		var crowd []net.Conn
		for range 60 {
			crowd = append(crowd, dial(t, addr))
		}
		time.Sleep(500 * time.Millisecond)
		last := dial(t, addr)
		for _, c := range crowd {
			c.Close()
		}
		fmt.Fprint(last, "GET /health HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n")
		got := make([]byte, 12)
		if _, err := last.Read(got); err != nil || string(got) != "HTTP/1.1 200" {
			t.Errorf("after the crowd left: %q, %v", got, err)
		}
		in.Close()
		used := strings.TrimSpace(<-out.got)
		cmd.Wait()
		if ms, err := strconv.Atoi(used); err != nil || ms > 400 {
			t.Errorf("used %s ms of processor time while starved for 500 ms", used)
		}
	}
}

// lines passes what is written on.
type lines struct{ got chan string }

func (l *lines) Write(b []byte) (int, error) {
	l.got <- string(b)
	return len(b), nil
}
