package http1

import "testing"

func TestReply(t *testing.T) {
	f := func(raw string, status int, length int64, chunked, close, until bool) {
		t.Helper()
		var r Reply
		n, err := ParseReply([]byte(raw+"\r\n"), &r)
		if n != len(raw)+2 || err != nil {
			t.Errorf("%q: got (%d, %v)", raw, n, err)
			return
		}
		if r.Status != status || r.ContentLength != length || r.Chunked != chunked || r.Close != close || r.UntilClose != until {
			t.Errorf("%q: got status=%d length=%d chunked=%v close=%v until=%v", raw, r.Status, r.ContentLength, r.Chunked, r.Close, r.UntilClose)
		}
		for i := range n {
			if m, err := ParseReply([]byte(raw + "\r\n")[:i], &r); m != 0 || err != nil {
				t.Errorf("%q: %d bytes gave (%d, %v)", raw, i, m, err)
			}
		}
	}
	f("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", 200, 5, false, false, false)
	f("HTTP/1.1 200\r\nContent-Length: 5\r\n", 200, 5, false, false, false)
	f("HTTP/1.1 200 \r\nContent-Length: 0\r\nConnection: close\r\n", 200, 0, false, true, false)
	f("HTTP/1.1 500 Ori\xebntatie\tprobleem\r\nTransfer-Encoding: Chunked\r\n", 500, -1, true, false, false)
	f("HTTP/1.1 200 OK\r\n", 200, -1, false, true, true)
	f("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", 200, 5, false, true, false)
	f("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n", 200, 5, false, false, false)
	f("HTTP/1.1 100 Continue\r\n", 100, -1, false, false, false)
	f("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n", 204, 0, false, false, false)
	f("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n", 304, 10, false, false, false)
	f("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n", 101, -1, false, false, false)
	f("HTTP/1.1 529 \r\nContent-Type: a\r\nContent-Type: b\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Api-Key: a\r\nApi-Key: b\r\nContent-Length: 1\r\n", 529, 1, false, false, false)
}

func TestReplyRefused(t *testing.T) {
	f := func(raw string, want fault) {
		t.Helper()
		var r Reply
		n, err := ParseReply([]byte(raw+"\r\n"), &r)
		if n != 0 || err != &replyRefusals[want] {
			t.Errorf("%q: got (%d, %v), want %q", raw, n, err, replyRefusals[want].Reason)
		}
		for i := range len(raw) {
			if m, e := ParseReply([]byte(raw)[:i], &r); m != 0 || e != nil && e != err {
				t.Errorf("%q: %d bytes gave (%d, %v)", raw, i, m, e)
			}
		}
	}
	const ok = "HTTP/1.1 200 OK\r\n"
	f("HTTP/01.1 200 OK\r\n", badVersion)
	f("ICE/1.1 200 OK\r\n", badVersion)
	f("\r\nHTTP/1.1 200 OK\r\n", badVersion)
	f("HTTP/0.9 200 OK\r\n", otherVersion)
	f("HTTP/2.0 200 OK\r\n", otherVersion)
	f("HTTP/1.1  200 OK\r\n", badStatus)
	f("HTTP/1.1\t200 OK\r\n", badStatus)
	f("HTTP/1.1 20 OK\r\n", badStatus)
	f("HTTP/1.1 2000 OK\r\n", badStatus)
	f("HTTP/1.1 099 OK\r\n", badStatus)
	f("HTTP/1.1 600 OK\r\n", badStatus)
	f("HTTP/1.1 -20 OK\r\n", badStatus)
	f("HTTP/1.1 200 OK\nA: b\n", bareLineEnd)
	f("HTTP/1.1 200 OK\rA: b\r\n", bareLineEnd)
	f("HTTP/1.1 200 O\x00K\r\n", badValue)
	f(ok+" A: b\r\n", foldedLine)
	f(ok+"A : b\r\n", spaceBeforeColon)
	f(ok+"Content-Length: 5\r\nContent-Length: 5\r\n", secondField)
	f(ok+"Content-Length: +5\r\n", badLength)
	f(ok+"Content-Length: 5, 5\r\n", badLength)
	f(ok+"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", lengthAndCoding)
	f(ok+"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", lengthAndCoding)
	f(ok+"Transfer-Encoding: gzip, chunked\r\n", badCoding)
	f(ok+"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", secondField)
	f("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", framingInOld)
	f("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n", bodyForbidden)
	f("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n", bodyForbidden)
	f("HTTP/1.1 101 Switching Protocols\r\nContent-Length: 4\r\n", bodyForbidden)
}

func TestReplyHugeHead(t *testing.T) {
	var r Reply
	raw := []byte("HTTP/1.1 200 OK\r\n")
	for len(raw) <= MaxHead {
		raw = append(raw, "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123456789"+
			"0123456789012345678901234567890123456789012345678901234567890123456789"+
			"0123456789012345678901234567890123456789012345678901234567890123456789"+
			"0123456789012345678901234567890123456789012345678901234567890123456789"+
			"0123456789012345678901234567890123456789012345678901234567890123456789\r\n"...)
	}
	if _, err := ParseReply(raw, &r); err != &replyRefusals[longHead] {
		t.Errorf("got %v", err)
	}
	if replyRefusals[longHead].Status != 502 || requestRefusals[longHead].Status != 431 {
		t.Error("an upstream's fault must be a 502, a client's a 431")
	}
}
