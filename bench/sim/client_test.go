package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// client makes some requests in succession, and opens a new connection whenever the old one ends.
func (w *world) client(n int) {
	d := w.dice("client", n)
	var c net.Conn
	var in *bufio.Reader
	served := make(chan struct{})
	drop := func() {
		if c != nil {
			c.Close()
			<-served
			c = nil
		}
	}
	defer drop()
	for i := range 1 + d.IntN(5) {
		if c == nil {
			near, far := net.Pipe()
			c, in, served = near, bufio.NewReader(near), make(chan struct{})
			go func() {
				defer close(served)
				w.srv.ServeConn(far)
			}()
		}
		if !w.request(d, c, in, fmt.Sprintf("c%d-%d", n, i)) {
			drop()
		}
		time.Sleep(time.Duration(d.IntN(1500)) * time.Millisecond)
	}
}

// request sends one request and checks the answer. It reports whether the connection can be used
// further.
func (w *world) request(d *rand.Rand, c net.Conn, in *bufio.Reader, word string) bool {
	stream := d.IntN(4) > 0
	body := fmt.Sprintf(`{"model":"m","messages":[{"role":"user","content":%q}],"stream":%v}`, word, stream)
	budget := ""
	if d.IntN(6) == 0 {
		budget = fmt.Sprintf("X-Latency-Budget: ttft=%dms,total=%dms\r\n", 200+d.IntN(2000), 1000+d.IntN(8000))
	}
	leaves := time.Duration(-1)
	if d.IntN(6) == 0 {
		leaves = time.Duration(d.IntN(4000)) * time.Millisecond
	}
	if leaves >= 0 {
		gone := make(chan struct{})
		defer func() { <-gone }()
		go func() {
			defer close(gone)
			time.Sleep(leaves)
			c.Close()
		}()
	}
	_, err := fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", secret, budget, len(body), body)
	if err != nil {
		return false
	}
	a, err := http.ReadResponse(in, nil)
	if err != nil {
		if leaves < 0 {
			w.t.Errorf("seed %d: %s: no answer: %v", w.seed, word, err)
		}
		return false
	}
	got, err := io.ReadAll(slowly{a.Body, d})
	if leaves >= 0 {
		count("left")
		return false // the part that it got until then proves nothing
	}
	if f := check(a.StatusCode, a.Header.Get("Content-Type"), string(got), err, word); f != "" {
		w.t.Errorf("seed %d: %s (stream %v): %s: %d %s, %v", w.seed, word, stream, f, a.StatusCode, got, err)
	}
	return err == nil && !a.Close
}

// slowly reads with occasional pauses.
type slowly struct {
	r io.Reader
	d *rand.Rand
}

func (s slowly) Read(p []byte) (int, error) {
	if s.d.IntN(20) == 0 {
		time.Sleep(time.Duration(s.d.IntN(3000)) * time.Millisecond)
	}
	return s.r.Read(p[:min(len(p), 1+s.d.IntN(512))])
}

// check returns what is wrong with the answer to a client that stayed; empty: nothing.
func check(status int, kind, body string, err error, word string) string {
	if !strings.HasPrefix(kind, "text/event-stream") {
		if status == 200 && err != nil {
			return "" // a unary answer that broke off when no target was left: the client sees the cut
		}
		var v struct {
			Choices []struct{ Message struct{ Content string } }
			Error   json.RawMessage
		}
		if e := json.Unmarshal([]byte(body), &v); e != nil {
			if status == 200 && strings.HasPrefix(body, `{"broken"`) {
				return "" // the answer of the only provider
			}
			return "not JSON"
		}
		if status != 200 {
			if len(v.Error) == 0 {
				return "an error without a word"
			}
			count(fmt.Sprint(status))
			return ""
		}
		if len(v.Choices) != 1 {
			return "no choice"
		}
		count("200 whole")
		return one(v.Choices[0].Message.Content, word)
	}
	if status != 200 {
		return "a stream that is an error"
	}
	said, done, faults, behind := "", 0, 0, false
	for _, block := range strings.Split(body, "\n\n") {
		data, is := strings.CutPrefix(block, "data: ")
		if !is {
			continue
		}
		if done+faults > 0 {
			behind = true
		}
		if data == "[DONE]" {
			done++
			continue
		}
		var v struct {
			Choices []struct{ Delta struct{ Content string } }
			Error   json.RawMessage
		}
		if json.Unmarshal([]byte(data), &v) != nil {
			continue // malformed events of the provider are passed on
		}
		if len(v.Error) > 0 {
			faults++
		}
		for _, c := range v.Choices {
			said += c.Delta.Content
		}
	}
	if faults > 0 {
		count("200 stream, fault")
	} else {
		count("200 stream, whole")
	}
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return "it broke off with " + err.Error()
	case done > 1 || faults > 1 || done+faults > 1:
		return "more than one end"
	case done+faults == 0:
		return "no end"
	case behind:
		return "something behind the end"
	}
	return one(said, word)
}

// one returns what is wrong with a text that is not the beginning of one answer to word; empty: nothing.
func one(said, word string) string {
	fields := strings.Fields(said)
	who := ""
	for i, f := range fields {
		if f == "end" && i == len(fields)-1 {
			break
		}
		id, n, ok := strings.Cut(f, ":")
		if !ok || n != fmt.Sprint(i) || !strings.HasPrefix(id, word+"/") {
			return "words of something else"
		}
		if who == "" {
			who = id
		}
		if id != who {
			return "words of two answers"
		}
	}
	return ""
}
