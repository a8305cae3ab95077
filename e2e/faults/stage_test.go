package faults

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// A stage is one connection on which a script is played.
type stage struct {
	c    net.Conn
	who  string
	gone <-chan struct{} // closed when the other side has left, or the test has ended
	pace time.Duration   // between tokens

	code   int
	kind   string
	fields string
	text   string // the body if it is not a stream
	extra  string // bytes after the body
	noise  string // the code of an error

	opened, finished, ended, crlf, last bool
	said                                int
	trailer                             string
}

func interim(code, times int) act {
	return func(s *stage) bool {
		for range times {
			if !s.send(fmt.Sprintf("HTTP/1.1 %d Wait\r\n\r\n", code)) {
				return false
			}
		}
		return times < 6 || s.hang(time.Minute)
	}
}

// final begins a reply. The word after the status is json, or the code of an error.
func final(code int, word string) act {
	return func(s *stage) bool {
		s.code, s.noise = code, word
		if word == "json" {
			s.body(completion(s.who, usage))
		}
		return true
	}
}

func (s *stage) send(p string) bool {
	s.c.SetWriteDeadline(time.Now().Add(patience))
	_, err := s.c.Write([]byte(p))
	return err == nil
}

func (s *stage) raw(p string) bool { return s.send(p) }

// hang waits for a while, or until the other side leaves.
func (s *stage) hang(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.gone:
		return false
	}
}

func (s *stage) drip(p string) bool {
	for i := range len(p) {
		if !s.send(p[i:i+1]) || !s.hang(second) {
			return false
		}
	}
	return true
}

// flood sends a beginning and then n bytes of repetitions of p.
func (s *stage) flood(begin, p string, n int) bool {
	if !s.send(begin) {
		return false
	}
	block := strings.Repeat(p, (64<<10)/len(p))
	for ; n > 0; n -= len(block) {
		if !s.send(block[:min(n, len(block))]) {
			return false
		}
	}
	return s.hang(time.Minute)
}

func (s *stage) reset() bool {
	if t, ok := s.c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	s.c.Close()
	return false
}

func (s *stage) body(text string) bool {
	s.text = text
	return true
}

// head returns a reply head with a Content-Length.
func (s *stage) head(n int) string {
	kind := s.kind
	if kind == "" {
		kind = "application/json"
	}
	h := fmt.Sprintf("HTTP/1.1 %d Played\r\nContent-Type: %s\r\n%s", s.code, kind, s.fields)
	if n >= 0 {
		h += fmt.Sprintf("Content-Length: %d\r\n", n)
	}
	return h + "\r\n"
}

// open begins a chunked stream, once.
func (s *stage) open() bool {
	if s.opened {
		return true
	}
	s.opened = true
	if s.code == 0 {
		s.code = 200
	}
	if s.kind == "" {
		s.kind = "text/event-stream"
	}
	s.fields += "Transfer-Encoding: chunked\r\n"
	return s.send(s.head(-1))
}

func (s *stage) chunk(p string) bool {
	return s.open() && s.send(fmt.Sprintf("%x\r\n%s\r\n", len(p), p))
}

// fin ends the reply at this point, and the connection.
func (s *stage) fin() bool {
	if s.open() {
		s.send("0\r\n\r\n")
	}
	s.c.Close()
	return false
}

// finish ends a play without an explicit end. It reports whether the connection stays open.
func (s *stage) finish() bool {
	switch {
	case s.opened:
		if !s.ended && !s.done() {
			return false
		}
		return s.send("0\r\n"+s.trailer+"\r\n") && !s.last
	case s.code == 0:
		return false
	case s.code == 204 || s.code == 304:
		return s.send(fmt.Sprintf("HTTP/1.1 %d Played\r\n%s\r\n", s.code, s.fields))
	case s.text == "" && s.code >= 300:
		word := s.noise
		if word == "" {
			word = "scripted"
		}
		if s.code < 400 {
			s.fields += "Location: http://127.0.0.1:1/elsewhere\r\n"
		}
		s.text = `{"error":{"message":"as scripted","type":"scripted_error","param":null,"code":"` + word + `"}}`
	case s.text == "" && strings.Contains(s.kind, "html"):
		s.text = "<html><body>please log in</body></html>"
	case s.text == "":
		s.text = completion(s.who, usage)
	}
	return s.send(s.head(len(s.text))+s.text+s.extra) && s.extra == ""
}
