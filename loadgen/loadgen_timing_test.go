package loadgen

import (
	"bytes"
	"fmt"
	"testing"
)

func BenchmarkReply(b *testing.B) {
	for _, size := range []int{1500, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			raw := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size, bytes.Repeat([]byte("x"), size))
			var t tally
			var r reply
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				r.begin(0, false)
				if done, err := r.feed(raw, 1000, &t); !done || err != nil {
					b.Fatal(done, err)
				}
			}
		})
	}
}

func BenchmarkChunk(b *testing.B) {
	event := `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a rope "}}],"sent_ns":"12345678"}` + "\n\n"
	raw := fmt.Appendf(nil, "%x\r\n%s\r\n", len(event), event)
	var t tally
	var r reply
	r.begin(0, true)
	if _, err := r.feed([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), 1, &t); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.feed(raw, 20_000_000, &t); err != nil {
			b.Fatal(err)
		}
	}
}
