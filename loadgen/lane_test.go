package loadgen

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// bothLanes runs a test on the platform's lane and on the portable one.
func bothLanes(t *testing.T, f func(t *testing.T, portable bool)) {
	t.Run("native", func(t *testing.T) { f(t, false) })
	t.Run("portable", func(t *testing.T) { f(t, true) })
}

// fire sends one volley to a server of its own.
func fire(t *testing.T, portable bool, answer script, v volley) *tally {
	t.Helper()
	noLeaks(t)
	to, err := aim("server", serve(t, answer), false)
	if err != nil {
		t.Fatal(err)
	}
	to.request = ask{method: "POST", path: "/p", body: []byte("{}")}.render(to)
	var stop atomic.Bool
	f, err := openFleet(1, portable, &stop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	v.target = to
	if v.timeout == 0 {
		v.timeout = 20 * time.Second
	}
	v.drain = v.timeout
	total, _, _, err := f.fire(v)
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// expect compares what a tally counted.
func expect(t *testing.T, got *tally, sent, ok, failed uint64) {
	t.Helper()
	if got.sent != sent || got.ok != ok || got.failures() != failed {
		t.Errorf("sent %d ok %d failed %d, want %d %d %d; reasons %v", got.sent, got.ok, got.failures(), sent, ok, failed, got.reasons())
	}
}

var paced = volley{pace: pace{rate: 800}, length: 50 * time.Millisecond, conns: 16}

func TestOpenLoop(t *testing.T) {
	bothLanes(t, func(t *testing.T, portable bool) {
		ended := 0
		v := paced
		v.atEnd = func() { ended++ }
		got := fire(t, portable, func(c net.Conn, _ string, body []byte) bool {
			return string(body) == "{}" && say(c, 200, "12345")
		}, v)
		expect(t, got, 40, 40, 0)
		if got.bytes != 200 || got.latency.n != 40 || got.first.n != 40 || got.latency.min <= 0 || ended != 1 {
			t.Errorf("bytes %d latencies %d first %d min %d ends %d", got.bytes, got.latency.n, got.first.n, got.latency.min, ended)
		}
	})
}

// A server that stands still for a moment must show in the latency of every
// request that was due meanwhile, though only one of them met it.
func TestLatencyCountsFromTheSchedule(t *testing.T) {
	bothLanes(t, func(t *testing.T, portable bool) {
		var n atomic.Int32
		v := volley{pace: pace{rate: 100}, length: 300 * time.Millisecond, conns: 1}
		got := fire(t, portable, func(c net.Conn, _ string, _ []byte) bool {
			if n.Add(1) == 1 {
				time.Sleep(300 * time.Millisecond)
			}
			return say(c, 200, "")
		}, v)
		expect(t, got, 30, 30, 0)
		if p50 := time.Duration(got.latency.quantile(0.5)); p50 < 100*time.Millisecond {
			t.Errorf("p50 is %v; half of the requests were due 150ms and more before the server went on", p50)
		}
	})
}

func TestClosedLoop(t *testing.T) {
	bothLanes(t, func(t *testing.T, portable bool) {
		answer := func(c net.Conn, _ string, _ []byte) bool { return say(c, 200, "x") }
		got := fire(t, portable, answer, volley{length: 5 * time.Second, conns: 4, limit: 200})
		expect(t, got, 200, 200, 0)
		got = fire(t, portable, answer, volley{length: 100 * time.Millisecond, conns: 4, limit: 1e6})
		if got.ok == 0 || got.ok != got.sent || got.inTime > got.ok {
			t.Errorf("sent %d ok %d in time %d", got.sent, got.ok, got.inTime)
		}
	})
}

func TestRepliesOfEveryFraming(t *testing.T) {
	for name, answer := range map[string]script{
		"close each": func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
			return false
		},
		"until close": func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nok")
			return false
		},
		"stale": func(c net.Conn, _ string, _ []byte) bool { // says keep-alive and closes
			say(c, 200, "ok")
			return false
		},
		"chunks": func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, streamHead)
			return chunk(c, "o") && chunk(c, "k") && chunk(c, "")
		},
		"interim": func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			return say(c, 200, "ok")
		},
		"slow head": func(c net.Conn, _ string, _ []byte) bool {
			for _, part := range []string{"HTTP/1.1 200", " OK\r\nContent-", "Length: 2\r\n\r", "\no", "k"} {
				io.WriteString(c, part)
				time.Sleep(time.Millisecond)
			}
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			bothLanes(t, func(t *testing.T, portable bool) {
				got := fire(t, portable, answer, paced)
				expect(t, got, 40, 40, 0)
				if got.bytes != 80 {
					t.Errorf("bytes %d, want 80", got.bytes)
				}
			})
		})
	}
}

func TestFailuresAreNamed(t *testing.T) {
	for want, answer := range map[string]script{
		"status 503": func(c net.Conn, _ string, _ []byte) bool { return say(c, 503, "busy") },
		"closed":     func(net.Conn, string, []byte) bool { return false },
		"cut": func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
			return false
		},
		"malformed": func(c net.Conn, _ string, _ []byte) bool {
			_, err := io.WriteString(c, "SSH-2.0-OpenSSH_9\r\n\r\n")
			return err == nil
		},
		"timeout": func(net.Conn, string, []byte) bool { return true },
	} {
		t.Run(want, func(t *testing.T) {
			bothLanes(t, func(t *testing.T, portable bool) {
				v := paced
				v.conns = 64
				if want == "timeout" {
					v.timeout = 150 * time.Millisecond
				}
				got := fire(t, portable, answer, v)
				expect(t, got, 40, 0, 40)
				if r := got.reasons(); len(r) != 1 || r[0].Kind != want {
					t.Errorf("reasons %v, want %s", r, want)
				}
			})
		})
	}
}

