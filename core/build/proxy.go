package build

import (
	"net/netip"
	"net/url"
	"strings"
)

// proxy returns the proxy on the way to u, empty for none.
func (c *compiler) proxy(p *provider, u *url.URL) string {
	at, text := p.at+".network.proxy", p.doc.Network.Proxy
	if text == "env" {
		text = proxyFromEnv(c.deps.Lookup, u)
	}
	if text == "" {
		return ""
	}
	x, err := url.Parse(text)
	if err != nil || x.Scheme != "http" || x.Hostname() == "" || x.User != nil || strings.Trim(x.Path, "/") != "" || x.RawQuery != "" {
		c.fail(at, "is not of the form http://host:port", "proxies are asked to CONNECT, without credentials")
		return ""
	}
	port := x.Port()
	if port == "" {
		port = "80"
	}
	host := x.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return "http://" + host + ":" + port
}

// proxyFromEnv follows the convention of HTTPS_PROXY, HTTP_PROXY and NO_PROXY,
// in upper or lower case.
func proxyFromEnv(find func(name string) (string, bool), u *url.URL) string {
	lookup := func(name string) string {
		if find == nil {
			return ""
		}
		if v, ok := find(name); ok {
			return v
		}
		v, _ := find(strings.ToLower(name))
		return v
	}
	if noProxy(lookup("NO_PROXY"), strings.ToLower(u.Hostname()), u.Port()) {
		return ""
	}
	text := lookup(strings.ToUpper(u.Scheme) + "_PROXY")
	if text != "" && !strings.Contains(text, "://") {
		text = "http://" + text
	}
	return text
}

// noProxy reports whether list excludes host. An entry is *, a domain (with
// or without a leading dot, for itself and its subdomains), an address, or a
// network such as 10.0.0.0/8; all but a network may have a port.
// Addresses of this machine are always excluded.
func noProxy(list, host, port string) bool {
	if local(host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	isIP := err == nil
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if entry == "*" {
			return true
		}
		if network, err := netip.ParsePrefix(entry); err == nil {
			if isIP && network.Contains(ip) {
				return true
			}
			continue
		}
		if name, p, ok := strings.Cut(entry, ":"); ok && !strings.Contains(p, ":") {
			if p != port {
				continue
			}
			entry = name
		}
		entry = strings.TrimPrefix(strings.TrimPrefix(entry, "*"), ".")
		if entry != "" && (host == entry || !isIP && strings.HasSuffix(host, "."+entry)) {
			return true
		}
	}
	return false
}
