//go:build !race

package hotpath

import (
	"bytes"
	"fmt"
	"net"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"asbru/core"
)

// A bareUpstream answers every request whose body ends in "}" with the same
// bytes, and allocates nothing for it.
func bareUpstream(t *testing.T, reply []byte, chunks int) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go func() {
				in := make([]byte, 64<<10)
				have := 0
				for {
					n, err := c.Read(in[have:])
					if err != nil {
						return
					}
					if have += n; have == 0 || in[have-1] != '}' {
						continue
					}
					have = 0
					if chunks == 0 {
						c.Write(reply)
						continue
					}
					c.Write(reply)
					for range chunks {
						c.Write(bareChunk)
						runtime.Gosched()
					}
					c.Write(bareEnd)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

var (
	bareUnary  = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 71\r\n\r\n" + `{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"x":12}}`)
	bareStream = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	bareChunk  = fmt.Appendf(nil, "%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
	bareEnd    = []byte("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
)

// mallocs drives a keep-alive connection and counts what the whole process
// allocated for each request. end is what a reply ends with.
func mallocs(t *testing.T, addr string, requests int, request, end []byte) float64 {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	in := make([]byte, 1<<20)
	once := func() {
		if _, err := c.Write(request); err != nil {
			t.Fatal(err)
		}
		for have := 0; ; {
			n, err := c.Read(in[have:])
			if err != nil {
				t.Fatalf("%v after %q", err, in[:have])
			}
			if have += n; bytes.HasSuffix(in[:have], end) {
				if !bytes.HasPrefix(in[:have], []byte("HTTP/1.1 200")) {
					t.Fatalf("got %q", in[:have])
				}
				return
			}
		}
	}
	for range requests / 10 {
		once()
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range requests {
		once()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(requests)
}

// TestAllocsOfLoopLane counts the allocations of the whole way, upstream and
// client included, in steady state. The ticks of the loops are among them.
func TestAllocsOfLoopLane(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the loop lane")
	}
	r := newRig(t, 2)
	f := func(name string, budget float64, requests, chunks int, reply []byte, ask string, end string) {
		t.Helper()
		tg := target(t, "p0", bareUpstream(t, reply, chunks))
		r.swap([]*core.Target{tg})
		request := fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", testKey, len(ask), ask)
		got := mallocs(t, r.addr, requests, request, []byte(end))
		t.Logf("%s: %.4f allocations a request", name, got)
		if got > budget {
			t.Errorf("%s: got %.3f allocations a request; want %v at most", name, got, budget)
		}
	}
	f("unary", 0.05, 2000, 0, bareUnary, chat, "}")
	f("stream of 20 chunks", 0.2, 200, 20, bareStream, `{"model":"m","stream":true,"messages":[]}`, "0\r\n\r\n")
}

// A stream holds a flight for as long as it lasts: what is added to one is paid by all that
// are open. 1,792 bytes are a size that the runtime has; the next one is 2,048.
func TestFlightSize(t *testing.T) {
	if n := unsafe.Sizeof(flight{}); n > 1792 {
		t.Errorf("a flight has %d bytes, the most is 1792: what few need can stand apart", n)
	}
}
