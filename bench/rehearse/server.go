package rehearse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the parameters of a Server besides its word.
type Options struct {
	Dial func(context.Context) (net.Conn, error) // connects to the provider, with TLS if it uses that
	Own  http.Handler                            // answers if no provider is used
	Tell func(problem string)                    // reports problems to the operator
}

// A Server takes a provider's place. It starts with the first Dial.
type Server struct {
	word Word
	o    Options

	mu      sync.Mutex
	http    *http.Server
	addr    string
	closers []func()
	closed  bool
}

// A Word says what replaces a provider.
type Word struct {
	Kind string // record, replay, chaos
	File string
	Over string // chaos: the spoiled answers; "live": the provider's; empty: synthetic ones
	Fast float64
}

// ParseWord reads "record:FILE", "replay:FILE[?speed=N]" or "chaos:FILE[?over=live]".
func ParseWord(s string) (w Word, err error) {
	kind, rest, ok := strings.Cut(s, ":")
	file, query, _ := strings.Cut(rest, "?")
	w = Word{Kind: kind, File: file, Fast: 1}
	if kind != "record" && kind != "replay" && kind != "chaos" || !ok || file == "" {
		return w, fmt.Errorf("%q is none of record:FILE, replay:FILE, chaos:FILE", s)
	}
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case part == "":
		case kind == "replay" && name == "speed":
			if w.Fast, err = strconv.ParseFloat(value, 64); err != nil || w.Fast < 0 {
				return w, fmt.Errorf("the speed %q is no number of 0 and above", value)
			}
		case kind == "chaos" && name == "over" && value == "live":
			w.Over = value
		default:
			return w, fmt.Errorf("%s takes no %q", kind, part)
		}
	}
	return w, nil
}

// Check reads the files that the word names, as far as they must exist already.
func (w Word) Check() error {
	if w.Kind == "record" {
		return nil
	}
	f, err := os.Open(w.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if w.Kind == "chaos" {
		_, err = parse(f)
	} else {
		_, err = ReadTape(f)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.File, err)
	}
	return nil
}

// New makes a Server. Nothing is opened before the first Dial.
func New(w Word, o Options) *Server { return &Server{word: w, o: o} }

// Dial connects to the Server.
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	if s.http == nil && !s.closed {
		if err := s.open(); err != nil {
			s.mu.Unlock()
			return nil, err
		}
	}
	addr, closed := s.addr, s.closed
	s.mu.Unlock()
	if closed {
		return nil, net.ErrClosed
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

func (s *Server) open() error {
	h, err := s.handler()
	if err != nil {
		s.o.Tell(err.Error())
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	s.http = &http.Server{Handler: h, ReadHeaderTimeout: headWait, ErrorLog: log.New(io.Discard, "", 0)}
	go s.http.Serve(l)
	return nil
}

// handler returns the handler that answers.
func (s *Server) handler() (http.Handler, error) {
	if s.word.Kind == "record" {
		r, err := newRecorder(s.word.File, s.o.Dial, s.o.Tell)
		if err == nil {
			s.closers = append(s.closers, r.close)
		}
		return r, err
	}
	f, err := os.Open(s.word.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if s.word.Kind == "replay" {
		tape, err := ReadTape(f)
		return &player{tape: tape, speed: s.word.Fast, next: map[string]int{}}, err
	}
	c := &chaos{behind: s.o.Own}
	if c.script, err = parse(f); err != nil {
		return nil, err
	}
	if s.word.Over == "live" {
		r := &recorder{to: transport(s.o.Dial), tell: s.o.Tell}
		c.behind = r
		s.closers = append(s.closers, r.to.CloseIdleConnections)
	}
	return c, nil
}

// Close ends the Server. Exchanges under way may finish within closeWait.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; s.http == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	if err := s.http.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		s.http.Close()
	}
	for _, end := range s.closers {
		end()
	}
}

// transport connects to the provider over connections that already have TLS.
func transport(dial func(context.Context) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
		DisableCompression: true, MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second,
	}
}
