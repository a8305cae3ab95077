package openai

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
)

// A chunk as OpenAI sends it, about 300 bytes.
const chunk = `{"id":"chatcmpl-CExample0123456789abcdefghijk","object":"chat.completion.chunk","created":1763720000,` +
	`"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_0123456789","choices":[{"index":0,` +
	`"delta":{"content":" world"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"a1B2c3D4e5"}`

// chatBody is a conversation of about size bytes with the model last.
func chatBody(size int) []byte {
	var b strings.Builder
	b.WriteString(`{"messages":[{"role":"system","content":"You are a helpful assistant."}`)
	for i := 0; b.Len() < size-120; i++ {
		fmt.Fprintf(&b, `,{"role":"user","content":"Message %d: tell me about bridges, their builders and \"the river\" below.\nIn a few words, if you please, and without a list of figures."}`, i)
	}
	b.WriteString(`],"temperature":0.7,"max_tokens":256,"stream":true,"user":"u-1","model":"openai/gpt-4o-mini"}`)
	return []byte(b.String())
}

func BenchmarkPeek(b *testing.B) {
	for _, size := range []int{1500, 10_000, 50_000} {
		body := chatBody(size)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var p core.Peek
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if f := fields.Peek(body, core.OpChat, &p); f != nil {
					b.Fatal(f)
				}
			}
		})
	}
}

func BenchmarkAppendBody(b *testing.B) {
	body := chatBody(1500)
	var p core.Peek
	if f := fields.Peek(body, core.OpChat, &p); f != nil {
		b.Fatal(f)
	}
	t := &core.Face{AskUsage: true}
	dst, model := make([]byte, 0, 4096), []byte("gpt-4o-mini")
	b.ReportAllocs()
	for b.Loop() {
		dst = API.AppendBody(dst[:0], body, core.OpChat, &p, core.Send{Face: t, Model: model})
	}
}

func BenchmarkReadEvent(b *testing.B) {
	var st core.StreamState
	data := []byte(chunk)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		readEvent(data, &st)
	}
}
