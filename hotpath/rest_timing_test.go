//go:build linux

package hotpath

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"
)

// How soon a loop hears of a request when it is parked and the other one lingers: the thread that
// waited for both in the runtime's poller is the other one's by then.
func BenchmarkParkedBesideLingering(b *testing.B) {
	ask := []byte("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Api-Key: " + testKey + "\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(chat)) + "\r\n\r\n" + chat)
	w := newWire(b, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
	r := wireRig(b, 2, w)
	in := make([]byte, 4096)
	var cs [2]net.Conn // one of each loop
	once := func(c net.Conn) {
		c.Write(ask)
		for have := 0; !bytes.HasSuffix(in[:have], []byte("\r\n\r\nok")); {
			n, err := c.Read(in[have:])
			if err != nil {
				b.Fatal(err)
			}
			have += n
		}
	}
	for i := range cs {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		once(c)
		cs[i] = c
	}
	var took []time.Duration
	for b.Loop() {
		time.Sleep(2 * lingerMillis * time.Millisecond) // both park
		once(cs[0])
		began := time.Now()
		once(cs[1])
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds()), "p90-µs")
}
