package frame

import (
	"bytes"
	"testing"
)

var chunk = []byte(`data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1795262400,` +
	`"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}` + "\n\n")

func BenchmarkCutter(b *testing.B) {
	f := func(name string, src []byte) {
		b.Run(name, func(b *testing.B) {
			var c Cutter
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := src; ; {
					raw, _, n, _ := c.Next(rest)
					if rest = rest[n:]; raw == nil {
						break
					}
				}
			}
		})
	}
	f("one", chunk)
	f("64", bytes.Repeat(chunk, 64))
	f("named", append([]byte("event: content_block_delta\n"), chunk...))
}

func BenchmarkMessageCutter(b *testing.B) {
	src := bytes.Repeat(messages(), 16)
	var c MessageCutter
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		for rest := src; ; {
			raw, _, n, _ := c.Next(rest)
			if rest = rest[n:]; raw == nil {
				break
			}
		}
	}
}
