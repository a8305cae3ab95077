package build

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"asbru/adapters"
)

// compileBase parses base_url: where to connect, the Host header, and the path
// of each operation.
func (c *compiler) compileBase(p *provider) {
	at, text := p.at+".base_url", p.doc.BaseURL
	if text == "" {
		text = adapters.Fill(p.adapter.Base, p.options)
	}
	if text == "" {
		c.fail(at, fmt.Sprintf("is missing: where %s runs is not known", p.doc.Name), "set base_url, for instance http://127.0.0.1:8000/v1")
		return
	}
	if open, ok := unfilled(text); ok && p.doc.BaseURL == "" {
		c.fail(member(p.at+".options", open), fmt.Sprintf("is missing: it is part of the address of %s, %s", p.doc.Name, text), "set it, or base_url")
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		c.fail(at, "is not a URL", "write scheme, host and path, for instance https://api.example.com/v1")
		return
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		c.fail(at, fmt.Sprintf("is %q, which names no http or https host", u.Redacted()), "write scheme, host and path, for instance https://api.example.com/v1")
		return
	case u.User != nil || u.Fragment != "" || u.RawQuery != "":
		c.fail(at, "holds a user, a query or a fragment", "put credentials in api_key, and a query in paths")
		return
	case !clean(u.EscapedPath()) || !clean(u.Host):
		c.fail(at, "holds a space or a character that is not ASCII", "escape it as %XX")
		return
	}
	c.compileEndpoint(p, u)
	c.compilePaths(p, u)
}

func (c *compiler) compileEndpoint(p *provider, u *url.URL) {
	n, e := &p.doc.Network, &p.endpoint
	e.Scheme, e.Host, e.Port = u.Scheme, strings.ToLower(u.Hostname()), u.Port()
	standard := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if e.Port == "" {
		e.Port = standard
	}
	if port, err := strconv.ParseUint(e.Port, 10, 16); err != nil || port == 0 {
		c.fail(p.at+".base_url", fmt.Sprintf("names port %q", e.Port), "ports go from 1 to 65535")
	}
	p.host = e.Host
	if strings.Contains(e.Host, ":") {
		p.host = "[" + e.Host + "]"
	}
	if e.Port != standard {
		p.host += ":" + e.Port
	}
	if e.Scheme == "https" {
		e.CA, e.InsecureSkipVerify = n.CA, n.InsecureSkipVerify
		if e.ServerName = n.ServerName; e.ServerName == "" {
			e.ServerName = e.Host
		}
	}
	e.Via = p.doc.Upstream
	e.AllowPrivate = p.adapter.Local
	if n.AllowPrivateNetwork != nil {
		e.AllowPrivate = *n.AllowPrivateNetwork
	}
	e.Proxy = c.proxy(p, u)
	if !e.AllowPrivate && e.Proxy == "" && private(e.Host) {
		c.fail(p.at+".base_url", fmt.Sprintf("leads to %s, an address of a private network", e.Host),
			"set network: {allow_private_network: true} if that is meant")
	}
	if e.Scheme == "http" && !e.AllowPrivate && !local(e.Host) && (p.doc.APIKey.Set() || len(p.doc.Keys) > 0 || p.doc.Auth != nil) {
		c.warn(p.at+".base_url", fmt.Sprintf("is plain http: whoever is on the way to %s can read its key", e.Host), "write https://")
	}
}

// private reports whether host is literally an address that only
// AllowPrivate permits. Names are checked when they are resolved; an
// address of this machine is taken to be intended.
func private(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
}

// local reports whether host literally means this machine.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
