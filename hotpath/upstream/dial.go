package upstream

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// dial connects, within the endpoint's connect time, and counts the connection as open.
// The caller has to close it through its wrapper, which subtracts it again.
func (p *Pool) dial(ctx context.Context) (net.Conn, error) {
	if p.Open.Add(1) > int64(p.end.MaxConns) {
		p.Open.Add(-1)
		return nil, ErrBusy
	}
	p.Dials.Add(1)
	within, cancel := context.WithTimeout(ctx, p.end.Connect)
	defer cancel()
	c, err := p.reach(within)
	if err == nil && p.tls != nil {
		c, err = p.secure(within, c)
	}
	if err != nil {
		p.fails(ctx, err)
		return nil, err
	}
	return c, nil
}

// reach makes the TCP connection, through the proxy if one is configured.
func (p *Pool) reach(ctx context.Context) (net.Conn, error) {
	if p.over != nil {
		return p.over(ctx)
	}
	if p.proxy == nil {
		return p.dialer.DialContext(ctx, "tcp", p.end.address())
	}
	c, err := p.dialer.DialContext(ctx, "tcp", p.proxy.Host)
	if err != nil {
		return nil, err
	}
	if err := p.tunnel(ctx, c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// tunnel asks the proxy for a tunnel to the endpoint (RFC 9110 §9.3.6).
func (p *Pool) tunnel(ctx context.Context, c net.Conn) error {
	if t, ok := ctx.Deadline(); ok {
		c.SetDeadline(t)
		defer c.SetDeadline(time.Time{})
	}
	host := p.end.address()
	req := "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"
	if u := p.proxy.User; u != nil {
		pass, _ := u.Password()
		req += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+pass)) + "\r\n"
	}
	if _, err := io.WriteString(c, req+"\r\n"); err != nil {
		return err
	}
	// One byte at a time, because the bytes after the blank line belong to the tunnel.
	var head strings.Builder
	r := bufio.NewReaderSize(io.LimitReader(oneByte{c}, maxProxyReply), 16)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return errors.New("cannot read the proxy's answer: " + err.Error())
		}
		if strings.TrimRight(line, "\r\n") == "" {
			break
		}
		head.WriteString(line)
	}
	status, _, _ := strings.Cut(head.String(), "\r\n")
	if !strings.HasPrefix(status, "HTTP/1.1 200") && !strings.HasPrefix(status, "HTTP/1.0 200") {
		return errors.New("the proxy refused the tunnel: " + status)
	}
	return nil
}

// oneByte reads one byte at a time, never ahead.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }

func (p *Pool) secure(ctx context.Context, c net.Conn) (net.Conn, error) {
	t := tls.Client(c, p.tls)
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}
