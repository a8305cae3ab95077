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
	maxReply    = 8 << 20 // bytes of a reply that are read: four answers of 1 MiB in base64, and their texts
	maxSaid     = 200     // bytes of an error message that are shown
	idleConns   = 30 * time.Second
	maxHeadWait = 15 * time.Second // whatever the context allows
)

// A Server is the server of a Store that speaks JSON over HTTP.
type Server struct {
	base   string
	fields http.Header
	client *http.Client
}

// NewServer returns the server of p; fields are added to every request.
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
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // following it would send the credential elsewhere
	}}, nil
}

// A StatusError is a reply with a status other than success.
type StatusError struct {
	Status int
	Said   string // beginning of the body
}

func (e *StatusError) Error() string { return fmt.Sprintf("it answers %d: %s", e.Status, e.Said) }

// Is reports whether err is a reply with that status.
func Is(err error, status int) bool {
	var e *StatusError
	return errors.As(err, &e) && e.Status == status
}

// Call sends a request with a JSON body, nil for none, and decodes the reply into out, nil to
// ignore it.
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

// Close closes idle connections.
func (s *Server) Close() { s.client.CloseIdleConnections() }
