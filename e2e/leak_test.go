package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"asbru/bench/mock"
)

// After clients of every kind have come and gone, in good order or not, nothing of them is left.
func TestNothingStays(t *testing.T) {
	base := standIn(t, mock.Options{})
	lanes(t, local(base)+"admin: {listen: \"127.0.0.1:0\"}\n", func(t *testing.T, g *gateway) {
		goroutines := func() (n int) {
			a := ask(t, "GET", "http://"+g.admin+"/debug/pprof/goroutine?debug=1", "")
			fmt.Sscanf(a.body, "goroutine profile: total %d", &n)
			return n
		}
		before := goroutines()
		if before == 0 {
			t.Fatal("the profile does not have the number of goroutines")
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { visits(t, g) })
		}
		wg.Wait()
		// Idle plain-text connections to the provider have no goroutine of their own.
		await(t, "the goroutines to end", func() bool { return goroutines() <= before+2 }, func() string {
			return ask(t, "GET", "http://"+g.admin+"/debug/pprof/goroutine?debug=1", "").body
		})
		a := ask(t, "GET", g.url("/metrics"), "")
		for line := range strings.Lines(a.body) {
			if strings.HasPrefix(line, "asbru_panics_total") && !strings.HasSuffix(line, " 0\n") {
				t.Errorf("a connection panicked: %s", line)
			}
		}
	})
}

// visits makes the requests of one client.
func visits(t *testing.T, g *gateway) {
	url := g.url("/v1/chat/completions")
	for _, c := range []*http.Client{client(), h2(nil)} {
		for _, body := range []string{chatBody("fast", ""), chatBody("fast", `,"stream":true`), chatBody("mock-cut-2", `,"stream":true`), `{"x`, chatBody("mock-reset", "")} {
			try(c, "POST", url, body) // some of these fail, as they should
		}
		resp, err := c.Post(url, "application/json", strings.NewReader(chatBody("mock-gap-1s+chunks-9", `,"stream":true`)))
		if err != nil {
			t.Error(err)
			continue
		}
		resp.Body.Close() // long before the end of the stream
		c.CloseIdleConnections()
	}
	for _, request := range []string{"GET /v1/models HTTP/1.0\r\n\r\n", "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", "POST /v1/", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\r\n\r\n", "\x16\x03\x01"} {
		c, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Error(err)
			continue
		}
		io.WriteString(c, request)
		c.Close()
	}
}