func TestStreams(t *testing.T) {
	k := newClock()
	bothLanes(t, func(t *testing.T, portable bool) {
		v := volley{pace: pace{rate: 50}, length: 200 * time.Millisecond, conns: 16, stream: true}
		got := fire(t, portable, func(c net.Conn, _ string, _ []byte) bool { return sayStream(c, k, 3, 5*time.Millisecond) }, v)
		expect(t, got, 10, 10, 0)
		if got.content.n != 10 || got.content.min < int64(5*time.Millisecond) || got.first.quantile(0.5) > got.content.quantile(0.5) {
			t.Errorf("%d first contents, the earliest after %d ns", got.content.n, got.content.min)
		}
		if _, ok := monotonic(); ok && (got.relay.n != 30 || got.insane != 0 || got.relay.max > int64(10*time.Second)) {
			t.Errorf("%d relay delays up to %d ns, %d insane; want 30", got.relay.n, got.relay.max, got.insane)
		}
	})
}

func TestStreamWithoutItsEnd(t *testing.T) {
	bothLanes(t, func(t *testing.T, portable bool) {
		v := paced
		v.stream = true
		got := fire(t, portable, func(c net.Conn, _ string, _ []byte) bool {
			io.WriteString(c, streamHead)
			return chunk(c, "data: {}\n\n") && chunk(c, "")
		}, v)
		expect(t, got, 40, 0, 40)
		if got.failed[kindUnfinished] != 40 {
			t.Errorf("reasons %v, want unfinished", got.reasons())
		}
	})
}

// Held streams are open together, none of them is a failure when the hold is
// over, and a stop does not wait for them.
func TestHold(t *testing.T) {
	k := newClock()
	bothLanes(t, func(t *testing.T, portable bool) {
		noLeaks(t)
		to, err := aim("server", serve(t, func(c net.Conn, _ string, _ []byte) bool { return sayStream(c, k, 1000, 100*time.Millisecond) }), false)
		if err != nil {
			t.Fatal(err)
		}
		to.request = ask{method: "POST", path: "/p", body: []byte("{}")}.render(to)
		var stop atomic.Bool
		f, err := openFleet(1, portable, &stop)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		most := 0
		v := volley{target: to, pace: pace{rate: 500}, length: 100 * time.Millisecond, conns: 50, stream: true, hold: true, timeout: time.Minute, drain: time.Minute}
		v.tick = func(open int) {
			most = max(most, open)
			stop.Store(open == 50)
		}
		begun := time.Now()
		got, _, _, err := f.fire(v)
		if err != nil || got.failures() != 0 || most != 50 || got.sent != 50 || time.Since(begun) > 30*time.Second {
			t.Errorf("%v, %d sent, %d open, failures %v, after %v; want 50 streams held", err, got.sent, most, got.reasons(), time.Since(begun))
		}
	})
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + l.Addr().String()
	l.Close()
	bothLanes(t, func(t *testing.T, portable bool) {
		noLeaks(t)
		to, err := aim("gone", gone, false)
		if err != nil {
			t.Fatal(err)
		}
		var stop atomic.Bool
		f, err := openFleet(1, portable, &stop)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		for _, v := range []volley{
			{target: to, pace: pace{rate: 100}, length: 100 * time.Millisecond, conns: 4, timeout: time.Second},
			{target: to, length: 250 * time.Millisecond, conns: 2, limit: 1000, timeout: time.Second},
		} {
			got, _, _, err := f.fire(v)
			if err != nil || got.ok != 0 || got.failed[kindConnect] == 0 || got.failures() > 100 {
				t.Errorf("err %v, %d ok, reasons %v; want a few failed connects", err, got.ok, got.reasons())
			}
		}
	})
}

func TestTwoLanesShareTheLoad(t *testing.T) {
	noLeaks(t)
	to, err := aim("server", serve(t, func(c net.Conn, _ string, _ []byte) bool { return say(c, 200, strings.Repeat("y", 100_000)) }), false)
	if err != nil {
		t.Fatal(err)
	}
	to.request = ask{method: "POST", path: "/p", body: make([]byte, 300_000)}.render(to)
	var stop atomic.Bool
	f, err := openFleet(2, false, &stop)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	v := paced
	v.target, v.timeout, v.drain = to, 20*time.Second, 20*time.Second
	got, _, _, err := f.fire(v)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, got, 40, 40, 0)
}

func TestStopEndsAShot(t *testing.T) {
	bothLanes(t, func(t *testing.T, portable bool) {
		noLeaks(t)
		to, err := aim("server", serve(t, func(c net.Conn, _ string, _ []byte) bool { return say(c, 200, "") }), false)
		if err != nil {
			t.Fatal(err)
		}
		to.request = ask{method: "GET", path: "/"}.render(to)
		var stop atomic.Bool
		f, err := openFleet(1, portable, &stop)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		timer := time.AfterFunc(100*time.Millisecond, func() { stop.Store(true) })
		defer timer.Stop()
		begun := time.Now()
		got, _, _, err := f.fire(volley{target: to, pace: pace{rate: 100}, length: time.Minute, conns: 4, timeout: time.Minute, drain: time.Minute})
		if err != nil || got.failures() != 0 || time.Since(begun) > 20*time.Second {
			t.Errorf("err %v, reasons %v after %v", err, got.reasons(), time.Since(begun))
		}
	})
}
