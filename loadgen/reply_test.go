package loadgen

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// outcome is what one reply came to.
type outcome struct {
	status   int
	bytes    int64
	done     bool
	close    bool
	err      error
	stamps   uint64
	contents uint64
}

// pieces is the sizes a reply is cut to in a test: small ones meet every
// boundary, the last is the whole.
func pieces(raw string) (sizes []int) {
	for n := 1; n <= 12 && n < len(raw); n++ {
		sizes = append(sizes, n)
	}
	return append(sizes, len(raw))
}

// read feeds raw in pieces of n bytes; stamps in it are taken at now = 1000.
func read(raw string, n int, stream bool) outcome {
	var t tally
	var r reply
	r.begin(0, stream)
	var o outcome
	for len(raw) > 0 && !o.done && o.err == nil {
		k := min(n, len(raw))
		o.done, o.err = r.feed([]byte(raw[:k]), 1000, &t)
		raw = raw[k:]
	}
	if len(raw) > 0 && o.err == nil {
		o.err = errSurplus
	}
	if !o.done && o.err == nil {
		o.done, o.err = r.eof()
	}
	o.status, o.bytes, o.close = r.head.status, r.bytes, r.head.close
	o.stamps, o.contents = t.relay.n, t.content.n
	return o
}

func TestReplies(t *testing.T) {
	f := func(raw string, want outcome) {
		t.Helper()
		for _, n := range pieces(raw) {
			if got := read(raw, n, false); got != want {
				t.Fatalf("%q in pieces of %d:\n got %+v\nwant %+v", raw, n, got, want)
			}
		}
	}
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", outcome{status: 200, bytes: 2, done: true})
	f("HTTP/1.1 200 OK\r\ncontent-length:2 \r\nCONNECTION: Close\r\n\r\nok", outcome{status: 200, bytes: 2, done: true, close: true})
	f("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", outcome{status: 200, bytes: 2, done: true})
	f("HTTP/1.1 204 No\r\n\r\n", outcome{status: 204, done: true})
	f("HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", outcome{status: 429, done: true})
	f("HTTP/1.1 200 OK\r\n\r\nall there is", outcome{status: 200, bytes: 12, done: true, close: true})
	f("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;a=b\r\no\r\n00B\r\nk__________\r\n0\r\n\r\n", outcome{status: 200, bytes: 12, done: true})
	f("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n", outcome{status: 200, done: true})
}

func TestRepliesRefused(t *testing.T) {
	f := func(raw string, want error) {
		t.Helper()
		for _, n := range []int{1, 3, len(raw)} {
			if got := read(raw, n, false); !errors.Is(got.err, want) || got.err == nil {
				t.Errorf("%.80q in pieces of %d: %v, want %v", raw, n, got.err, want)
			}
		}
	}
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	f("HTTP/2 200 OK\r\nA: b\r\n\r\n", errBadHead)
	f("HTTP/1.1 2x0 OK\r\n\r\n", errBadHead)
	f("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", errBadHead)
	f("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", errBadLength)
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", errBadLength)
	f("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", errBadCoding)
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!", errSurplus)
	f(chunked+"0\r\n\r\nX", errSurplus)
	f(chunked+"\r\n", errBadChunk)
	f(chunked+"x\r\n", errBadChunk)
	f(chunked+"2\nok\r\n0\r\n\r\n", errBadChunk)
	f(chunked+"2\r\nokk\r\n0\r\n\r\n", errBadChunk)
	f(chunked+"1000000000000000\r\n", errBadChunk)
	f(chunked+"1;"+strings.Repeat("x", maxChunkLine)+"\r\no\r\n0\r\n\r\n", errBadChunk)
	f("HTTP/1.1 200 OK\r\nA: "+strings.Repeat("x", maxHead+1), errHeadTooLarge)
	if !malformed(fmt.Errorf("wrapped: %w", errBadChunk)) || malformed(errUnfinished) {
		t.Error("malformed does not tell the failures apart")
	}
}

func TestStreamIsReadAtEveryCut(t *testing.T) {
	stream := func(events string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(events), events)
	}
	f := func(events string, stamps, contents uint64, err error) {
		t.Helper()
		raw := stream(events)
		for _, n := range pieces(raw) {
			got := read(raw, n, true)
			if got.stamps != stamps || got.contents != contents || !errors.Is(got.err, err) {
				t.Fatalf("%q in pieces of %d: %d stamps, %d contents, %v; want %d, %d, %v",
					events, n, got.stamps, got.contents, got.err, stamps, contents, err)
			}
		}
	}
	const done = "data: [DONE]\n\n"
	f(`data: {"content":"","sent_ns":"998"}`+"\n\n"+`data: {"content":"a","sent_ns":"999"}`+"\n\n"+done, 2, 1, nil)
	f(`data: {"content":""}`+"\n\n"+done, 0, 0, nil)
	f(`data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}`+"\n\nevent: message_stop\ndata: {}\n\n", 0, 1, nil)
	f(`data: {"sent_ns":"99x","sent_ns":"","sent_ns":"1"}`+"\n\n"+done, 1, 0, nil)
	f(`data: {"sent_"sent_ns":"1"}`+"\n\ndata: data: [DONE]\n\n", 1, 0, nil)
	f(`data: {"content":"a"}`+"\n\n", 0, 1, errUnfinished)
}

// A stamp of another clock is counted apart and measures nothing.
func TestStampsOfAnotherClock(t *testing.T) {
	var got tally
	var e events
	e.feed([]byte(`"sent_ns":"5" "sent_ns":"2000" "sent_ns":"99"`), 100, 0, &got)
	if got.relay.n != 2 || got.insane != 1 || got.relay.max != 95 {
		t.Errorf("%d delays up to %d, %d insane; want 2, 95, 1", got.relay.n, got.relay.max, got.insane)
	}
}

// However a reply is cut, it comes to the same.
func FuzzReply(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 3, false)
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: x\r\n\r\n", 1, true)
	f.Add("HTTP/1.1 100 C\r\n\r\nHTTP/1.0 200 OK\r\n\r\n\"sent_ns\":\"12\" data: [DONE]", 2, true)
	f.Fuzz(func(t *testing.T, raw string, n int, stream bool) {
		if len(raw) == 0 || len(raw) > maxHead { // a longer head may fail at once or at its end
			return
		}
		n = 1 + int(uint(n)%64)
		cut, whole := read(raw, n, stream), read(raw, len(raw), stream)
		if (cut.err == nil) != (whole.err == nil) {
			t.Fatalf("in pieces of %d: %v, whole: %v", n, cut.err, whole.err)
		}
		if cut.err == nil && cut != whole {
			t.Fatalf("in pieces of %d: %+v\nwhole: %+v", n, cut, whole)
		}
	})
}
