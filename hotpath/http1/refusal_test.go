package http1

import (
	"strconv"
	"strings"
	"testing"
)

func TestRequestLineRefused(t *testing.T) {
	f := func(line string, want fault) {
		t.Helper()
		refused(t, line+"\r\nHost: gw.test\r\n\r\n", want)
	}
	f("get /v1/echo HTTP/1.1", unknownMethod)
	f("Get /v1/echo HTTP/1.1", unknownMethod)
	f("CONNECT gw.test:443 HTTP/1.1", unknownMethod)
	f("TRACE /v1/echo HTTP/1.1", unknownMethod)
	f("PROPFIND /v1/echo HTTP/1.1", unknownMethod)
	f("PRI * HTTP/2.0", unknownMethod)
	f(strings.Repeat("A", 9000)+" / HTTP/1.1", unknownMethod)
	f("\r\nGET / HTTP/1.1", badMethod)
	f(" GET / HTTP/1.1", badMethod)
	f("G=\":<>(e) / HTTP/1.1", badMethod)
	f("\x16\x03\x01\x02\x00\x01", badMethod)
	f("GET\t/v1/echo\tHTTP/1.1", badMethod)
	f("GET  /v1/echo HTTP/1.1", badTarget)
	f("GET /v1\x00/echo HTTP/1.1", badTarget)
	f("GET /v1\x7f HTTP/1.1", badTarget)
	f("GET /v1/\xff HTTP/1.1", badTarget)
	f("GET /v1/echo#x HTTP/1.1", badTarget)
	f("GET /v1?a=#x HTTP/1.1", badTarget)
	f("GET /v1/echo", badTarget)
	f("GET v1/echo HTTP/1.1", targetForm)
	f("GET http://gw.test/v1/echo HTTP/1.1", targetForm)
	f("GET * HTTP/1.1", targetForm)
	f("OPTIONS ** HTTP/1.1", targetForm)
	f("GET ?a HTTP/1.1", targetForm)
	f("GET /a%2 HTTP/1.1", targetEscape)
	f("GET /a%zz HTTP/1.1", targetEscape)
	f("GET /a%u0041 HTTP/1.1", targetEscape)
	f("GET /v1/echo http/1.1", badVersion)
	f("GET /v1/echo HTTP/1.1 ", badVersion)
	f("GET /v1/echo HTTP/1.11", badVersion)
	f("GET /v1/echo HTTP/01.1", badVersion)
	f("GET /v1/echo HTTP/4294967297.1", badVersion)
	f("GET /v1/echo HTTPS/1.1", badVersion)
	f("GET /v1/echo  HTTP/1.1", badVersion)
	f("GET /v1/echo HTTP/0.9", otherVersion)
	f("GET /v1/echo HTTP/1.2", otherVersion)
	f("GET /v1/echo HTTP/2.0", otherVersion)
	f("GET /v1/echo HTTP/3.0", otherVersion)
	refused(t, "GET / HTTP/1.1\nHost: gw.test\n\n", badVersion)
	refused(t, "GET / HTTP/1.1\rHost: gw.test\r\r", bareLineEnd)
}

func TestFieldRefused(t *testing.T) {
	f := func(lines string, want fault) {
		t.Helper()
		refused(t, get+lines+"\r\n\r\n", want)
	}
	f(" X: y", foldedLine)
	f("\tX: y", foldedLine)
	f("X: a\r\n b", foldedLine)
	f("Transfer-Encoding:\r\n\tchunked", badCoding) // the line before the fold says enough
	f("Content-Length : 5", spaceBeforeColon)
	f("Transfer-Encoding\t: chunked", spaceBeforeColon)
	f("X Y: v", spaceBeforeColon)
	f("no colon", spaceBeforeColon)
	f("no-colon\r\nX: y", badName)
	f(": x", emptyName)
	f(":", emptyName)
	for _, c := range "\x00\x01\"(),/;<=>?@[\\]{}\x7f" {
		f("X"+string(c)+"Y: v", badName)
	}
	f("X\x80: v", badName)
	f("X\xff: v", badName)
	f("X: a\x00b", badValue)
	f("X: a\x7fb", badValue)
	f("X: a\x0bb", badValue)
	f("X: aaaaaaaaaaaaaaaa\x1fb", badValue)
	f("X: a\rb", bareLineEnd)
	f("X: a\nY: b", bareLineEnd)
	f("\nX: a", bareLineEnd)
	refused(t, get+"\rXGET /canary HTTP/1.1\r\n\r\n", bareLineEnd)
	refused(t, get+"\n", bareLineEnd)
}

