//go:build linux

package hotpath

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// What it costs to lend a connection for an exchange that may be hedged, and to get it back.
func BenchmarkLend(b *testing.B) {
	ask := []byte("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Api-Key: " + testKey + "\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(chat)) + "\r\n\r\n" + chat)
	for _, row := range []struct {
		name  string
		loops int
		lent  bool
	}{{"loop", 1, false}, {"goroutine", -1, false}, {"lent", 1, true}} {
		b.Run(row.name, func(b *testing.B) {
			w := newWire(b, func(c net.Conn, n int64, q *http.Request) bool { io.WriteString(c, okReply); return true })
			r := wireRig(b, row.loops, w)
			if row.lent {
				r.waits()
			}
			c, err := net.Dial("tcp", r.addr)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			in := make([]byte, 4096)
			for b.Loop() {
				c.Write(ask)
				for have := 0; !bytes.HasSuffix(in[:have], []byte("\r\n\r\nok")); {
					n, err := c.Read(in[have:])
					if err != nil {
						b.Fatal(err)
					}
					have += n
				}
			}
		})
	}
}
