package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"

	"asbru/core"
)

// An endpoint is a core.Endpoint with everything needed to dial it.
type endpoint struct{ core.Endpoint }

// ErrPrivate refuses to dial an address that is not public.
var ErrPrivate = errors.New("the address is not public; hint: set network.allow_private_network for this provider if that is meant")

// ErrBusy says that MaxConns connections are open.
var ErrBusy = errors.New("all connections allowed to this provider are in use; hint: raise network.max_connections")

func (e *endpoint) address() string { return net.JoinHostPort(e.Host, e.Port) }

func (e *endpoint) tls() (*tls.Config, error) {
	if e.Scheme != "https" {
		return nil, nil
	}
	c := &tls.Config{
		ServerName:         e.ServerName,
		MinVersion:         tls.VersionTLS12,
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: e.InsecureSkipVerify,
		ClientSessionCache: tls.NewLRUClientSessionCache(sessionsKept),
	}
	if c.ServerName == "" {
		c.ServerName = e.Host
	}
	if e.CA != "" {
		pem, err := os.ReadFile(e.CA)
		if err != nil {
			return nil, errors.New("cannot read CA file: " + err.Error())
		}
		if c.RootCAs, err = x509.SystemCertPool(); err != nil {
			c.RootCAs = x509.NewCertPool()
		}
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("cannot find a certificate in CA file " + strconv.Quote(e.CA))
		}
	}
	return c, nil
}

func (e *endpoint) proxy() (*url.URL, error) {
	if e.Proxy == "" {
		return nil, nil
	}
	u, err := url.Parse(e.Proxy)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("cannot use proxy " + strconv.Quote(e.Proxy) + "; hint: write http://host:port")
	}
	return u, nil
}

// permitted checks an address when it is dialled, after its name was resolved, so that
// the name cannot resolve to another address in between.
func (e *endpoint) permitted(address string) error {
	if e.AllowPrivate {
		return nil
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := ap.Addr().Unmap()
	if ip.IsLoopback() && e.namesLoopback() {
		return nil
	}
	if !Public(ip) {
		return ErrPrivate
	}
	return nil
}

// namesLoopback reports whether the operator wrote a loopback address, and not a name
// that resolves to one.
func (e *endpoint) namesLoopback() bool {
	if e.Host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(e.Host)
	return err == nil && ip.Unmap().IsLoopback()
}

// special are the ranges that are not part of the public internet (IANA special-purpose
// registries), besides those that netip has methods for.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("::/96"),
}

// Public reports whether ip is an address of the public internet. An IPv4 address mapped
// into IPv6 is judged as the IPv4 address.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() {
		return false
	}
	for _, p := range special {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
