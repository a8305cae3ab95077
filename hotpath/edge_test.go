package hotpath

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// eventually waits for what other goroutines are about to do.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(ample); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("not so after %v: %s", ample, what)
			return
		}
	}
}

// TestBrokenUpload checks that a large body whose client goes away is counted no more.
func TestBrokenUpload(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		r := newRig(t, loops)
		part := strings.Repeat("x", 200_000)
		for _, sent := range []string{
			"Content-Length: 1000000\r\n\r\n" + part,
			"Transfer-Encoding: chunked\r\n\r\nf4240\r\n" + part,
		} {
			c := r.dial()
			io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Api-Key: "+testKey+"\r\n"+sent)
			eventually(t, "the body counts", func() bool { return r.srv.large.Load() > 0 })
			c.Close()
			eventually(t, "it counts no more", func() bool { return r.srv.large.Load() == 0 })
		}
	})
}

// TestHangUpAtOnce is a client whose request and end come together.
func TestHangUpAtOnce(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		ended := make(chan bool, 10)
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			c.SetReadDeadline(time.Now().Add(ample))
			_, err := c.Read(make([]byte, 1))
			ended <- err == io.EOF
			return false
		})
		r := wireRig(t, loops, w)
		for range 5 {
			c := r.dial()
			io.WriteString(c, goodPost)
			c.Close()
		}
		for range 5 { // whose end may be seen before the provider is asked at all
			if rec := r.record(); rec.Fault != core.ClientGone {
				t.Errorf("recorded %v", rec.Fault)
			}
		}
		eventually(t, "the provider works for nobody", func() bool { return int64(len(ended)) == w.asked.Load() })
		for range len(ended) {
			if !<-ended {
				t.Error("the provider went on for a client that was gone")
			}
		}
	})
}

// TestLateReset is a client that ended its side, was asked whether it still listens, and leaves
// after that: its reset may be on its way for as long as the network likes.
func TestLateReset(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		ended := make(chan error, 1)
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			c.SetReadDeadline(time.Now().Add(ample))
			_, err := c.Read(make([]byte, 1))
			ended <- err
			return false
		})
		r := wireRig(t, loops, w)
		c := r.dial()
		io.WriteString(c, goodPost)
		c.CloseWrite()
		if _, err := io.ReadFull(c, make([]byte, len(interim))); err != nil {
			t.Fatal("it was not asked: ", err)
		}
		time.Sleep(10 * probeWait)
		c.SetLinger(0)
		c.Close()
		if err := <-ended; err != io.EOF {
			t.Errorf("the provider was told %v", err)
		}
		if rec := r.record(); rec.Fault != core.ClientGone {
			t.Errorf("recorded %v", rec.Fault)
		}
	})
}

// TestAnsweredIsNotSentAgain checks that only silence on a kept connection is
// taken for its death: a provider that answered, however badly, has seen the request.
func TestAnsweredIsNotSentAgain(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(name, second string, asked int64) {
			t.Helper()
			w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
				if n == 2 {
					io.WriteString(c, second)
					return false
				}
				io.WriteString(c, okReply)
				return true
			})
			r := wireRig(t, loops, w)
			r.ask("POST")
			status, _, _ := r.ask("POST")
			if n := w.asked.Load(); n != asked || (status == 200) != (asked == 3) {
				t.Errorf("%s: the provider was asked %d times; want %d (got %d)", name, n, asked, status)
			}
		}
		f("silence", "", 3)
		f("garbage", "what?\r\n\r\n", 2)
		f("half a head", "HTTP/1.1 200 OK\r\n", 2)
	})
}

// TestHeadForUpstream checks what does not fit into the head that goes upstream.
func TestHeadForUpstream(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		r := wireRig(t, loops, w)
		f := func(n int, want string) {
			t.Helper()
			got := r.raw("GET /v1/files HTTP/1.1\r\nHost: x\r\nX-Api-Key: " + testKey + "\r\nUser-Agent: " + strings.Repeat("y", n) + "\r\n\r\n")
			if !strings.Contains(got, "HTTP/1.1 "+want+" ") { // behind an interim reply, perhaps
				t.Errorf("%d bytes: got %.200q; want %s", n, got, want)
			}
		}
		f(9000, "200")
		f(12000, "431")
		f(100, "200")
	})
}

// TestEncodedStream checks that what cannot be read passes where nothing is read, and is
// refused where an answer is expected.
func TestEncodedStream(t *testing.T) {
	const junk = "\x1f\x8b\x08\x00\xff\r\r\xfe tail without an end"
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(junk), junk)
			return true
		})
		r := wireRig(t, loops, w)
		if _, got, err := r.ask("GET"); got != junk || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, junk)
		}
		if status, got, err := r.ask("POST"); status != 502 || !strings.Contains(got, "content coding") || err != nil {
			t.Errorf("got %d %q, %v; want 502", status, got, err)
		}
	})
}

