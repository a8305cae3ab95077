package sigv4

import (
	"testing"
	"time"

	"asbru/core"
)

func BenchmarkSigner(b *testing.B) {
	s := NewSigner("bedrock", "us-east-1")
	o := &core.Outgoing{
		Method: []byte("POST"), Path: []byte("/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"),
		Host: []byte("bedrock-runtime.us-east-1.amazonaws.com"), Type: []byte("application/json"), Body: make([]byte, 1500),
	}
	buf, now := make([]byte, 0, 4096), time.Unix(1787187723, 0)
	b.ReportAllocs()
	for b.Loop() {
		s.Append(buf, o, example, now)
	}
}
