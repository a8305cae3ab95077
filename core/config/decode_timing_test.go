package config

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkDecode(b *testing.B) {
	env := testEnv("OPENAI_API_KEY=k", "MISTRAL_API_KEY=k")
	for _, n := range []int{1, 1000, 20000} {
		var doc strings.Builder
		doc.WriteString(seeds)
		for i := range n {
			fmt.Fprintf(&doc, "  - {name: caller-%d, key: vk-%032d, allowed_models: [fast-cheap]}\n", i, i)
		}
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			b.SetBytes(int64(doc.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if d, problems := Decode("t.yaml", []byte(doc.String()), env); d == nil {
					b.Fatal(text(problems))
				}
			}
		})
	}
}
