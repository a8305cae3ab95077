package cred

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"asbru/core"
)

// Options are a Source's access to its environment. The zero Options have no
// variables and no proxy.
type Options struct {
	// Lookup finds an environment variable; nil: none is set.
	Lookup func(name string) (string, bool)

	// Proxy returns the proxy for u as http://host:port, empty for none; nil: none.
	// It is not called for addresses of this machine and its metadata services.
	Proxy func(u *url.URL) string

	// Changed is called whenever the state or the problem changes; it may be
	// nil. It is called by the Source's goroutine and must not call Close.
	Changed func(core.CredentialStatus)

	// Sign adds the headers of AWS Signature Version 4 to a request whose URL, Host and
	// Content-Type are set. Only AWSRole and profiles that assume roles need it.
	Sign Signer
}

// A Signer signs r, whose body is body, for one service of AWS.
type Signer func(r *http.Request, body []byte, c *AWS, scope Scope, now time.Time)

// A Scope is what a signature of AWS is valid for.
type Scope struct{ Service, Region string }

// A client makes the calls of one Source.
type client struct {
	web    http.Client // through the proxy, if there is one
	local  http.Client // to metadata services, without a proxy
	lookup func(string) (string, bool)
	sign   Signer
	skew   atomic.Int64 // nanoseconds; see Source.Skew
}

func newClient(o Options) *client {
	c := &client{lookup: o.Lookup, sign: o.Sign}
	if c.lookup == nil {
		c.lookup = func(string) (string, bool) { return "", false }
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	web, local := newTransport(webTimeout), newTransport(localConnect)
	if o.Proxy != nil {
		web.Proxy = func(r *http.Request) (*url.URL, error) {
			if text := o.Proxy(r.URL); text != "" && !thisMachine(r.URL.Hostname()) {
				return url.Parse(text)
			}
			return nil, nil
		}
	}
	c.web = http.Client{Transport: web, CheckRedirect: stay, Timeout: webTimeout}
	c.local = http.Client{Transport: local, CheckRedirect: stay, Timeout: localTimeout}
	return c
}

// newTransport keeps no idle connections, because the next call is about an hour away.
func newTransport(connect time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connect}).DialContext,
		TLSHandshakeTimeout:    webTimeout,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// env returns a variable's value, empty if it is not set.
func (c *client) env(name string) string {
	v, _ := c.lookup(name)
	return v
}

// now returns the time by the issuer's clock.
func (c *client) now() time.Time { return time.Now().Add(time.Duration(c.skew.Load())) }

// A call is one HTTP request.
type call struct {
	method string
	url    string
	header []string   // names and values alternate
	form   url.Values // the body, if body is nil
	body   []byte
	kind   string   // of body
	local  bool     // to a metadata service: plain HTTP is allowed, a proxy is not
	hide   []Secret // secrets that were sent and must not appear in an error
	sign   func(r *http.Request, body []byte)
}

// A reply is an answer with status 200.
type reply struct {
	host   string
	header http.Header
	body   []byte
	asked  time.Time // this machine's wall clock before the call
}

// do makes a call. A status other than 200 is returned as a *refusal.
func (c *client) do(ctx context.Context, k *call) (*reply, error) {
	u, err := k.address()
	if err != nil {
		return nil, err
	}
	r, err := k.request(ctx, u)
	if err != nil {
		return nil, err
	}
	by := &c.web
	if k.local {
		by = &c.local
	}
	asked := time.Now().Round(0)
	res, err := by.Do(r)
	if err != nil {
		var e *url.Error // its text contains the whole URL
		if errors.As(err, &e) {
			err = e.Err
		}
		return nil, fmt.Errorf("cannot ask %s: %w", u.Host, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReplyBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read the answer of %s: %w", u.Host, err)
	case len(body) > maxReplyBytes:
		return nil, fmt.Errorf("the answer of %s has more than %d bytes", u.Host, maxReplyBytes)
	}
	c.learnSkew(res.Header, asked)
	if res.StatusCode != http.StatusOK {
		return nil, &refusal{host: u.Host, status: res.StatusCode, after: retryAfter(res.Header), text: told(body, k.hide...)}
	}
	return &reply{host: u.Host, header: res.Header, body: body, asked: asked}, nil
}

func (k *call) request(ctx context.Context, u *url.URL) (*http.Request, error) {
	body, kind := k.body, k.kind
	if k.form != nil {
		body, kind = []byte(k.form.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(ctx, k.method, u.String(), strings.NewReader(string(body)))
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s: %w", u.Host, err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("User-Agent", "asbru")
	for i := 0; i+1 < len(k.header); i += 2 {
		r.Header.Set(k.header[i], k.header[i+1])
	}
	if k.sign != nil {
		k.sign(r, body)
	}
	return r, nil
}

// address refuses an address to which a secret would be sent unencrypted.
func (k *call) address() (*url.URL, error) {
	u, err := url.Parse(k.url)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return nil, errors.New("cannot fetch a credential: its endpoint is not a URL with a host and without a password")
	case u.Scheme == "https", u.Scheme == "http" && (k.local || thisMachine(u.Hostname())):
		return u, nil
	}
	return nil, fmt.Errorf("cannot fetch a credential from %s over plain %s: others could read it; use https", u.Host, u.Scheme)
}

// thisMachine reports whether host literally means this machine.
func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// learnSkew compares the clocks. Signatures and assertions contain dates, and some
// grants give their end by the issuer's clock.
func (c *client) learnSkew(h http.Header, asked time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	// the Date is assumed to be from the middle of the call
	skew := date.Sub(asked.Add(time.Since(asked) / 2))
	if skew.Abs() < skewLeast {
		skew = 0
	}
	c.skew.Store(int64(skew))
}
