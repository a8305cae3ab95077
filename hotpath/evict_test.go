package hotpath

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"asbru/core"
	"asbru/hotpath/upstream"
)

// One connection may be open, and each loop would like to keep it: clients on
// different loops must still all be served.
func TestOneConnectionForAllLoops(t *testing.T) {
	r := newRig(t, 2)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		io.Copy(io.Discard, q.Body)
		io.WriteString(w, "fine")
	}))
	t.Cleanup(up.Close)
	tg := target(t, "one", up.URL)
	u, _ := url.Parse(up.URL)
	pool, err := upstream.New(core.Endpoint{Scheme: "http", Host: u.Hostname(), Port: u.Port(), MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	tg.Pool = pool
	r.swap([]*core.Target{tg})
	for i := range 20 {
		c := r.dial() // the loops take turns
		io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Api-Key: "+testKey+"\r\nContent-Length: 57\r\n\r\n"+chat)
		b := make([]byte, 4<<10)
		n, err := c.Read(b)
		if err != nil || string(b[:12]) != "HTTP/1.1 200" {
			t.Fatalf("client %d got %q, %v", i, b[:n], err)
		}
	}
	if got := pool.Stats().Open; got > 1 {
		t.Errorf("%d connections are open; 1 may be", got)
	}
}
