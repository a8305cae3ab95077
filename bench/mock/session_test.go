package mock

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestParseHead(t *testing.T) {
	f := func(raw string, want error) {
		t.Helper()
		raw = strings.ReplaceAll(raw, "|", "\r\n") + "\r\n\r\n"
		if _, err := parseHead([]byte(raw)); err != want {
			t.Errorf("%q: got %v, want %v", raw, err, want)
		}
	}
	f("POST /v1/x HTTP/1.1|Host: a", nil)
	f("POST /v1/x HTTP/1.1|host:a|X:", nil)
	f("GET http://a/v1 HTTP/1.1|Host: a|Content-Length: 0|Content-Length: 0", nil)
	f("GET / HTTP/1.0", nil)
	f("GET / HTTP/1.1", errHeadHost)
	f("GET / HTTP/1.1|Host: a|Host: a", errHeadHost)
	f("GET  / HTTP/1.1|Host: a", errHeadSyntax)
	f("GET / HTTP/1.1 |Host: a", errHeadSyntax)
	f("GET /\x01 HTTP/1.1|Host: a", errHeadSyntax)
	f("GET / HTTP/2.0|Host: a", errHeadVersion)
	f("G(T / HTTP/1.1|Host: a", errHeadSyntax)
	f("GET / HTTP/1.1|Host : a", errHeadSyntax)
	f("GET / HTTP/1.1|Host: a| folded", errHeadSyntax)
	f("GET / HTTP/1.1|Host: a\nX: b", errHeadSyntax)
	f("GET / HTTP/1.1|Host: a\rX", errHeadSyntax)
	f("GET / HTTP/1.1|Host: a|X: a\x00b", errHeadSyntax)
	f("GET / HTTP/1.1|Host: a|Content-Length: +1", errHeadLength)
	f("GET / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2", errHeadLength)
	f("GET / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: chunked", errHeadLength)
	f("GET / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked", errHeadCoding)
	f("GET / HTTP/1.0|Transfer-Encoding: chunked", errHeadCoding)
	f("GET / HTTP/1.1|Host: a"+strings.Repeat("|X: y", maxFields), errHeadLarge)
}

// TestSplit cuts pipelined requests, of all framings, in pieces of every size:
// the answers must not depend on where the reads ended.
func TestSplit(t *testing.T) {
	raw := chat("mock-tokens-3", true) +
		"\r\n" + // tolerated between requests
		"POST /v1/chat/completions HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"5;x=y\r\n{\"mod\r\n0011\r\nel\":\"a\\\"b\\u0041c\"\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n" +
		request("/v1/embeddings", `{"input":["x","yy"],"dimensions":3,"model":"e","encoding_format":"base64"}`) +
		request("/v1/files", "any \xff bytes") +
		request("/v1/messages", `{"stream":true,"tools":[{"name":"abc"}],"model":"mock-tool"}`) +
		"GET /v1/models HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\nnot read"
	want, s := offline(t, Options{}, raw, len(raw))
	if s.phase != ended || s.ending != endClose || strings.Count(want, "HTTP/1.1 200 OK\r\n") != 6 {
		t.Fatalf("got phase %d and %q", s.phase, want)
	}
	if !strings.Contains(want, `"model":"a\"b\u0041c"`) {
		t.Error("the model name lost its escapes")
	}
	for piece := 1; piece < len(raw); piece++ {
		if got, _ := offline(t, Options{}, raw, piece); got != want {
			t.Fatalf("in pieces of %d bytes: got %q, want %q", piece, got, want)
		}
	}
}

func TestRefuse(t *testing.T) {
	f := func(raw string, status int) {
		t.Helper()
		out, s := offline(t, Options{}, raw, 1000)
		if !strings.HasPrefix(out, fmt.Sprintf("HTTP/1.1 %d ", status)) || s.ending != endLinger ||
			!strings.Contains(out, "Connection: close") {
			t.Errorf("%.60q: got %q, ending %d; want %d and a lingering close", raw, out, s.ending, status)
		}
	}
	f("nonsense\r\n\r\n", 400)
	f("GET / HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", maxHead)+"\r\n\r\n", 431)
	f("GET / HTTP/3.0\r\n\r\n", 505)
	f("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br\r\n\r\n", 501)
	f(fmt.Sprintf("POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", maxBody+1), 413)
	chunked := "POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	f(chunked+"x\r\n", 400)
	f(chunked+"\r\n", 400)
	f(chunked+"1\n", 400)
	f(chunked+"1\r\nab", 400)
	f(chunked+"ffffffffff\r\n", 413)
	f(chunked+"0\r\n"+strings.Repeat("a", maxTrailer+1), 400)
}

