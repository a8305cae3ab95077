package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
)

var requestSeeds = []string{
	get + "\r\n",
	get + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"POST /a?b=c%20 HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\nConnection: close, upgrade\r\nUpgrade: h2c\r\n\r\nhello",
	"OPTIONS * HTTP/1.1\r\nHost: a\r\nX_Y: z\r\nX: \t v \t\r\n\r\n",
	"GET / HTTP/1.0\r\n\r\n",
	"GET //x/%41?a#b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
}

// FuzzParseRequest: what we read, net/http reads, and as the same request; and
// no prefix says what its continuation takes back.
func FuzzParseRequest(f *testing.F) {
	for _, s := range requestSeeds {
		f.Add([]byte(s))
	}
	f.Add(typicalRequest)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r, p Request
		n, err := ParseRequest(raw, &r)
		for i := 0; i < len(raw); i += 1 + len(raw)/64 {
			m, e := ParseRequest(raw[:i:i], &p)
			if e != nil && e != err || m != 0 && m != n || e == nil && m == 0 && n > 0 && i >= n {
				t.Fatalf("%d bytes gave (%d, %v), all (%d, %v)", i, m, e, n, err)
			}
		}
		if n == 0 || r.At[Trailer] != 0 { // net/http judges a Trailer's names, we drop the field
			return
		}
		agree(t, raw[:n], &r)
	})
}

func agree(t *testing.T, head []byte, r *Request) {
	t.Helper()
	h, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		t.Fatalf("net/http refuses %q: %v", head, err)
	}
	length := r.ContentLength
	if length < 0 && !r.Chunked {
		length = 0
	}
	if h.Method != string(r.Method.Of(head)) || h.RequestURI != string(r.Target.Of(head)) ||
		h.Host != string(r.Value(head, Host)) || h.ContentLength != length || h.ProtoMinor != int(r.Minor) ||
		slices.Equal(h.TransferEncoding, []string{"chunked"}) != r.Chunked || h.Close && !r.Close {
		t.Fatalf("two readings of %q: net/http %+v", head, h)
	}
	if q := string(r.Query.Of(head)); r.Target.Len() > 1 && h.URL.RawQuery != q {
		t.Fatalf("two queries of %q: %q and %q", head, q, h.URL.RawQuery)
	}
	for _, fd := range r.Fields[:r.N] {
		name, v := string(fd.Name.Of(head)), string(fd.Value.Of(head))
		if fd.ID != Host && !slices.Contains(h.Header.Values(name), v) && fd.ID != TransferEncoding && fd.ID != Connection {
			t.Fatalf("net/http has no %q: %q in %q", name, v, h.Header)
		}
		if known := fd.ID.String(); known != "" && !strings.EqualFold(name, known) {
			t.Fatalf("%q passes for %q", name, known)
		}
	}
}

// FuzzParseReply: what we read, net/http reads with the same framing.
func FuzzParseReply(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 404 Not \xff\r\nConnection: keep-alive\r\nSet-Cookie: a\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"))
	f.Add(typicalReply)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r, p Reply
		n, err := ParseReply(raw, &r)
		for i := 0; i < len(raw); i += 1 + len(raw)/64 {
			m, e := ParseReply(raw[:i:i], &p)
			if e != nil && e != err || m != 0 && m != n || e == nil && m == 0 && n > 0 && i >= n {
				t.Fatalf("%d bytes gave (%d, %v), all (%d, %v)", i, m, e, n, err)
			}
		}
		if n == 0 || r.At[Trailer] != 0 {
			return
		}
		h, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw[:n])), nil)
		if err != nil {
			t.Fatalf("net/http refuses %q: %v", raw[:n], err)
		}
		length := r.ContentLength
		if r.Bodyless() {
			length = h.ContentLength // it calls an unsent body 0 or -1
		}
		if h.StatusCode != r.Status || h.ContentLength != length || h.ProtoMinor != int(r.Minor) ||
			slices.Equal(h.TransferEncoding, []string{"chunked"}) != r.Chunked && !r.Bodyless() {
			t.Fatalf("two readings of %q: %+v", raw[:n], h)
		}
	})
}

// FuzzChunks: what we read, net/http's reader reads as the same data, and the
// pieces it comes in do not matter.
func FuzzChunks(f *testing.F) {
	for _, s := range []string{"5\r\nhello\r\n0\r\n\r\nnext", "A;x=\"y\\\"\"\r\n0123456789\r\n00\r\nX: y\r\n\r\n", "80000000\r\n", "1\r\na\r\n0\r\n\r\n"} {
		f.Add([]byte(s), uint8(3), true)
		f.Add([]byte(s), uint8(1), false)
	}
	f.Fuzz(func(t *testing.T, src []byte, step uint8, strict bool) {
		c, p := Chunks{Strict: strict}, Chunks{Strict: strict}
		data, used, done, err := decode(&c, src, len(src)+1)
		data2, used2, done2, err2 := decode(&p, src, int(step)+1)
		if !bytes.Equal(data, data2) || used != used2 || done != done2 || err != err2 || c != p {
			t.Fatalf("whole: %q %d %v %v; by %d: %q %d %v %v", data, used, done, err, step, data2, used2, done2, err2)
		}
		if !done {
			return
		}
		theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(src[:used])))
		if err != nil || !bytes.Equal(theirs, data) {
			t.Fatalf("%q: ours %q, theirs %q, %v", src[:used], data, theirs, err)
		}
	})
}

// FuzzPathClean: a clean path means the same cleaned, unescaped, or as sent.
func FuzzPathClean(f *testing.F) {
	for _, s := range []string{"/v1/files/", "/a%20b/c", "/a/../b", "/%2e", "/a;b", "/.well-known"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		if PathClean(p) {
			oneReading(t, string(p))
		}
	})
}