func TestFramingRefused(t *testing.T) {
	f := func(lines string, want fault) {
		t.Helper()
		refused(t, get+lines+"\r\n\r\nhello", want)
	}
	for _, v := range []string{"", "+5", "-5", "0x5", "1_0", "5 5", "5,", ",5", "5, 5", "5a", "5.0", "5e0", `"5"`,
		"\xa05", "\xef\xbc\x95", "5;q=1", "(5)", "05", "00", "-9223372036854775808", "18446744073709551616x"} {
		f("Content-Length: "+v, badLength)
	}
	f("Content-Length: 5\x00", badValue)
	f("Content-Length: \x0b5", badValue)
	f("Content-Length: 17179869185", hugeLength)
	f("Content-Length: 18446744073709551621", hugeLength)
	f("Content-Length: 5\r\nContent-Length: 5", secondField)
	f("Content-Length: 5\r\nX: y\r\ncontent-length: 6", secondField)
	for _, v := range []string{"", "xchunked", "chunkedx", "cow, chunked", "chunked, cow", ",chunked", "chunked,",
		"chunked, chunked", "identity", "gzip", "gzip, chunked", `"chunked"`, "'chunked'", "\x85chunked", "chunked;q=1"} {
		f("Transfer-Encoding: "+v, badCoding)
	}
	f("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", secondField)
	f("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", badCoding)
	f("Transfer-Encoding: chunked\r\nContent-Length: 5", lengthAndCoding)
	f("Content-Length: 5\r\nTransfer-Encoding: chunked", lengthAndCoding)
	f("Content-Length: 5\r\nTransfer-Encoding: identity", lengthAndCoding)
	refused(t, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", framingInOld)
	refused(t, "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", lengthAndCoding)
}

func TestSingleFieldsRefused(t *testing.T) {
	f := func(lines string, want fault) {
		t.Helper()
		refused(t, get+lines+"\r\n\r\n", want)
	}
	f("Host: gw.test", secondField)
	f("HOST: evil.test", secondField)
	for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "x-goog-api-key", "X-BF-VK", "Content-Type", "Content-Encoding"} {
		f(name+": a\r\n"+strings.ToLower(name)+": a", secondField)
	}
	f("Authorization: a\r\nx-api-key: a", twoCredentials)
	f("api-key: a\r\nx-goog-api-key: b", twoCredentials)
	f("Expect: 100-continue\r\nExpect: 100-continue", secondField)
	f("Expect: 200-ok", badExpect)
	f("Expect: y 100-continue", badExpect)
	f("Expect:", badExpect)
	refused(t, "GET / HTTP/1.1\r\nX: y\r\n\r\n", noHost)
	for _, v := range []string{"", "gw.test evil.test", "gw.test, evil.test", "gw.test/x", "gw.test?x=", "gw.test#", "a@gw.test",
		"gw.test:", "gw.test:99999x", "gw.test:65536", "gw.test:-1", ":80", "[::1", "[]", "[::1]x", "[::g]", "[::1%25eth0]", "gw%2etest",
		"gw.test\xff", "a\\b", "0.0.0.0=5000", "http://gw.test", strings.Repeat("a", MaxHost+1)} {
		refused(t, "GET / HTTP/1.1\r\nHost: "+v+"\r\n\r\n", badHost)
	}
	refused(t, "GET / HTTP/1.1\r\nHost: gw.test\x00.evil.test\r\n\r\n", badValue)
	refused(t, "GET / HTTP/1.1\r\nHost:\r\n gw.test\r\n\r\n", badHost)
}

