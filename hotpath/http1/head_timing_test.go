package http1

import (
	"bytes"
	"testing"
)

// typicalRequest is what an SDK sends, in size and shape.
var typicalRequest = []byte("POST /v1/chat/completions HTTP/1.1\r\n" +
	"Host: gateway.example.com\r\n" +
	"Accept: application/json\r\n" +
	"Accept-Encoding: gzip, deflate\r\n" +
	"Connection: keep-alive\r\n" +
	"User-Agent: OpenAI/Python 1.109.1\r\n" +
	"Content-Type: application/json\r\n" +
	"Authorization: Bearer vk-0123456789abcdef0123456789abcdef0123456789abcdef\r\n" +
	"X-Stainless-Lang: python\r\n" +
	"X-Stainless-Package-Version: 1.109.1\r\n" +
	"Content-Length: 1536\r\n\r\n")

// typicalReply is what a provider behind a CDN answers.
var typicalReply = []byte("HTTP/1.1 200 OK\r\n" +
	"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n" +
	"Content-Type: text/event-stream; charset=utf-8\r\n" +
	"Transfer-Encoding: chunked\r\n" +
	"Connection: keep-alive\r\n" +
	"openai-organization: org-example\r\n" +
	"openai-processing-ms: 412\r\n" +
	"openai-version: 2020-10-01\r\n" +
	"x-ratelimit-limit-requests: 10000\r\n" +
	"x-ratelimit-remaining-requests: 9999\r\n" +
	"x-request-id: req_0123456789abcdef0123456789abcdef\r\n" +
	"Server: cloudflare\r\n\r\n")

func BenchmarkParseRequest(b *testing.B) {
	var r Request
	b.SetBytes(int64(len(typicalRequest)))
	b.ReportAllocs()
	for b.Loop() {
		ParseRequest(typicalRequest, &r)
	}
}

func BenchmarkParseReply(b *testing.B) {
	var r Reply
	b.SetBytes(int64(len(typicalReply)))
	b.ReportAllocs()
	for b.Loop() {
		ParseReply(typicalReply, &r)
	}
}

func BenchmarkPathClean(b *testing.B) {
	path := []byte("/v1/chat/completions")
	for b.Loop() {
		PathClean(path)
	}
}

func BenchmarkChunks(b *testing.B) {
	f := func(name string, size int) {
		b.Run(name, func(b *testing.B) {
			var src []byte
			for range 16 {
				src = appendChunkSize(src, uint64(size))
				src = append(append(src, bytes.Repeat([]byte("x"), size)...), "\r\n"...)
			}
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				var c Chunks
				for rest := src; len(rest) > 0; {
					_, n, _, _ := c.Next(rest)
					rest = rest[n:]
				}
			}
		})
	}
	f("16x200", 200)
	f("16x8192", 8192)
}
