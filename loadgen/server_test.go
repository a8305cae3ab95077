package loadgen

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// script answers one request; false ends the connection.
type script func(c net.Conn, path string, body []byte) bool

// serve runs a bare HTTP/1.1 server on loopback until the test ends and
// returns its address as a URL.
func serve(t *testing.T, answer script) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	open := make(map[net.Conn]bool)
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				converse(c, answer)
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return "http://" + l.Addr().String()
}

func converse(c net.Conn, answer script) {
	r := bufio.NewReader(c)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		path := strings.Fields(line)[1]
		length := 0
		for line != "\r\n" {
			if line, err = r.ReadString('\n'); err != nil {
				return
			}
			if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				length, _ = strconv.Atoi(strings.TrimSpace(v))
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil || !answer(c, path, body) {
			return
		}
	}
}

// say writes a reply with a length.
func say(c net.Conn, status int, body string) bool {
	_, err := fmt.Fprintf(c, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
	return err == nil
}

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

// chunk writes one chunk of a chunked body.
func chunk(c net.Conn, data string) bool {
	_, err := fmt.Fprintf(c, "%x\r\n%s\r\n", len(data), data)
	return err == nil
}

// sayStream writes a stream of n stamped events.
func sayStream(c net.Conn, k clock, n int, gap time.Duration) bool {
	io.WriteString(c, streamHead)
	chunk(c, `data: {"choices":[{"delta":{"role":"assistant","content":""}}]}`+"\n\n")
	for range n {
		time.Sleep(gap)
		if !chunk(c, fmt.Sprintf(`data: {"choices":[{"delta":{"content":"knot"}}],"sent_ns":"%d"}`+"\n\n", k.now())) {
			return false
		}
	}
	return chunk(c, "data: [DONE]\n\n") && chunk(c, "")
}

// noLeaks fails the test when goroutines are left behind. Register it first: it
// runs last.
func noLeaks(t *testing.T) {
	t.Helper()
	// The first Notify of a process starts a goroutine that never ends.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	signal.Stop(signals)
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for until := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
			if time.Now().After(until) {
				buf := make([]byte, 1<<16)
				t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}
