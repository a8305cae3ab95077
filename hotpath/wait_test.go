package hotpath

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

const (
	brief = 150 * time.Millisecond // the wait under test
	ample = 20 * time.Second       // every other wait, and what one under test may take on a busy machine
)

// limit publishes waits of which f shortens one.
func (r *rig) limit(f func(*core.Limits)) {
	r.change(func(snap *core.Snapshot) {
		snap.Limits = core.Limits{HeadWait: ample, IdleWait: ample, BodyWait: ample, WriteWait: ample}
		f(&snap.Limits)
	})
}

var goodPost = fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n\r\n%s", testKey, len(chat), chat)

// TestClientWaits checks that a client that does not go on is cut when its time is
// up, and not much later for having sent a byte now and then.
func TestClientWaits(t *testing.T) {
	head := func(l *core.Limits) { l.HeadWait = brief }
	second := func(l *core.Limits) { l.HeadWait = 10 * brief } // which holds for the first one too, and that has to come in time
	idle := func(l *core.Limits) { l.IdleWait = brief }
	bodies := func(l *core.Limits) { l.BodyWait = brief }
	rows := []struct {
		name    string
		limits  func(*core.Limits)
		good    bool   // after a request that is answered
		first   string // sent at once
		trickle string // sent byte by byte
	}{
		{name: "silent", limits: func(l *core.Limits) { l.HeadWait, l.IdleWait = brief, brief }},
		{name: "half a head", limits: head, first: "POST /v1/chat"},
		{name: "slow head", limits: head, trickle: goodPost},
		{name: "slow head of a second request", limits: second, good: true, trickle: goodPost},
		{name: "slow head behind a request", limits: second, good: true, first: goodPost + "POST /v1", trickle: goodPost[8:]},
		{name: "idle", limits: idle, good: true},
		{name: "no body", limits: bodies, first: strings.TrimSuffix(goodPost, chat)},
		{name: "half a body", limits: bodies, first: goodPost[:len(goodPost)-5]},
		{name: "half a chunk", limits: bodies, first: "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Api-Key: " + testKey + "\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"},
	}
	lanes(t, func(t *testing.T, loops int) {
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				r := wireRig(t, loops, w)
				r.limit(row.limits)
				start := time.Now()
				c := r.dial()
				c.SetDeadline(time.Now().Add(2 * ample))
				answers := 0
				if row.good {
					io.WriteString(c, goodPost)
					got := make([]byte, len(okReply))
					if _, err := c.Read(got); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200") {
						t.Fatalf("%s: the first request got %q, %v", row.name, got, err)
					}
				}
				answers += strings.Count(row.first, goodPost)
				io.WriteString(c, row.first)
				gap := brief / 10
				if row.good {
					gap = brief
				}
				go func() {
					for i := range len(row.trickle) {
						if _, err := io.WriteString(c, row.trickle[i:i+1]); err != nil {
							return
						}
						time.Sleep(gap)
					}
				}()
				got, _ := io.ReadAll(c)
				if took := time.Since(start); took < brief*8/10 || took > ample {
					t.Errorf("%s: ended after %v; want about %v", row.name, took, brief)
				}
				if n := strings.Count(string(got), "HTTP/1.1 200"); n != answers {
					t.Errorf("%s: got %d answers; want %d: %q", row.name, n, answers, got)
				}
			})
		}
	})
}

// TestUpstreamWaits checks what a client sees of a provider that does not go on.
func TestUpstreamWaits(t *testing.T) {
	quiet := func(c net.Conn) { io.Copy(io.Discard, c) }
	streamHead := "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
	event := fmt.Sprintf("%x\r\ndata: %s\n\n\r\n", len(delta)+8, delta)
	rows := []struct {
		name     string
		waits    core.Waits
		answer   func(c net.Conn)
		second   bool // there is another target
		stream   bool // one is asked for
		status   int
		has, not string
		cut      bool
		fault    core.Code
	}{
		{name: "no head", waits: core.Waits{Header: ample, Answer: brief}, answer: quiet, status: 504, has: "p0 did not answer in time, after 1 attempt; hint: try again with stream: true, have answer_timeout of provider p0 raised", fault: core.UpstreamTimeout},
		{name: "half a head", waits: core.Waits{Header: ample, Answer: brief}, answer: func(c net.Conn) { io.WriteString(c, "HTTP/1.1 20"); quiet(c) }, status: 504, fault: core.UpstreamTimeout},
		{name: "interim replies only", waits: core.Waits{Header: ample, Answer: brief}, answer: func(c net.Conn) {
			for range maxInterim { // no more, or a loop that is late sees too many of them first
				io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
				time.Sleep(brief / 3)
			}
			quiet(c)
		}, status: 504, fault: core.UpstreamTimeout},
		{name: "no head, another", waits: core.Waits{Header: ample, Answer: brief}, answer: quiet, second: true, status: 200, has: "ok"},
		{name: "no head of a stream", waits: core.Waits{Header: brief, Answer: ample}, stream: true, answer: quiet, status: 504, has: "in time, after 1 attempt; hint: try again, or add", fault: core.UpstreamTimeout},
		{name: "no head in all", waits: core.Waits{Header: ample, Answer: ample, Total: brief}, answer: quiet, status: 504, not: "answer_timeout", fault: core.UpstreamTimeout},
		{name: "stalled stream", waits: core.Waits{Stall: brief}, answer: func(c net.Conn) { io.WriteString(c, streamHead+event); quiet(c) },
			status: 200, has: `"error"`, not: "[DONE]", fault: core.UpstreamFailed},
		{name: "stalled event", waits: core.Waits{Stall: brief}, answer: func(c net.Conn) { io.WriteString(c, streamHead+event+"6\r\ndata: \r\n"); quiet(c) },
			status: 200, has: `"error"`, not: "data: data", fault: core.UpstreamFailed},
		{name: "stalled body", waits: core.Waits{Stall: brief}, answer: func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"); quiet(c) },
			status: 200, cut: true, fault: core.UpstreamFailed},
		{name: "endless stream", waits: core.Waits{Total: 10 * brief}, answer: func(c net.Conn) {
			_, err := io.WriteString(c, streamHead)
			for ; err == nil; time.Sleep(brief / 10) {
				_, err = io.WriteString(c, event)
			}
		}, status: 200, has: `"error"`, not: "[DONE]", fault: core.UpstreamFailed},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				first := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { row.answer(c); return false })
				second := newWire(t, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
				r := newRig(t, loops)
				targets := []*core.Target{target(t, "p0", first.base)}
				targets[0].Waits = row.waits
				if row.second {
					targets = append(targets, target(t, "p1", second.base))
				}
				r.swap(targets)
				start := time.Now()
				ask := chat
				if row.stream {
					ask = askForStream
				}
				status, got, err := r.send("POST", strings.NewReader(ask))
				if took := time.Since(start); took < brief*8/10 || took > ample {
					t.Errorf("%s: took %v; want about %v", row.name, took, brief)
				}
				if status != row.status || !strings.Contains(got, row.has) || row.not != "" && strings.Contains(got, row.not) || (err != nil) != row.cut {
					t.Errorf("%s: got %d %q, %v", row.name, status, got, err)
				}
				if rec := r.record(); rec.Fault != row.fault {
					t.Errorf("%s: got fault %v; want %v", row.name, rec.Fault, row.fault)
				}
				if n := first.asked.Load(); n != 1 {
					t.Errorf("%s: was asked %d times", row.name, n)
				}
			})
		}
	})
}

