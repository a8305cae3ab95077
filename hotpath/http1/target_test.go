package http1

import "testing"

func TestPathClean(t *testing.T) {
	f := func(path string, want bool) {
		t.Helper()
		if got := PathClean([]byte(path)); got != want {
			t.Errorf("%q: got %v", path, got)
		}
	}
	for _, p := range []string{"/", "/v1/chat/completions", "/v1/files/", "/.well-known/x", "/a..b/c", "/v1beta/models/gemini-2.5-pro:generateContent",
		"/v1/models/ft%3Aacme%40org", "/a%20b", "/~u/a_b-c", "/a!$&'()*+,=@", "/..a"} {
		f(p, true)
	}
	for _, p := range []string{"", "*", "v1", "//", "/a//b", "/./a", "/a/.", "/a/..", "/../a", "/a/../b", "/...", "/a/..../b", "/keys.", "/a%2", "/a%",
		"/%zz", "/%2e%2E/a", "/%2Ea", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/a;b", "/a%3bb", "/a%00", "/a%0d%0a", "/a%7f", "/%61pi", "/%41", "/%30",
		"/a%2db", "/a%5fb", "/a%7e", "/a%25b", "/a%252e", "/a%23b", "/a%3fb", "/%c0%ae", "/%ef%bc%8f", "/%C3%A9", "/a b", "/a\x00", "/a\x7f", "/a\xff",
		"/a\"b", "/a<b", "/a>b", "/a^b", "/a`b", "/a{b", "/a|b", "/a}b", "/a[b", "/a?b", "/a#b"} {
		f(p, false)
	}
}

func TestPreface(t *testing.T) {
	f := func(s string, match, more bool) {
		t.Helper()
		if gotMatch, gotMore := IsHTTP2Preface([]byte(s)); gotMatch != match || gotMore != more {
			t.Errorf("%q: got %v, %v", s, gotMatch, gotMore)
		}
	}
	for i := range len(preface) {
		f(preface[:i], false, true)
		f(preface[:i]+"~", false, false)
	}
	f(preface, true, false)
	f(preface+"frames", true, false)
	f("GET / HTTP/1.1", false, false)
	f("PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n", false, false)
}
