package http1

import (
	"errors"
	"testing"
)

// refused parses raw at every prefix and wants the same refusal as soon as it
// comes, and no acceptance before it.
func refused(t *testing.T, raw string, want fault) {
	t.Helper()
	var r Request
	n, err := ParseRequest([]byte(raw), &r)
	if n != 0 || !errors.Is(err, &requestRefusals[want]) {
		t.Errorf("%.200q: got n=%d err=%v, want %q", raw, n, err, requestRefusals[want].Reason)
		return
	}
	prefixes(t, raw)
}

// prefixes checks that what a prefix says, its continuations say too.
func prefixes(t *testing.T, raw string) {
	t.Helper()
	var r Request
	whole, wholeErr := ParseRequest([]byte(raw), &r)
	for i := 0; i < len(raw); i += 1 + len(raw)/1500 {
		n, err := ParseRequest([]byte(raw[:i]), &r)
		if err != nil && err != wholeErr || n != 0 && n != whole || err == nil && n == 0 && whole > 0 && i >= whole {
			t.Errorf("%.200q: prefix of %d bytes gave (%d, %v), the whole (%d, %v)", raw, i, n, err, whole, wholeErr)
			return
		}
	}
}

// parsed parses raw, which must be a whole head.
func parsed(t *testing.T, raw string) *Request {
	t.Helper()
	r := new(Request)
	n, err := ParseRequest([]byte(raw), r)
	if n != len(raw) || err != nil || r.HeadLen != n {
		t.Fatalf("%.200q: got n=%d err=%v, want n=%d", raw, n, err, len(raw))
	}
	prefixes(t, raw+"trailing bytes")
	return r
}

const get = "GET /v1/echo HTTP/1.1\r\nHost: gw.test\r\n"

func TestRequestParts(t *testing.T) {
	raw := "POST /v1/chat/completions?a=1?b HTTP/1.1\r\nHost: gw.test:8080\r\ncOnTeNt-lEnGtH:  42 \t\r\n" +
		"X-Empty:\r\nX-Empty: second\r\nX_Api_Key: k\r\nAuthorization: Bearer x y\r\n\r\n"
	r, buf := parsed(t, raw), []byte(raw)
	f := func(got []byte, want string) {
		t.Helper()
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(r.Method.Of(buf), "POST")
	f(r.Target.Of(buf), "/v1/chat/completions?a=1?b")
	f(r.Path.Of(buf), "/v1/chat/completions")
	f(r.Query.Of(buf), "a=1?b")
	f(r.Value(buf, Host), "gw.test:8080")
	f(r.Value(buf, ContentLength), "42")
	f(r.Value(buf, Authorization), "Bearer x y")
	f(r.Fields[2].Name.Of(buf), "X-Empty")
	f(r.Fields[2].Value.Of(buf), "")
	if r.N != 6 || r.ContentLength != 42 || r.Minor != 1 || r.Chunked || r.Close || r.Expect100 || r.Upgrade {
		t.Errorf("got %+v", r)
	}
	if r.Fields[4].ID != Underscore || r.At[XAPIKey] != 0 {
		t.Error("an underscore name passed for another field")
	}
	if r.Value(buf, Cookie) != nil {
		t.Error("an absent field has a value")
	}
}
