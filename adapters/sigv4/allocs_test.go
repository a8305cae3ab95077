//go:build !race

package sigv4

import (
	"testing"
	"time"

	"asbru/core"
)

func TestNothingAllocated(t *testing.T) {
	s := NewSigner("bedrock", "us-east-1")
	o := &core.Outgoing{
		Method: []byte("POST"), Path: []byte("/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"),
		Host: []byte("bedrock-runtime.us-east-1.amazonaws.com"), Type: []byte("application/json"), Body: make([]byte, 1500),
	}
	cred := Credential{ID: "AKIDEXAMPLE", Secret: exampleSecret, Session: "token"}
	buf, now := make([]byte, 0, 4096), time.Unix(1787187723, 0)
	if n := testing.AllocsPerRun(100, func() {
		if len(s.Append(buf, o, cred, now)) < 200 {
			t.Error("nothing was signed")
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
