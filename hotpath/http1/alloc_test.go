//go:build !race

package http1

import "testing"

func TestNothingAllocated(t *testing.T) {
	f := func(what string, do func()) {
		t.Helper()
		if n := testing.AllocsPerRun(100, do); n != 0 {
			t.Errorf("%s: %v allocations, want 0", what, n)
		}
	}
	var req Request
	var rep Reply
	bad := []byte("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")
	body := []byte("5\r\nhello\r\n0\r\n\r\n")
	dst := make([]byte, 0, 64)
	f("a request", func() { ParseRequest(typicalRequest, &req) })
	f("a refusal", func() { ParseRequest(bad, &req) })
	f("a reply", func() { ParseReply(typicalReply, &rep) })
	f("a path", func() { PathClean([]byte("/v1/chat%20completions")) })
	f("a chunked body", func() {
		c := Chunks{Strict: true}
		for rest := body; len(rest) > 0; {
			_, n, _, _ := c.Next(rest)
			rest = rest[n:]
		}
	})
	f("appending", func() { AppendUint(appendChunkSize(dst, 1<<40), 1<<63) })
	if req.N == 0 || rep.N == 0 {
		t.Error("the samples were not read")
	}
}
