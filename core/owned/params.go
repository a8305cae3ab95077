package owned

import (
	"net/url"
	"strings"
)

// params are the parameters of a query, in the client's order and with the client's escapes, so that a
// provider gets what the client sent, except for the parameters that choose a page.
type params []string

// parseParams splits a raw query. ok is false if a parameter cannot be decoded.
func parseParams(raw string) (p params, ok bool) {
	if _, err := url.ParseQuery(raw); err != nil {
		return nil, false
	}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair != "" {
			p = append(p, pair)
		}
	}
	return p, true
}

// get returns the value of the first parameter called name, or "".
func (p params) get(name string) string {
	for _, pair := range p {
		if key, value, _ := strings.Cut(pair, "="); unescaped(key) == name {
			return unescaped(value)
		}
	}
	return ""
}

// del removes every parameter called name.
func (p *params) del(name string) {
	kept := (*p)[:0]
	for _, pair := range *p {
		if key, _, _ := strings.Cut(pair, "="); unescaped(key) != name {
			kept = append(kept, pair)
		}
	}
	*p = kept
}

// set replaces the parameter called name, or adds it, at the end of the query.
func (p *params) set(name, value string) {
	p.del(name)
	*p = append(*p, url.QueryEscape(name)+"="+url.QueryEscape(value))
}

// String returns the raw query.
func (p params) String() string { return strings.Join(p, "&") }

// unescaped decodes a text that parseParams has checked.
func unescaped(s string) string {
	text, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return text
}
