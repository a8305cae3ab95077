package canon_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/cache/canon"
	"asbru/core"
)

func talk(n int) []byte {
	return []byte(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"` +
		strings.Repeat("All work and no play makes Jack a dull boy. ", n/44) + `"}],"temperature":0.7,"max_tokens":500,"stream":true}`)
}

func BenchmarkForm(b *testing.B) {
	for name, body := range map[string][]byte{"1500": talk(1360), "2048": talk(1900)} {
		b.Run(name, func(b *testing.B) {
			c := core.NewChat()
			var w canon.Writer
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				c.Reset()
				if f := openai.API.Chats[core.OpChat].ParseRequest(c, body); f != nil {
					b.Fatal(f)
				}
				w.Reset()
				w.Chat(c)
				sum = sha256.Sum256(w.Bytes())
			}
		})
	}
}

var sum [32]byte
