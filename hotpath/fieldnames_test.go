package hotpath

import (
	"testing"

	"asbru/core"
	"asbru/hotpath/http1"
)

// The names of a head meet those it has, in any case, and few others.
func TestFieldNames(t *testing.T) {
	f := func(lines string, name string, want bool) {
		t.Helper()
		var r http1.Request
		head := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n")
		if n, err := http1.ParseRequest(head, &r); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		h := &fields{&r, &flight{buf: head, head: len(head)}}
		if got := h.Names().Meets(core.NamesOf(name)); got != want {
			t.Errorf("%q meets %s: %v", lines, name, got)
		}
	}
	const common = "User-Agent: a\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: 7\r\nAuthorization: Bearer a\r\n" +
		"Connection: keep-alive\r\nX-Stainless-Lang: go\r\nX-Request-Id: 7\r\nX-Forwarded-For: ::1\r\nTraceparent: a\r\nIdempotency-Key: k\r\nOrigin: a\r\nTE: x\r\nA: b\r\n"
	for _, name := range []string{"x-bf-", "x-cache-feedback", "anthropic-beta", "openai-beta"} {
		f("", name, false)
		f(common, name, false)
	}
	f(common+"X-BF-Cache-Ttl: 3\r\n", "x-bf-", true)
	f("x-bf-cache-key: 3\r\n"+common, "x-bf-", true)
	f("X-Cache-Feedback: wrong\r\n", "x-cache-feedback", true)
	f("Anthropic-Beta: b\r\n", "anthropic-beta", true)
	f("anthropic-version: b\r\n", "anthropic-beta", true) // which takes a closer look
	f("OpenAI-Beta: b\r\n", "openai-beta", true)
}