func TestRequestAccepted(t *testing.T) {
	f := func(raw string) *Request { t.Helper(); return parsed(t, raw) }
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		f(m + " / HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	for _, h := range []string{"gw.test", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "a_b-c.d:0", "gw.test:65535", strings.Repeat("a", MaxHost)} {
		f("GET / HTTP/1.1\r\nHost: " + h + "\r\n\r\n")
	}
	f("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
	f(get + "X: a\tb \xe9\x80\r\n!#$%&'*+-.^_`|~: v\r\n\r\n")
	f(get + "Authorization: Bearer sk-dummy\r\nX-BF-VK: sk-bf-1\r\n\r\n")
	flags := func(lines string, chunked, close, expect, upgrade bool, length int64) {
		t.Helper()
		r := f(get + lines + "\r\n")
		if r.Chunked != chunked || r.Close != close || r.Expect100 != expect || r.Upgrade != upgrade || r.ContentLength != length {
			t.Errorf("%q: got chunked=%v close=%v expect=%v upgrade=%v length=%d", lines, r.Chunked, r.Close, r.Expect100, r.Upgrade, r.ContentLength)
		}
	}
	flags("", false, false, false, false, -1)
	flags("tRANSFER-eNCODING: cHuNkEd\r\n", true, false, false, false, -1)
	flags("Content-Length: 0\r\n", false, false, false, false, 0)
	flags("Content-Length: 17179869184\r\nExpect: 100-Continue\r\n", false, false, true, false, MaxContentLength)
	flags("Connection: keep-alive\r\n", false, false, false, false, -1)
	flags("Connection: foo, , CLOSE\t,Authorization\r\n", false, true, false, false, -1)
	flags("Connection: x\r\nConnection: close\r\n", false, true, false, false, -1)
	flags("Connection: closed\r\nX-Connection: close\r\n", false, false, false, false, -1)
	flags("Connection: Upgrade\r\nUpgrade: websocket\r\n", false, false, false, true, -1)
	flags("Connection: Upgrade\r\n", false, false, false, false, -1)
	flags("Upgrade: h2c\r\n", false, false, false, false, -1)
	if r := f("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"); r.Minor != 0 || !r.Close {
		t.Error("an HTTP/1.0 request does not end its connection")
	}
	if r := f("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"); r.Minor != 0 || !r.Close || r.ContentLength != 5 {
		t.Error("an HTTP/1.0 request has no body")
	}
}

func TestStaleRequest(t *testing.T) {
	r := parsed(t, get+"Transfer-Encoding: chunked\r\nConnection: close, upgrade\r\nUpgrade: x\r\nExpect: 100-continue\r\nx-api-key: k\r\n\r\n")
	if _, err := ParseRequest([]byte(get+"Content-Length: 1\r\napi-key: k\r\n\r\n"), r); err != nil {
		t.Fatal(err)
	}
	if r.Chunked || r.Close || r.Upgrade || r.Expect100 || r.At[XAPIKey] != 0 || r.N != 3 || r.ContentLength != 1 {
		t.Errorf("something of the last request is left: %+v", r.Head.ContentLength)
	}
}

func TestLimits(t *testing.T) {
	f := func(line, lines string, want fault) {
		t.Helper()
		raw := line + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"
		if want == none {
			var r Request
			if n, err := ParseRequest([]byte(raw), &r); n != len(raw) || err != nil {
				t.Errorf("got (%d, %v) for %d bytes within the limits", n, err, len(raw))
			}
			return
		}
		refused(t, raw, want)
	}
	target := func(n int) string { return "GET /" + strings.Repeat("a", n-1) }
	f(target(MaxTarget-1), "", none)
	f(target(MaxTarget), "", none)
	f(target(MaxTarget+1), "", longTarget)
	value := func(n int) string { return "X: " + strings.Repeat("v", n) + "\r\n" }
	f("GET /", value(MaxValue-1), none)
	f("GET /", value(MaxValue), none)
	f("GET /", value(MaxValue+1), longValue)
	fields := func(n int) string { return strings.Repeat("X: v\r\n", n-1) }
	f("GET /", fields(MaxFields-1), none)
	f("GET /", fields(MaxFields), none)
	f("GET /", fields(MaxFields+1), manyFields)
	head := func(n int) string {
		n -= len("GET / HTTP/1.1\r\nHost: a\r\n") + 2
		return value(10000) + value(10000) + value(n-2*10005-5)
	}
	f("GET /", head(MaxHead-1), none)
	f("GET /", head(MaxHead), none)
	f("GET /", head(MaxHead+1), longHead)
	var r Request
	if _, err := ParseRequest([]byte(target(MaxTarget+1)), &r); err != &requestRefusals[longTarget] {
		t.Errorf("an endless target: got %v", err)
	}
}

// TestReasons checks the numbers that the sentences name.
func TestReasons(t *testing.T) {
	f := func(which fault, limit int) {
		t.Helper()
		if r := requestRefusals[which]; !strings.Contains(r.Reason, " "+strconv.Itoa(limit)+" ") {
			t.Errorf("%q does not name %d", r.Reason, limit)
		}
	}
	f(longTarget, MaxTarget)
	f(longValue, MaxValue)
	f(longHead, MaxHead)
	f(manyFields, MaxFields)
	f(hugeLength, MaxContentLength>>30)
	f(hugeChunk, MaxChunk>>30)
	f(longSizeLine, MaxSizeLine)
	f(manyExtensions, MaxExtensions)
	f(longTrailer, MaxTrailer)
	for i := badMethod; i < numFaults; i++ {
		if r := requestRefusals[i]; r.Status < 400 || r.Reason == "" || replyRefusals[i].Status != 502 || replyRefusals[i].Reason != r.Reason {
			t.Errorf("fault %d has no sentence or status", i)
		}
	}
}