// TestSlowClientIsCut checks that a client that stops reading frees its
// provider when WriteWait is over.
func TestSlowClientIsCut(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		ended := make(chan error, 1)
		w := newWire(t, func(c net.Conn, n int64, q *http.Request) bool {
			_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			chunk := fmt.Sprintf("10000\r\n%s\r\n", strings.Repeat("x", 1<<16))
			for err == nil {
				c.SetWriteDeadline(time.Now().Add(2 * ample))
				_, err = io.WriteString(c, chunk)
			}
			ended <- err
			return false
		})
		r := wireRig(t, loops, w)
		r.limit(func(l *core.Limits) { l.WriteWait = 2 * brief })
		c := r.dial()
		io.WriteString(c, goodPost)
		bufio.NewReader(c).ReadString('\n')
		start := time.Now()
		if err := <-ended; time.Since(start) > ample {
			t.Errorf("the provider was cut after %v: %v", time.Since(start), err)
		}
		if rec := r.record(); rec.Fault != core.ClientSlow {
			t.Errorf("got fault %v; want %v", rec.Fault, core.ClientSlow)
		}
	})
}

// An answer that comes whole may be thought about for minutes before there is a head; no other
// head takes that long, and no request that the provider does not take.
func TestSilence(t *testing.T) {
	f := func(op core.Op, stream, sent bool, waits core.Waits, want time.Duration) {
		t.Helper()
		var fl flight
		fl.target, fl.sent = &core.Target{Waits: waits}, sent
		fl.x.Op, fl.x.Peek.Stream = op, stream
		if got := fl.silence(); got != want {
			t.Errorf("%v, a stream: %v, sent: %v: %v, want %v", op, stream, sent, got, want)
		}
	}
	waits := core.Waits{Header: time.Second, Answer: time.Minute}
	for _, op := range []core.Op{core.OpChat, core.OpCompletion, core.OpResponses, core.OpInvoke, core.OpPass} {
		f(op, false, true, waits, time.Minute)
		f(op, true, true, waits, time.Second)
		f(op, false, false, waits, time.Second)
	}
	for _, op := range []core.Op{core.OpEmbed, core.OpRerank, core.OpCount, core.OpRealtime} {
		f(op, false, true, waits, time.Second)
	}
	f(core.OpChat, false, true, core.Waits{}, defaultAnswer)
	f(core.OpChat, true, true, core.Waits{}, defaultHeader)
}

// Who waited in vain for an answer that comes whole is told what to have raised.
func TestLonger(t *testing.T) {
	f := func(op core.Op, waits core.Waits, due core.Due, want string) {
		t.Helper()
		var fl flight
		fl.target, fl.x.Op, fl.x.Start, fl.x.Due = &core.Target{Waits: waits}, op, 1, due
		if got := fl.longer("p"); got != want {
			t.Errorf("%v, %+v: %s", op, waits, got)
		}
	}
	f(core.OpChat, core.Waits{}, core.Due{}, "try again with stream: true, have answer_timeout of provider p raised, or add a fallback to the model")
	f(core.OpPass, core.Waits{}, core.Due{}, "try again, have answer_timeout of provider p raised, or add a fallback to the model")
	f(core.OpChat, core.Waits{Total: 1}, core.Due{}, "try again with stream: true, or have total_timeout of provider p raised")
	f(core.OpPass, core.Waits{Total: 1}, core.Due{}, "try again, or have total_timeout of provider p raised")
	f(core.OpChat, core.Waits{}, core.Due{Total: 1}, "try again with stream: true, or allow more in x-latency-budget")
}
