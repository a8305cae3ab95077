package loadgen

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// directName is the name of the target that the others are compared with.
const directName = "direct"

// target is one server of a run.
type target struct {
	index   int // place in the run, below maxTargets
	name    string
	addr    netip.AddrPort
	host    string // value of the Host field
	prefix  string // path before the request's
	request []byte // the whole request; the same bytes each time, except for mark
	mark    int    // offset in request of a number that is different each time; 0: there is none
	number  atomic.Uint64
	pids    []int // processes to watch; empty: none
}

// next returns the bytes of the next request.
func (t *target) next() []byte {
	if t.mark == 0 {
		return t.request
	}
	b := bytes.Clone(t.request)
	n := t.number.Add(1)
	for i := t.mark + markDigits - 1; i >= t.mark; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// aim parses NAME=http://HOST:PORT[/PREFIX] and resolves the host once.
func aim(name, raw string, own bool) (*target, error) {
	label := name
	if !strings.HasPrefix(name, "target") { // the default name for a URL without one
		label = "target " + name
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%s: %q is no address; write http://127.0.0.1:8080", label, raw)
	}
	if u.Scheme != "http" {
		return nil, fmt.Errorf("%s: cannot speak %q; only plain http is measured", label, u.Scheme)
	}
	if u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%s: %q may hold a path but no query and no user; use --path and --key", label, raw)
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return nil, fmt.Errorf("%s: %q is no port", label, port)
	}
	ip, err := lookUp(u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", label, err)
	}
	if !ip.IsLoopback() && !own {
		return nil, fmt.Errorf("%s: %s is not this machine; add --i-own-this-server if the server is yours to load", label, ip)
	}
	return &target{name: name, addr: netip.AddrPortFrom(ip, uint16(n)), host: u.Host,
		prefix: strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// lookUp prefers an IPv4 address.
func lookUp(host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap(), nil
	}
	ips, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	if err != nil || len(ips) == 0 {
		return netip.Addr{}, fmt.Errorf("cannot find an address of %q: %w", host, err)
	}
	for _, ip := range ips {
		if ip.Unmap().Is4() {
			return ip.Unmap(), nil
		}
	}
	return ips[0], nil
}