func TestVersionsAndMethods(t *testing.T) {
	out, s := offline(t, Options{}, strings.Replace(chat("m", true), "HTTP/1.1", "HTTP/1.0", 1), 1000)
	if strings.Contains(out, "chunked") || s.phase != ended || !strings.HasSuffix(out, "data: [DONE]\n\n") {
		t.Errorf("a stream over HTTP/1.0: %q", out)
	}
	out, s = offline(t, Options{}, "GET /v1/models HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 1000)
	if s.phase != readHead || !strings.Contains(out, "Connection: keep-alive\r\n") {
		t.Errorf("keep-alive over HTTP/1.0: %q", out)
	}
	out, _ = offline(t, Options{}, "HEAD /v1/models HTTP/1.1\r\nHost: m\r\n\r\n", 1000)
	if !strings.HasSuffix(out, "\r\n\r\n") || !strings.Contains(out, fmt.Sprintf("Content-Length: %d\r\n", len(modelsBody))) {
		t.Errorf("HEAD: %q", out)
	}
	head, body, _ := strings.Cut(chat("m", false), "\r\n\r\n")
	head += "\r\nExpect: 100-continue\r\n\r\n"
	out, _ = offline(t, Options{}, head+body, len(head))
	if !strings.HasPrefix(out, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n") {
		t.Errorf("Expect: %q", out)
	}
}

// FuzzSession feeds bytes whole and in pieces: the answers must agree, and what
// is accepted as a request head net/http must accept too.
func FuzzSession(f *testing.F) {
	f.Add([]byte(chat("mock-tool+tokens-3", true)), 7)
	f.Add([]byte(request("/v1/embeddings", `{"model":"e","input":["a"],"dimensions":2}`)), 1)
	f.Add([]byte("POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), 3)
	f.Add([]byte("GET /v1/models HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: [::1]\r\n\r\n"), 2)
	f.Fuzz(func(t *testing.T, raw []byte, piece int) {
		if bytes.Contains(bytes.ToLower(raw), []byte("expect")) || bytes.Contains(raw, []byte("tokens")) && len(raw) > 400 {
			t.Skip("100 Continue depends on the reads; long replies only take time")
		}
		o := Options{Tokens: 3}
		whole, _ := offline(t, o, string(raw), len(raw)+1)
		if cut, _ := offline(t, o, string(raw), 1+(piece&0xff)); cut != whole && !bytes.Contains(raw, []byte("stamp")) {
			t.Fatalf("whole: %q\nin pieces: %q", whole, cut)
		}
		n := headEnd(raw, 0)
		if n < 0 || raw[0] == '\r' || raw[0] == '\n' {
			return
		}
		h, err := parseHead(raw[:n])
		if err != nil || h.target[0] == '*' || bytes.HasPrefix(h.target, []byte("http")) {
			return
		}
		if _, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw[:n]))); err != nil && laxHost(h) {
			t.Fatalf("accepted %q, which net/http refuses: %v", raw[:n], err)
		}
	})
}

// laxHost excuses what the mock does not look into: escapes in the target, and
// bytes in field values, the Host among them.
func laxHost(h head) bool {
	for _, c := range append(bytes.Clone(h.target), h.fields...) {
		if c == '%' || c == '[' || c >= 0x7f || c < ' ' && c != '\r' && c != '\n' {
			return false
		}
	}
	_, host, _ := bytes.Cut(bytes.ToLower(h.fields), []byte("host:"))
	host, _, _ = bytes.Cut(host, []byte("\r\n"))
	return bytes.IndexFunc(host, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == ' ') }) < 0
}
