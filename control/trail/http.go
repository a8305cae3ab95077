package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// newClient is for sinks that are spoken to over HTTP. It follows nobody elsewhere, and knows
// no proxy but the one it is told.
func newClient() *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: storeWait}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send sends one request and returns the answer's body, cut to replyBytes. A status other than
// 2xx is an error of what the server says. No error holds the address: it can hold a secret.
func send(ctx context.Context, c *http.Client, method, to string, head http.Header, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("its address is none")
	}
	for name, values := range head {
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
		text := strings.ToValidUTF8(strings.TrimSpace(string(said[:min(len(said), 300)])), "?")
		return nil, fmt.Errorf("it answers %d: %q", got.StatusCode, text)
	}
	return said, err
}
