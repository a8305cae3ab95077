package rehearse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// chaos spoils the answers of a handler. It is an [http.Handler].
type chaos struct {
	script *script
	behind http.Handler
}

func (c *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLine))
	if err != nil {
		return
	}
	a := asked(r.Method, path(r), body)
	a.Model = modelOf(a.Model, r)
	rule := c.script.rule(a)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if rule == nil {
		c.behind.ServeHTTP(w, r)
		return
	}
	s := &rule.spoils
	if s.hang {
		<-r.Context().Done()
		return
	}
	if !pause(r, s.delay) {
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	out := &spoiled{conn: conn, spoils: s, head: http.Header{}, request: r}
	if s.garbage {
		out.send([]byte("\x16\x03\x00no HTTP at all\r\n\r\n"))
		return
	}
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler && v != errSpoiled {
			panic(v)
		} else if v == nil {
			out.finish()
		}
	}()
	if s.status == 0 {
		c.behind.ServeHTTP(out, r)
		return
	}
	out.Header().Set("Content-Type", "application/json")
	text := s.body
	if text == "" {
		text = fmt.Sprintf(`{"error":{"message":"status %d by the script","type":"rehearsal"}}`, s.status)
	}
	out.WriteHeader(s.status)
	io.WriteString(out, text)
}

// modelOf returns the model of a request: from its body, or from its path, where requests of Gemini and
// Bedrock have it.
func modelOf(model string, r *http.Request) string {
	if model != "" {
		return model
	}
	for _, mark := range []string{"/models/", "/model/"} {
		if _, rest, ok := bytes.Cut([]byte(r.URL.Path), []byte(mark)); ok {
			end := bytes.IndexAny(rest, ":/")
			if end < 0 {
				end = len(rest)
			}
			return string(rest[:end])
		}
	}
	return ""
}

// errSpoiled ends a handler whose answer is spoiled at this point.
var errSpoiled = errors.New("the script ends the answer here")

// A spoiled is a response writer on a bare connection.
type spoiled struct {
	conn    net.Conn
	spoils  *spoils
	request *http.Request
	head    http.Header
	begun   bool
	chunked bool
	sent    int // of the body
	stalled bool
}

func (o *spoiled) Header() http.Header { return o.head }

// Flush does nothing, as nothing is buffered.
func (o *spoiled) Flush() {}

func (o *spoiled) WriteHeader(status int) {
	if o.begun {
		return
	}
	o.begun = true
	for name, value := range o.spoils.header {
		o.head.Set(name, value)
	}
	var length int
	if n, err := fmt.Sscan(o.head.Get("Content-Length"), &length); n == 1 && err == nil {
		o.head.Set("Content-Length", fmt.Sprint(length+o.spoils.excess))
	} else if o.chunked = status != 204 && status != 304; o.chunked {
		o.head.Set("Transfer-Encoding", "chunked")
	}
	o.head.Set("Connection", "close")
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	o.head.Write(&b)
	b.WriteString("\r\n")
	o.send(b.Bytes())
	o.mark()
}

func (o *spoiled) Write(p []byte) (int, error) {
	o.WriteHeader(http.StatusOK)
	if o.spoils.gap > 0 {
		o.wait(o.spoils.gap)
	}
	n := len(p)
	for len(p) > 0 {
		piece := p[:o.room(len(p))]
		if len(piece) > 0 {
			if o.chunked {
				o.send(fmt.Appendf(nil, "%x\r\n%s\r\n", len(piece), piece))
			} else {
				o.send(piece)
			}
		}
		o.sent += len(piece)
		p = p[len(piece):]
		o.mark()
	}
	return n, nil
}

// room returns how many of n bytes may be sent before the next event.
func (o *spoiled) room(n int) int {
	for _, at := range []int{o.spoils.cutAt, o.spoils.resetAt, o.spoils.stallAt} {
		if at > o.sent && at-o.sent < n && (at != o.spoils.stallAt || !o.stalled) {
			n = at - o.sent
		}
	}
	return n
}

// mark carries out what is to happen after the bytes sent so far.
func (o *spoiled) mark() {
	s := o.spoils
	if s.stallAt >= 0 && o.sent >= s.stallAt && !o.stalled {
		o.stalled = true
		o.wait(s.stall)
	}
	if s.resetAt >= 0 && o.sent >= s.resetAt {
		if t, ok := o.conn.(*net.TCPConn); ok {
			t.SetLinger(0)
		}
		panic(errSpoiled)
	}
	if s.cutAt >= 0 && o.sent >= s.cutAt {
		panic(errSpoiled)
	}
}

// finish ends an answer in good order.
func (o *spoiled) finish() {
	defer func() { recover() }() // the client may have left
	o.WriteHeader(http.StatusOK)
	if o.chunked && o.spoils.excess == 0 {
		o.send([]byte("0\r\n\r\n"))
	}
}

// wait waits, and ends the answer if the client leaves, which for a hijacked request shows only on the
// connection itself.
func (o *spoiled) wait(d time.Duration) {
	o.conn.SetReadDeadline(time.Now().Add(d))
	var b [1]byte
	if _, err := o.conn.Read(b[:]); err != nil {
		if e, ok := err.(net.Error); !ok || !e.Timeout() {
			panic(errSpoiled)
		}
	}
}

func (o *spoiled) send(p []byte) {
	if o.spoils.drip == 0 {
		if _, err := o.conn.Write(p); err != nil {
			panic(errSpoiled)
		}
		return
	}
	for i := range p {
		if _, err := o.conn.Write(p[i : i+1]); err != nil {
			panic(errSpoiled)
		}
		o.wait(o.spoils.drip)
	}
}