// TestLargeBodies sends 20 MiB both ways of framing, many smaller ones at once,
// and one too many.
func TestLargeBodies(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: %d\r\n\r\n%d", len(fmt.Sprint(q.ContentLength)), q.ContentLength)
			return true
		})
		r := wireRig(t, loops, w)
		post := func(b io.Reader, length int) (int, string, http.Header, error) {
			q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/files", b)
			q.ContentLength = int64(length)
			q.Header.Set("X-Api-Key", testKey)
			q.Header.Set("Content-Type", "application/octet-stream")
			res, err := http.DefaultClient.Do(q)
			if err != nil {
				return 0, "", nil, err
			}
			defer res.Body.Close()
			got, err := io.ReadAll(res.Body)
			return res.StatusCode, string(got), res.Header, err
		}
		const most = 20 << 20
		b := strings.Repeat("x", most)
		for _, length := range []int{most, -1} {
			if status, got, _, err := post(strings.NewReader(b), length); status != 200 || got != fmt.Sprint(most) || err != nil {
				t.Errorf("20 MiB, length %d: got %d %.200q, %v", length, status, got, err)
			}
			if status, got, _, err := post(strings.NewReader(b+"x"), min(length, length+1)+map[bool]int{true: 1}[length > 0]); status != 413 && err == nil {
				t.Errorf("one byte more, length %d: got %d %.200q, %v", length, status, got, err)
			}
		}
		const many, size = 1000 / stride, 256 << 10
		errs := make(chan error, many)
		turn := make(chan struct{}, 200)
		for range many {
			go func() {
				turn <- struct{}{}
				defer func() { <-turn }()
				status, got, _, err := post(strings.NewReader(b[:size]), size)
				if status != 200 || got != fmt.Sprint(size) || err != nil {
					err = fmt.Errorf("got %d %.200q, %v", status, got, err)
				}
				errs <- err
			}()
		}
		for range many {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "no large body counts", func() bool { return r.srv.large.Load() == 0 })
		r.srv.large.Add(bodyBudget)
		for _, length := range []int{size, -1} {
			status, got, h, err := post(strings.NewReader(b[:size]), length)
			if status != 503 || h.Get("Retry-After") != "1" || err != nil {
				t.Errorf("over the budget, length %d: got %d %v %.200q, %v", length, status, h, got, err)
			}
		}
		r.srv.large.Add(-bodyBudget)
		if status, _, _, err := post(strings.NewReader(b[:size]), size); status != 200 || err != nil {
			t.Errorf("after it: got %d, %v", status, err)
		}
	})
}

// TestContinue is a client that waits to be told before it sends its body.
func TestContinue(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			if q.Header.Get("Expect") != "" {
				t.Error("the expectation was passed on")
			}
			io.WriteString(c, okReply)
			return true
		})
		r := wireRig(t, loops, w)
		f := func(head, body, want string) {
			t.Helper()
			c := r.dial()
			io.WriteString(c, head)
			b := make([]byte, 4096)
			n, err := c.Read(b)
			if got := string(b[:n]); !strings.HasPrefix(got, want) || err != nil {
				t.Fatalf("got %q, %v; want %q", got, err, want)
			}
			if want != interim {
				return
			}
			io.WriteString(c, body)
			n, err = io.ReadAtLeast(c, b, 20)
			if got := string(b[:n]); !strings.HasPrefix(got, "HTTP/1.1 200") || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		}
		head := "POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nExpect: 100-continue\r\n"
		auth := "X-Api-Key: " + testKey + "\r\n"
		f(head+auth+"Content-Length: 5\r\n\r\n", "hello", interim)
		f(head+auth+"Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", interim)
		f(head+"Content-Length: 5\r\n\r\n", "", "HTTP/1.1 401") // no body is asked for in vain
		f(head+auth+"Content-Length: 99999999\r\n\r\n", "", "HTTP/1.1 413")
	})
}

// TestNextRequestWhileOneRuns sends a second, large request while the first one
// waits for its answer: every byte of it must be there afterwards.
func TestNextRequestWhileOneRuns(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		whole := make(chan struct{})
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			if n == 1 {
				<-whole
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%d", len(fmt.Sprint(q.ContentLength)), q.ContentLength)
			return true
		})
		r := wireRig(t, loops, w)
		c := r.dial()
		const size = 200_000
		head := "POST /v1/files HTTP/1.1\r\nHost: x\r\nX-Api-Key: " + testKey + "\r\nContent-Type: a/b\r\nContent-Length: "
		io.WriteString(c, head+"1\r\n\r\nx")
		eventually(t, "the first was sent on", func() bool { return w.asked.Load() == 1 })
		go io.WriteString(c, head+fmt.Sprint(size)+"\r\n\r\n"+strings.Repeat("x", size))
		time.Sleep(50 * time.Millisecond) // for the lane to read what it reads ahead
		close(whole)
		got := ""
		for b := make([]byte, 4096); !strings.HasSuffix(got, fmt.Sprint(size)); {
			n, err := c.Read(b)
			if got += string(b[:n]); err != nil {
				t.Fatalf("got %q, %v", got, err)
			}
		}
	})
}
