package vector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	maxReply    = 8 << 20 // bytes of an answer that are read: four answers of 1 MiB in base64, and their texts
	maxSaid     = 200     // of an error that are shown
	idleConns   = 30 * time.Second
	maxHeadWait = 15 * time.Second // however patient the context is
)

// A Server is a Store's server that speaks JSON over HTTP.
type Server struct {
	base   string
	fields http.Header
	client *http.Client
}

// NewServer is that of p; fields go with every request.
func NewServer(p *Place, fields http.Header) (*Server, error) {
	conf, err := p.TLS()
	if err != nil {
		return nil, err
	}
	conns := p.Conns
	if conns <= 0 {
		conns = DefaultConns
	}
	return &Server{base: strings.TrimRight(p.URL, "/"), fields: fields, client: &http.Client{
		Transport: &http.Transport{TLSClientConfig: conf, MaxConnsPerHost: conns, MaxIdleConnsPerHost: conns,
			IdleConnTimeout: idleConns, ResponseHeaderTimeout: maxHeadWait, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it would carry the credential elsewhere
	}}, nil
}

// A StatusError is an answer that is none of success.
type StatusError struct {
	Status int
	Said   string // the beginning of the body
}

func (e *StatusError) Error() string { return fmt.Sprintf("it answers %d: %s", e.Status, e.Said) }

// Is reports whether err is an answer of that status.
func Is(err error, status int) bool {
	var e *StatusError
	return errors.As(err, &e) && e.Status == status
}

// Call asks for a path with a body, nil for none, and reads the answer into out, nil for
// nobody who wants it.
func (s *Server) Call(ctx context.Context, method, path string, body, out any) error {
	var from io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("cannot write the body of %s %s: %w", method, path, err)
		}
		from = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(ctx, method, s.base+path, from)
	if err != nil {
		return fmt.Errorf("cannot ask %s %s: %w", method, path, err)
	}
	for name, values := range s.fields {
		q.Header[name] = values
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	res, err := s.client.Do(q)
	if err != nil {
		return fmt.Errorf("cannot ask %s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	switch {
	case err != nil:
		return fmt.Errorf("cannot read the answer to %s %s: %w", method, path, err)
	case res.StatusCode/100 != 2:
		return &StatusError{res.StatusCode, string(raw[:min(len(raw), maxSaid)])}
	case out == nil:
		return nil
	}
	if err = json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("cannot read the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// Close closes the connections that nobody uses.
func (s *Server) Close() { s.client.CloseIdleConnections() }
