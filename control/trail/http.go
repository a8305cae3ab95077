package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// newClient returns the client for HTTP sinks. It follows no redirects, and uses
// a proxy only if it is told to.
func newClient() *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: storeWait}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// A refused is a server's answer other than 2xx. Its body is not part of Error, since it may quote the
// request.
type refused struct {
	status int
	said   string
}

func (r *refused) Error() string { return fmt.Sprintf("it answers %d", r.status) }

// A message is one request to a sink.
type message struct {
	method, to string
	head       http.Header // nil: no further fields
	body       []byte
}

// send sends one request and returns the answer's body, cut to replyBytes. A status other
// than 2xx is a *refused. No error contains the address, which can hold a secret.
func send(ctx context.Context, c *http.Client, m message) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, m.method, m.to, bytes.NewReader(m.body))
	if err != nil {
		return nil, errors.New("its address is not a URL")
	}
	for name, values := range m.head {
		r.Header[name] = values
	}
	got, err := c.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, err
	}
	defer got.Body.Close()
	said, err := io.ReadAll(io.LimitReader(got.Body, replyBytes))
	if got.StatusCode/100 != 2 {
		return nil, &refused{got.StatusCode, string(said)}
	}
	return said, err
}
