//go:build !race

package loadgen

import (
	"testing"
	"time"
)

// What runs while a window is open allocates nothing: a collection would be
// measured as the server's latency.
func TestNothingIsAllocatedInAWindow(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		run()
		if n := testing.AllocsPerRun(200, run); n != 0 {
			t.Errorf("%s: %g allocations, want 0", name, n)
		}
	}
	var total tally
	var r reply
	unary := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nok")
	f("a reply", func() {
		r.begin(0, false)
		if done, err := r.feed(unary, 1000, &total); !done || err != nil {
			t.Fatal(done, err)
		}
		total.replied(&r, 1000, 2000)
	})
	head := []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	event := []byte("2b\r\n" + `data: {"content":"a","sent_ns":"12345678"}` + "\n\r\n")
	r.begin(0, true)
	if _, err := r.feed(head, 1000, &total); err != nil {
		t.Fatal(err)
	}
	f("a chunk", func() {
		if _, err := r.feed(event, 20_000_000, &total); err != nil {
			t.Fatal(err)
		}
	})
	if total.relay.n == 0 {
		t.Error("no stamp was read")
	}
	a := newArrivals(pace{rate: 1e6, poisson: true}, 0, time.Hour, 0, 1)
	f("a moment", func() { a.next() })
}
