package http1

import (
	"slices"
	"testing"
)

// A conn reads requests as a server would: bytes come in pieces, a request
// counts when its body is whole, and a refusal ends everything.
type conn struct {
	buf     []byte
	req     Request
	chunks  Chunks
	body    []byte
	inBody  bool
	seen    []string // "METHOD target body" of each request dispatched
	refusal error
}

func (c *conn) feed(piece []byte) {
	c.buf = append(c.buf, piece...)
	for c.refusal == nil && c.step() {
	}
}

func (c *conn) step() bool {
	if !c.inBody {
		n, err := ParseRequest(c.buf, &c.req)
		if n == 0 {
			c.refusal = err
			return false
		}
		c.seen = append(c.seen, string(c.req.Method.Of(c.buf))+" "+string(c.req.Target.Of(c.buf)))
		c.buf, c.inBody, c.body, c.chunks = slices.Clone(c.buf[n:]), true, nil, Chunks{Strict: true}
	}
	if c.req.Chunked {
		p, n, done, err := c.chunks.Next(c.buf)
		c.body, c.buf, c.refusal = append(c.body, p...), c.buf[n:], err
		if !done {
			return p != nil
		}
	} else {
		n := max(0, c.req.ContentLength)
		if int64(len(c.buf)) < n {
			return false
		}
		c.body, c.buf = c.buf[:n:n], c.buf[n:]
	}
	c.inBody = false
	c.seen[len(c.seen)-1] += " " + string(c.body)
	return true
}

// end is what was dispatched when nothing more comes.
func (c *conn) end() ([]string, error) {
	if c.inBody {
		return c.seen[:len(c.seen)-1], c.refusal
	}
	return c.seen, c.refusal
}

// resplit gives raw in two pieces at each of its first bytes (some of them for
// the few large rows), and behind a good request, and wants the same outcome.
func resplit(t *testing.T, id string, raw []byte, want []string, wantErr error) {
	t.Helper()
	for i := 0; i < min(len(raw), 512); i += 1 + len(raw)/2048 {
		var c conn
		c.feed(raw[:i])
		c.feed(raw[i:])
		if seen, err := c.end(); !slices.Equal(seen, want) || err != wantErr {
			t.Errorf("%s split at %d: got %.100q, %v; whole %.100q, %v", id, i, seen, err, want, wantErr)
			return
		}
	}
	var c conn
	c.feed(slices.Concat([]byte(get+"\r\n"), raw))
	if seen, err := c.end(); len(seen) == 0 || !slices.Equal(seen[1:], want) || err != wantErr {
		t.Errorf("%s pipelined: got %.100q, %v; alone %.100q, %v", id, seen, err, want, wantErr)
	}
}

// TestSmuggling sends whole conversations in which "/canary" is dispatched only
// by a server that reads a message in another way than we do.
func TestSmuggling(t *testing.T) {
	const canary = "GET /canary HTTP/1.1\r\nHost: gw.test\r\n\r\n"
	const head = "POST /v1/echo HTTP/1.1\r\nHost: gw.test\r\n"
	const chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
	f := func(raw string, want fault, dispatched ...string) {
		t.Helper()
		var c conn
		c.feed([]byte(raw))
		seen, err := c.end()
		if !slices.Equal(seen, dispatched) || want == none && err != nil || want != none && err != &requestRefusals[want] {
			t.Errorf("%.200q: dispatched %.200q, %v; want %.200q, %q", raw, seen, err, dispatched, requestRefusals[want].Reason)
		}
		resplit(t, raw, []byte(raw), seen, err)
	}
	f(canary, none, "GET /canary ")
	f(get+"\r\n"+canary, none, "GET /v1/echo ", "GET /canary ")
	f(head+"Content-Length: 5\r\n\r\nhello"+canary, none, "POST /v1/echo hello", "GET /canary ")
	f(head+"Content-Length: 39\r\n\r\n"+canary, none, "POST /v1/echo "+canary)
	f(chunked+"5\r\nhello\r\n0\r\n\r\n"+canary, none, "POST /v1/echo hello", "GET /canary ")
	f(chunked+"27\r\n"+canary+"\r\n0\r\nHost: x\r\n\r\n", none, "POST /v1/echo "+canary)
	f(head+"Content_Length: 5\r\nTransfer_Encoding: chunked\r\nContent-Length: 39\r\n\r\n"+canary, none, "POST /v1/echo "+canary)
	f(head+"Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello"+canary, secondField)
	f(head+"Content-Length: 5\r\n\r\nhello\r\n"+canary, badMethod, "POST /v1/echo hello")
	f(head+"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+canary, lengthAndCoding)
	f(head+"Transfer-Encoding: chunked\r\nContent-Length: 44\r\n\r\n0\r\n\r\n"+canary, lengthAndCoding)
	f(head+"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n"+canary, badValue)
	f(head+"X: y\n\n"+canary, bareLineEnd)
	f(head+"Content-Length: 999999999999\r\n\r\n"+canary, hugeLength)
	f(chunked+"5;\nxx\r\nhello\r\n0\r\n\r\n"+canary, badExtension)
	f(chunked+"5\r\nhello0\r\n\r\n"+canary, badChunkEnd)
	f(chunked+"5\r\nhello\r\n0\n\n"+canary, badChunkSize)
	f(chunked+"5\r\nhello\r\n", none) // ends too early: never dispatched
	f(head+"Content-Length: 6\r\n\r\nhello", none)
}
